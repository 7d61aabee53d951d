import { getSchedules } from "@strategy-executor/db";
import type { DomainError } from "../../common/domain-error.ts";
import { type Ctx, ensureScope, orUnavailable, ownerFor } from "../operation.ts";
import { noSchedule, type Schedule, toSchedule } from "./schedule.ts";

/** Like `getSchedule`, for many schedules at once: one statement, in the requested order. */
export function linkedSchedules(
  ctx: Pick<Ctx, "client" | "database" | "log">,
  ids: readonly number[],
): Promise<(Schedule | DomainError)[]> {
  return orUnavailable(ctx, "linkedSchedules", async () => {
    ensureScope(ctx, "read");
    const records = await getSchedules(ctx.database.db, ids, ownerFor(ctx));
    const byId = new Map(records.map((record) => [record.id, record]));
    return ids.map((id) => {
      const record = byId.get(id);
      return record === undefined ? noSchedule(id) : toSchedule(record, ctx.client);
    });
  });
}
