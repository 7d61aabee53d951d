import type { Sweep } from "@strategy-executor/client";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { serviceUrl } from "../../api/base-path.ts";
import { queryOf, useWrite } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { useNews } from "../../live/use-news.ts";
import { Button, ButtonAnchor, ButtonLink } from "../../parts/controls/button.tsx";
import { Confirm } from "../../parts/controls/dialog.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Notice } from "../../parts/feedback/notice.tsx";
import { State } from "../../parts/feedback/state.tsx";
import { Page } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { Best } from "./best.tsx";
import { HeatMap } from "./heat-map.tsx";
import { useRate } from "./use-rate.ts";
import { WalkForward } from "./walk-forward.tsx";

const route = getRouteApi("/shell/sweeps/$id");

/** One sweep: its results, and whether the best one may be luck. */
export function SweepPage() {
  const { id } = route.useParams();
  const { sweeps: texts } = useTexts();
  const query = useQuery({
    ...queryOf("getSweep", { execution_id: Number(id) }),
    refetchInterval: ({ state }) => (state.data?.completed_at === null ? 1_000 : false),
  });
  useNews(
    (news) => {
      if (news.has(Number(id))) void query.refetch();
    },
    // Until it has ended it is read each second anyway.
    () => undefined,
  );
  const { data } = query;
  return (
    <Page
      title={data?.label ?? texts.one(id)}
      badge={data && <State name={data.status} live />}
      lead={data?.strategy}
      actions={data && <SweepActions sweep={data} />}
    >
      <Loaded query={query} shape="chart">
        {(sweep) => (
          <>
            <Counts sweep={sweep} />
            {sweep.error_message !== undefined && <Notice tone="bad">{sweep.error_message}</Notice>}
            {sweep.result?.sweep !== undefined && (
              <>
                <HeatMap sweep={sweep} report={sweep.result.sweep} />
                <Best sweep={sweep} report={sweep.result.sweep} />
                <WalkForward report={sweep.result.sweep} />
              </>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Counts({ sweep }: { readonly sweep: Sweep }) {
  const { sweeps: texts } = useTexts();
  const { count } = useFormats();
  const { evaluated, combinations, invalid, failed } = sweep;
  const done = evaluated + invalid + failed;
  const rate = useRate(done, sweep.completed_at === null);
  return (
    <div className="stack">
      {sweep.completed_at === null && (
        <progress aria-label={texts.progress} value={done} max={Math.max(combinations, 1)} />
      )}
      <p className="muted">
        {[
          texts.evaluated(count(done), count(combinations)),
          rate === null ? null : texts.rate(count(rate)),
          invalid > 0 ? texts.left.invalid(count(invalid)) : null,
          failed > 0 ? texts.left.failed(count(failed)) : null,
        ]
          .filter((part) => part !== null)
          .join(" · ")}
      </p>
    </div>
  );
}

function SweepActions({ sweep }: { readonly sweep: Sweep }) {
  const { sweeps: texts } = useTexts();
  const id = sweep.execution_id;
  const [isAsking, ask] = useState(false);
  const cancel = useWrite("cancelSweep", ["getSweep", "listSweeps"]);
  return (
    <>
      {sweep.completed_at === null && (
        <Button needs="execute" kind="danger" onClick={() => ask(true)}>
          {texts.cancel}
        </Button>
      )}
      {sweep.status === "completed" && (
        <>
          <ButtonLink to="/executions/$id" params={{ id: String(id) }}>
            {texts.asExecution}
          </ButtonLink>
          <ButtonAnchor href={serviceUrl(`/sweeps/${id}/table/`)} download={`sweep-${id}.csv`}>
            {texts.csv}
          </ButtonAnchor>
        </>
      )}
      {isAsking && (
        <Confirm
          title={texts.cancelTitle(id)}
          action={texts.cancel}
          danger
          busy={cancel.isPending}
          close={() => ask(false)}
          confirm={() => cancel.mutate({ execution_id: id }, { onSuccess: () => ask(false) })}
        >
          {cancel.error !== null && <Failure error={cancel.error} retry={cancel.again} />}
        </Confirm>
      )}
    </>
  );
}
