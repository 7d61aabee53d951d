import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import type { Outputs } from "../../api/client.ts";
import { queryOf } from "../../api/queries.ts";

export type LastRun = Outputs["listScheduleRuns"]["runs"][number];

/** Each is a small call of its own. */
const maxAsked = 100;

/** The latest run of each schedule, as far as they are known. */
export function useLastRuns(schedules: readonly { readonly schedule_id: number }[]): ReadonlyMap<number, LastRun> {
  return useQueries({
    queries: schedules
      .slice(0, maxAsked)
      .map(({ schedule_id }) => queryOf("listScheduleRuns", { schedule_id, limit: 1 })),
    combine: bySchedule,
  });
}

function bySchedule(answers: readonly UseQueryResult<Outputs["listScheduleRuns"]>[]): ReadonlyMap<number, LastRun> {
  return new Map(answers.flatMap(({ data }) => data?.runs.map((run) => [run.schedule_id, run] as const) ?? []));
}
