import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { newIdempotencyKey } from "../../api/idempotency-key.ts";
import { useWrite } from "../../api/queries.ts";
import { Button, ButtonLink } from "../../parts/controls/button.tsx";
import { CopyButton } from "../../parts/controls/copy-button.tsx";
import { useCurl } from "../../parts/data/curl.ts";
import { Code } from "../../parts/data/json-view.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { useTexts } from "../../texts/texts.ts";
import styles from "./overview.module.css";

const call = { strategy_name: "BoldAssetAllocation", parameters: { variant: "BAA-G4" } };
const schedule = {
  name: "BAA at month end",
  strategy_name: "BoldAssetAllocation",
  parameters: { variant: "BAA-G4" },
  when: { days: "month_end" },
};

/** Three steps for a new user: a first execution, prices, a schedule. */
export function FirstSteps() {
  const { steps } = useTexts().overview;
  const navigate = useNavigate();
  const curlOf = useCurl();
  const execute = useWrite("executeStrategy", ["listExecutions"]);
  return (
    <section aria-label={steps.title} className="stack">
      <h2>{steps.title}</h2>
      <ol className={styles.steps}>
        <Step title={steps.run} text={steps.runText} curl={curlOf("/strategies/execute/", call)}>
          <Button
            kind="main"
            disabled={execute.isPending}
            onClick={() =>
              execute.mutate(
                { ...call, idempotency_key: newIdempotencyKey() },
                {
                  onSuccess: ({ execution_id }) =>
                    void navigate({ to: "/executions/$id", params: { id: String(execution_id) } }),
                },
              )
            }
          >
            {steps.runButton}
          </Button>
          {execute.error !== null && <Failure error={execute.error} retry={execute.again} />}
        </Step>
        <Step
          title={steps.prices}
          text={steps.pricesText}
          curl={`${curlOf("/prices/")} \\\n  -H "Content-Type: text/csv" --data-binary @prices.csv`}
        >
          <ButtonLink to="/prices">{steps.pricesButton}</ButtonLink>
        </Step>
        <Step title={steps.schedule} text={steps.scheduleText} curl={curlOf("/schedules/", schedule)}>
          <ButtonLink to="/schedules/new">{steps.scheduleButton}</ButtonLink>
        </Step>
      </ol>
    </section>
  );
}

function Step({
  title,
  text,
  curl,
  children,
}: {
  readonly title: string;
  readonly text: string;
  readonly curl: string;
  readonly children: ReactNode;
}) {
  const { steps } = useTexts().overview;
  return (
    <li>
      <h3>{title}</h3>
      <p>{text}</p>
      <div className="row">{children}</div>
      <details>
        <summary>{steps.terminal}</summary>
        <Code label={`${title}: curl`} text={curl} />
        <CopyButton text={curl} />
      </details>
    </li>
  );
}
