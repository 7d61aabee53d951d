import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Outputs } from "../../api/client.ts";
import { queryOf } from "../../api/queries.ts";
import type { ParametersSchema } from "../../forms/schema.ts";
import { useFormats } from "../../formats/formats.ts";
import { ButtonLink } from "../../parts/controls/button.tsx";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Page, Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import styles from "../execution/execution.module.css";
import { useFigureNames } from "../execution/figure-names.ts";
import { Latest } from "../overview/latest.tsx";

const route = getRouteApi("/shell/strategies/$name");
type Strategy = Outputs["getStrategy"];

/** One strategy: its source, its parameters and its past results. */
export function StrategyPage() {
  const { name } = route.useParams();
  const { strategies } = useTexts();
  const { one: texts } = strategies;
  const query = useQuery(queryOf("getStrategy", { name }));
  const search = { strategy: name };
  return (
    <Page
      title={name}
      lead={query.data?.description}
      actions={
        <>
          <ButtonLink needs="execute" kind="main" to="/new" search={search}>
            {texts.run}
          </ButtonLink>
          <ButtonLink needs="execute" to="/schedules/new" search={search}>
            {texts.schedule}
          </ButtonLink>
          <ButtonLink needs="execute" to="/sweeps/new" search={search}>
            {texts.sweep}
          </ButtonLink>
        </>
      }
    >
      <Loaded query={query} shape="text">
        {(strategy) => (
          <>
            <Facts strategy={strategy} />
            <Parameters strategy={strategy} />
            <Latest title={texts.latest} input={{ strategy: name, limit: 10 }} empty={texts.noExecutions} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Facts({ strategy }: { readonly strategy: Strategy }) {
  const { columns, one: texts, schedules } = useTexts().strategies;
  const { percent } = useFormats();
  const names = useFigureNames();
  const { published } = strategy;
  return (
    <>
      <Section title={texts.source}>
        <dl className={styles.facts}>
          <dt>{texts.source}</dt>
          <dd>{strategy.link === null ? strategy.source : <a href={strategy.link}>{strategy.source}</a>}</dd>
          <dt>{columns.version}</dt>
          <dd>{strategy.version}</dd>
          <dt>{columns.decides}</dt>
          <dd>{strategy.schedule === null ? texts.needs : (schedules[strategy.schedule] ?? strategy.schedule)}</dd>
          <dt>{texts.universe}</dt>
          <dd>{strategy.universe?.join(", ") ?? texts.needs}</dd>
          {strategy.variants.length > 0 && (
            <>
              <dt>{texts.variants}</dt>
              <dd>{strategy.variants.join(", ")}</dd>
            </>
          )}
        </dl>
      </Section>
      {published.length > 0 && (
        <Section title={texts.published}>
          <DataTable
            name={texts.published}
            rows={published}
            keyOf={({ variant, period }) => `${variant} ${period}`}
            csv="published"
            columns={[
              {
                head: texts.period,
                cell: ({ variant, period }) => `${variant === null ? "" : `${variant}: `}${period}`,
                csv: ({ variant, period }) => `${variant ?? ""} ${period}`,
              },
              { head: names.cagr, cell: ({ cagr }) => percent(cagr), csv: ({ cagr }) => cagr, number: true },
              {
                head: names.volatility,
                cell: ({ volatility }) => percent(volatility),
                csv: ({ volatility }) => volatility,
                number: true,
              },
              {
                head: names.max_drawdown,
                cell: ({ max_drawdown }) => percent(max_drawdown),
                csv: ({ max_drawdown }) => max_drawdown,
                number: true,
              },
            ]}
          />
        </Section>
      )}
    </>
  );
}

function Parameters({ strategy }: { readonly strategy: Strategy }) {
  const { one: texts } = useTexts().strategies;
  const { properties = {} } = strategy.parameters as ParametersSchema;
  return (
    <Section title={texts.parameters}>
      <DataTable
        name={texts.parameters}
        rows={Object.entries(properties)}
        keyOf={([name]) => name}
        csv={`${strategy.name}-parameters`}
        columns={[
          { head: texts.parameter, cell: ([name]) => <code>{name}</code>, csv: ([name]) => name },
          {
            head: texts.usual,
            cell: ([, schema]) => (schema.default === undefined ? "–" : JSON.stringify(schema.default)),
            csv: ([, schema]) => JSON.stringify(schema.default),
          },
          {
            head: texts.meaning,
            cell: ([, schema]) => (
              <>
                {schema.description?.replaceAll("`", "")}{" "}
                {schema.enum !== undefined && <span className="muted">{schema.enum.join(", ")}</span>}
              </>
            ),
            csv: ([, schema]) => schema.description,
          },
        ]}
      />
    </Section>
  );
}
