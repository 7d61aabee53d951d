import { anybody, databaseNow, type Db, type FiredSchedule, fireSchedules, listSchedules } from "@strategy-executor/db";
import type { ExchangeName } from "../../exchanges/exchange.ts";
import { readExchanges } from "../../prices/exchange-days.ts";
import { nextFire } from "../../schedules/fires.ts";
import { ScheduleSpec } from "./schedule-spec.ts";

const batchSize = 500;

/** Recomputes the next fires of an exchange's schedules after a change of its days. Fires that are already due keep their time. */
export async function moveFires(db: Db, exchange: ExchangeName): Promise<void> {
  const exchanges = await readExchanges(db);
  const now = await databaseNow(db);
  for (let after = 0; ;) {
    const page = await listSchedules(db, anybody, after, batchSize);
    const moved = page.flatMap(({ id, version, spec: stored, nextAt }): FiredSchedule[] => {
      const { data: spec } = ScheduleSpec.safeParse(stored);
      if (spec === undefined || spec.when.exchange !== exchange || nextAt === null || nextAt.getTime() <= now)
        return [];
      const fire = nextFire(spec.when, exchanges, now);
      return [{ id, version, dueAt: nextAt.getTime(), nextAt: fire?.fireAt ?? null }];
    });
    if (moved.length > 0) await fireSchedules(db, moved, []);
    if (page.length < batchSize) return;
    after = page.at(-1)!.id;
  }
}
