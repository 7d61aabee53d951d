import type { Execution } from "@strategy-executor/client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { queryOf } from "../../../api/queries.ts";
import { ButtonLink } from "../../../parts/controls/button.tsx";
import { Loaded } from "../../../parts/feedback/loaded.tsx";
import { Empty } from "../../../parts/feedback/notice.tsx";
import { Later } from "../../../parts/feedback/later.tsx";
import { Skeleton } from "../../../parts/feedback/skeleton.tsx";
import { useTexts } from "../../../texts/texts.ts";
import { useSeries } from "../tabs/use-series.ts";
import { BenchmarkForm } from "./benchmark-form.tsx";
import { Curves } from "./curves.tsx";
import { Decision } from "./decision.tsx";
import { Falls } from "./falls.tsx";
import { Headline, KeyFigures } from "./key-figures.tsx";
import { Returns } from "./returns.tsx";
import { Weights } from "./weights.tsx";
import { Crises } from "./crises.tsx";

const route = getRouteApi("/shell/executions/$id");

/** The result: figures, decision, curves. The service computes every figure. */
export function ResultTab({ execution }: { readonly execution: Execution }) {
  const { result: texts } = useTexts().execution;
  if (execution.status === "completed") return <Finished execution={execution} />;
  if (execution.completed_at !== null) return <Nothing execution={execution} />;
  return (
    <>
      <Skeleton shape="tiles" />
      <p className="muted">{texts.unfinished}</p>
    </>
  );
}

/** What to do about an execution that failed or was cancelled. */
function Nothing({ execution: { execution_id, kind } }: { readonly execution: Execution }) {
  const { result: texts, actions } = useTexts().execution;
  return (
    <Empty
      title={texts.failed}
      actions={
        kind === "execution" && (
          <ButtonLink needs="execute" to="/new" search={{ from: String(execution_id) }}>
            {actions.runWithChanges}
          </ButtonLink>
        )
      }
    />
  );
}

function Finished({ execution }: { readonly execution: Execution }) {
  const { benchmark, risk_free } = route.useSearch();
  const query = useQuery({
    ...queryOf("getReport", {
      execution_id: execution.execution_id,
      ...(benchmark !== undefined && { benchmark }),
      ...(risk_free !== undefined && { risk_free: Number(risk_free) }),
    }),
    // An ended execution does not change.
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <Loaded query={query} shape="tiles">
        {(analysis) => <Headline analysis={analysis} />}
      </Loaded>
      <Decision execution={execution} />
      <BenchmarkForm execution={execution} />
      <Loaded query={query} shape="chart">
        {(analysis) => (
          <>
            <Curves analysis={analysis} />
            <Later placeholder={<Skeleton shape="chart" />}>
              <Weighted execution={execution} />
              <Returns analysis={analysis} />
              <Falls analysis={analysis} />
              <Crises analysis={analysis} />
              <KeyFigures analysis={analysis} />
            </Later>
          </>
        )}
      </Loaded>
    </>
  );
}

/** The weights. Their series are longer than all else of the page together, so they are read once the curves above are drawn. */
function Weighted({ execution }: { readonly execution: Execution }) {
  const series = useSeries(execution);
  return (
    <Loaded query={series} shape="chart">
      {({ weights, dates }) => <Weights weights={weights} lastDay={dates.at(-1)!} />}
    </Loaded>
  );
}
