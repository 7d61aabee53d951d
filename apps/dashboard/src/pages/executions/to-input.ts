import type { Inputs } from "../../api/client.ts";
import type { Search } from "../../app/search.ts";

/** The query of the list's address. */
export const searchKeys = [
  "status",
  "strategy",
  "label",
  "schedule",
  "callback",
  "since",
  "cursor",
  "open",
  "live",
] as const;

export type ExecutionSearch = Search<(typeof searchKeys)[number]>;

/** The filter of the list and its page. */
export function toInput({
  status,
  strategy,
  label,
  schedule,
  callback,
  since,
  cursor,
}: ExecutionSearch): Inputs["listExecutions"] {
  return {
    limit: 50,
    ...(status !== undefined && { status }),
    ...(strategy !== undefined && { strategy }),
    ...(label !== undefined && { label }),
    ...(schedule !== undefined && { schedule_id: Number(schedule) }),
    ...(callback !== undefined && { callback: callback as NonNullable<Inputs["listExecutions"]["callback"]> }),
    ...(since !== undefined && { since: `${since}T00:00:00.000Z` }),
    ...(cursor !== undefined && { cursor }),
  };
}
