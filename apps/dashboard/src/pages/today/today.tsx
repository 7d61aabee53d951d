import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { queryOf, useWrite } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { Field } from "../../forms/field.tsx";
import { useReread } from "../../live/use-news.ts";
import { Button, ButtonLink } from "../../parts/controls/button.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Empty } from "../../parts/feedback/notice.tsx";
import { useNow } from "../../parts/feedback/now.ts";
import { Page, Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { CopyHoldings, Holdings } from "./holdings.tsx";
import { type Decided, holdingsOf } from "./holdings-of.ts";
import styles from "./today.module.css";
import { useCloses } from "./use-closes.ts";

/** The current target holdings of each schedule. */
export function Today() {
  const { today: texts } = useTexts();
  const query = useQuery(queryOf("getToday", {}));
  useReread(["getToday"]);
  const [capital, setCapital] = useState("");
  return (
    <Page title={texts.title} lead={texts.lead}>
      <Loaded query={query}>
        {({ schedules }) =>
          schedules.length === 0 ? (
            <Empty
              title={texts.empty}
              actions={
                <ButtonLink kind="main" to="/schedules/new">
                  {texts.make}
                </ButtonLink>
              }
            />
          ) : (
            <>
              <div className={styles.capital}>
                <Field label={texts.capital} hint={texts.capitalHint}>
                  <input
                    type="number"
                    min={0}
                    step="any"
                    inputMode="decimal"
                    value={capital}
                    onChange={(event) => setCapital(event.target.value)}
                  />
                </Field>
              </div>
              {schedules.map((decided) => (
                <One key={decided.schedule_id} decided={decided} capital={Number(capital)} />
              ))}
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function One({ decided, capital }: { readonly decided: Decided; readonly capital: number }) {
  const { today: texts } = useTexts();
  const { day, distance, percent } = useFormats();
  const now = useNow(60_000);
  const trigger = useWrite("triggerSchedule", ["getToday"]);
  const rows = holdingsOf(decided);
  const isReal = useIsReal(decided.execution_id, capital > 0);
  const closes = useCloses(
    rows.map(({ asset }) => asset),
    isReal === true,
  );
  const { decision } = decided;
  return (
    <Section
      title={decided.name}
      actions={
        <>
          <CopyHoldings rows={rows} capital={capital} closes={closes} />
          <ButtonLink to="/executions/$id" params={{ id: String(decided.execution_id) }}>
            {texts.openRun}
          </ButtonLink>
          <Button
            needs="execute"
            disabled={trigger.isPending}
            onClick={() => trigger.mutate({ schedule_id: decided.schedule_id })}
          >
            {texts.trigger}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>
          {decided.previous === null
            ? texts.first
            : decided.changed
              ? texts.changed(percent(decided.turnover))
              : texts.unchanged}
          {"mode" in decision && decision.mode !== null && ` · ${texts.mode}: ${decision.mode}`}
        </p>
        {decided.because !== null && <p className="muted">{decided.because}</p>}
        <Holdings name={decided.name} rows={rows} capital={capital} closes={closes} />
        {isReal === false && <p className="small muted">{texts.synthetic}</p>}
        <p className="small muted">
          {decided.decided_on !== null && texts.decidedOn(day(decided.decided_on))}
          {", "}
          {decided.traded_on === null ? texts.notTraded : texts.tradedOn(day(decided.traded_on))}
          {decided.prices_until !== null &&
            `, ${texts.pricesUntil(day(decided.prices_until), distance(decided.prices_until, now))}`}{" "}
          <Link to="/schedules/$id" params={{ id: String(decided.schedule_id) }}>
            {decided.name}
          </Link>
        </p>
        {trigger.error !== null && <Failure error={trigger.error} retry={trigger.again} />}
      </div>
    </Section>
  );
}

/** Whether an execution decided on stored prices. A decision on the synthetic market must not size real orders. */
function useIsReal(execution_id: number, isWanted: boolean): boolean | undefined {
  const { data } = useQuery({
    ...queryOf("getExecution", { execution_id }),
    enabled: isWanted,
    select: ({ execution_parameters: parameters }) => parameters["use_real_data"] === true,
  });
  return isWanted ? data : undefined;
}
