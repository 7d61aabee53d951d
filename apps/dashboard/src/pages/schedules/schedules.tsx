import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Outputs } from "../../api/client.ts";
import { queryOf, useWrite } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { useReread } from "../../live/use-news.ts";
import { Button, ButtonLink } from "../../parts/controls/button.tsx";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Empty } from "../../parts/feedback/notice.tsx";
import { useNow } from "../../parts/feedback/now.ts";
import { State } from "../../parts/feedback/state.tsx";
import { Page } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { PauseDialog } from "./pause-dialog.tsx";
import { type LastRun, useLastRuns } from "./use-last-runs.ts";

type Schedule = Outputs["listSchedules"]["schedules"][number];

/** All schedules with their next fires. */
export function Schedules() {
  const { schedules: texts } = useTexts();
  const query = useQuery(queryOf("listSchedules", { limit: 500 }));
  useReread(["listSchedules", "listScheduleRuns"]);
  return (
    <Page
      title={texts.title}
      actions={
        <ButtonLink needs="execute" kind="main" to="/schedules/new">
          {texts.newSchedule}
        </ButtonLink>
      }
    >
      <Loaded query={query}>
        {({ schedules }) => (schedules.length === 0 ? <Examples /> : <List schedules={schedules} />)}
      </Loaded>
    </Page>
  );
}

function List({ schedules }: { readonly schedules: readonly Schedule[] }) {
  const { schedules: texts } = useTexts();
  const formats = useFormats();
  const now = useNow();
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [isPausing, setPausing] = useState(false);
  const resume = useWrite("resumeSchedule", ["listSchedules"]);
  const lastRuns = useLastRuns(schedules);
  const chosen = schedules.filter(({ schedule_id }) => selected.has(schedule_id));
  const toPause = chosen.filter(({ paused_at }) => paused_at === null);
  const toResume = chosen.filter(({ paused_at }) => paused_at !== null);
  // One after the other: of several at once only the last error would be shown.
  const resumeInTurn = async (): Promise<void> => {
    for (const { schedule_id } of toResume) await resume.mutateAsync({ schedule_id });
  };
  const resumeAll = (): void => void resumeInTurn().catch(() => undefined);
  const toggle = (id: number): void => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  };
  return (
    <>
      <div className="row">
        <Button needs="execute" disabled={toPause.length === 0} onClick={() => setPausing(true)}>
          {texts.pauseSelected}
        </Button>
        <Button needs="execute" disabled={toResume.length === 0 || resume.isPending} onClick={resumeAll}>
          {texts.resumeSelected}
        </Button>
      </div>
      {resume.error !== null && <Failure error={resume.error} retry={resumeAll} />}
      <DataTable
        name={texts.title}
        rows={schedules}
        keyOf={({ schedule_id }) => schedule_id}
        csv="schedules"
        columns={[
          {
            head: <span className="hidden">{texts.columns.select("")}</span>,
            cell: ({ schedule_id, name }) => (
              <input
                type="checkbox"
                aria-label={texts.columns.select(name)}
                checked={selected.has(schedule_id)}
                onChange={() => toggle(schedule_id)}
              />
            ),
          },
          {
            head: texts.columns.name,
            cell: ({ schedule_id, name, strategy_name }) => (
              <>
                <Link to="/schedules/$id" params={{ id: String(schedule_id) }}>
                  {name}
                </Link>{" "}
                <span className="muted small">{strategy_name}</span>
              </>
            ),
            csv: ({ name }) => name,
          },
          {
            head: texts.columns.rule,
            cell: ({ description }) => description,
            csv: ({ description }) => description,
            wide: true,
          },
          {
            head: texts.columns.next,
            cell: ({ next_at, when }) =>
              next_at === null ? (
                "–"
              ) : (
                <span className="roomy">
                  {formats.instantIn(next_at, when.time_zone)}{" "}
                  <span className="muted small">{formats.distance(next_at, now)}</span>
                </span>
              ),
            csv: ({ next_at }) => next_at,
          },
          {
            head: `${texts.columns.own} (${formats.zoneName})`,
            cell: ({ next_at }) => <span className="number">{formats.shortInstant(next_at)}</span>,
            wide: true,
          },
          {
            head: texts.columns.outcome,
            cell: ({ schedule_id }) => <Outcome run={lastRuns.get(schedule_id)} />,
            csv: ({ schedule_id }) => lastRuns.get(schedule_id)?.state,
            wide: true,
          },
          {
            head: texts.columns.last,
            cell: ({ decided_on }) => formats.day(decided_on),
            csv: ({ decided_on }) => decided_on,
            wide: true,
          },
          {
            head: texts.columns.state,
            cell: ({ paused_at }) => <State name={paused_at === null ? "active" : "paused"} />,
            csv: ({ paused_at }) => (paused_at === null ? "active" : "paused"),
          },
        ]}
      />
      {isPausing && <PauseDialog ids={toPause.map(({ schedule_id }) => schedule_id)} close={() => setPausing(false)} />}
    </>
  );
}

/** What became of the latest fire, with its reason. */
function Outcome({ run }: { readonly run: LastRun | undefined }) {
  if (run === undefined) return "–";
  return (
    <span title={run.reason ?? undefined}>
      <State name={run.state} />
    </span>
  );
}

/** Three example rules. */
function Examples() {
  const { schedules: texts } = useTexts();
  const examples = [
    [texts.examples.monthEnd, { days: "month_end" }],
    [texts.examples.daily, { days: "every_session", time: "16:30" }],
    [texts.examples.korea, { days: "month_end", exchange: "XKRX" }],
  ] as const;
  return (
    <Empty
      title={texts.empty}
      actions={examples.map(([label, search]) => (
        <ButtonLink key={label} to="/schedules/new" search={search}>
          {label}
        </ButtonLink>
      ))}
    >
      <p>{texts.emptyText}</p>
    </Empty>
  );
}
