import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Outputs } from "../../api/client.ts";
import { queryOf } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { useReread } from "../../live/use-news.ts";
import { useCurl } from "../../parts/data/curl.ts";
import { JsonView } from "../../parts/data/json-view.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Notice } from "../../parts/feedback/notice.tsx";
import { useNow } from "../../parts/feedback/now.ts";
import { Page, Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import styles from "../execution/execution.module.css";
import { WeightBars } from "../execution/result/weight-bars.tsx";
import { Runs } from "./runs.tsx";
import { ScheduleActions } from "./schedule-actions.tsx";

const route = getRouteApi("/shell/schedules/$id");

type Schedule = Outputs["getSchedule"];

/** One schedule: its rule, its decision and the outcome of each fire. */
export function SchedulePage() {
  const { id } = route.useParams();
  const { schedules: texts } = useTexts();
  const query = useQuery(queryOf("getSchedule", { schedule_id: Number(id) }));
  useReread(["getSchedule", "listScheduleRuns"]);
  const { data } = query;
  const curlOf = useCurl();
  return (
    <Page
      title={data?.name ?? texts.title}
      lead={data?.description}
      actions={data && <ScheduleActions schedule={data} />}
    >
      <Loaded query={query} shape="text">
        {(schedule) => (
          <>
            <Facts schedule={schedule} />
            <Runs id={schedule.schedule_id} />
            <Section title={texts.one.parameters}>
              <JsonView
                label={texts.one.parameters}
                value={schedule.parameters}
                curl={curlOf(`/schedules/${schedule.schedule_id}/`)}
              />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Facts({ schedule }: { readonly schedule: Schedule }) {
  const { schedules: texts } = useTexts();
  const { one, form } = texts;
  const formats = useFormats();
  const now = useNow();
  const { callback, decision, next_at: nextAt } = schedule;
  return (
    <>
      {schedule.paused_at !== null && (
        <Notice tone="warn">{schedule.pause_note === null ? one.isPaused : one.pausedNote(schedule.pause_note)}</Notice>
      )}
      <Section title={one.rule}>
        <dl className={styles.facts}>
          <dt>{one.strategy}</dt>
          <dd>
            <Link to="/strategies/$name" params={{ name: schedule.strategy_name }}>
              {schedule.strategy_name}
            </Link>
          </dd>
          <dt>{one.next}</dt>
          <dd>
            {nextAt === null
              ? "–"
              : `${formats.instantIn(nextAt, schedule.when.time_zone)} (${formats.distance(nextAt, now)})`}
          </dd>
          {nextAt !== null && (
            <>
              <dt>{one.own}</dt>
              <dd>{formats.instant(nextAt)}</dd>
            </>
          )}
          <dt>{one.wait}</dt>
          <dd>{formats.duration(schedule.prices.wait_minutes * 60_000)}</dd>
          <dt>{one.catchUp}</dt>
          <dd>{form.catchUps[schedule.catch_up]}</dd>
          <dt>{one.callback}</dt>
          <dd>
            {callback === null ? (
              "–"
            ) : (
              <>
                <code>{callback.url}</code> {one.notified[callback.when]}
              </>
            )}
          </dd>
        </dl>
      </Section>
      <Section
        title={one.decision}
        note={schedule.decided_on === null ? undefined : one.since(formats.day(schedule.decided_on))}
      >
        {decision === null ? (
          <p className="muted">{one.none}</p>
        ) : "weights" in decision ? (
          <WeightBars weights={decision.weights} />
        ) : (
          <p>
            <strong>{decision.signal}</strong> {decision.symbol}
          </p>
        )}
      </Section>
    </>
  );
}
