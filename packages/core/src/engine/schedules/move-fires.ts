import { anybody, databaseNow, type Db, type FiredSchedule, fireSchedules, listSchedules } from "@strategy-executor/db";
import type { ExchangeName } from "../../exchanges/exchange.ts";
import { readExchanges } from "../../prices/exchange-days.ts";
import { type FindExchange, firesBetween, nextFire } from "../../schedules/fires.ts";
import { isCronRule, type When } from "../../schedules/when.ts";
import { ScheduleSpec } from "./schedule-spec.ts";

const batchSize = 500;
const millisecondsPerDay = 86_400_000;
/** Fires this far from a changed day do not move with it: an offset has at most 10 sessions. */
const reachMs = 30 * millisecondsPerDay;
const maxFires = 100;

/** A change of an exchange's days. */
export interface ChangedDay {
  readonly exchange: ExchangeName;
  /** Day number. */
  readonly day: number;
  /** The exchanges before the change. */
  readonly before: FindExchange;
}

/**
 * Recomputes the next fires of an exchange's schedules after a change of its days. A fire that has moved to the past is due at once: a
 * closed month end would otherwise be lost. Fires that are already due keep their time.
 */
export async function moveFires(db: Db, changed: ChangedDay): Promise<void> {
  const exchanges = await readExchanges(db);
  const now = await databaseNow(db);
  // Many schedules have the same rule.
  const pastFires = new Map<string, readonly number[]>();
  const pastFiresOf = (when: When) => {
    const key = JSON.stringify(when);
    const found = pastFires.get(key) ?? movedToPast(when, exchanges, changed, now);
    pastFires.set(key, found);
    return found;
  };
  for (let after = 0; ;) {
    const page = await listSchedules(db, anybody, after, batchSize);
    const moved = page.flatMap(({ id, version, spec: stored, nextAt, updatedAt }): FiredSchedule[] => {
      const { data: spec } = ScheduleSpec.safeParse(stored);
      if (spec === undefined || spec.when.exchange !== changed.exchange || nextAt === null) return [];
      const dueAt = nextAt.getTime();
      const past = pastFiresOf(spec.when).find((fireAt) => fireAt > updatedAt.getTime());
      if (past !== undefined && past < dueAt) return [{ id, version, dueAt, nextAt: past }];
      if (dueAt <= now) return [];
      return [{ id, version, dueAt, nextAt: nextFire(spec.when, exchanges, now)?.fireAt ?? null }];
    });
    if (moved.length > 0) await fireSchedules(db, moved, []);
    if (page.length < batchSize) return;
    after = page.at(-1)!.id;
  }
}

/** The past fires that did not exist before the change, oldest first. The times of a cron rule do not depend on an exchange. */
function movedToPast(when: When, exchanges: FindExchange, { day, before }: ChangedDay, now: number): readonly number[] {
  if (isCronRule(when)) return [];
  const after = day * millisecondsPerDay - reachMs;
  const until = Math.min(now, day * millisecondsPerDay + reachMs);
  const known = new Set(firesBetween(when, before, after, until, maxFires).map(({ fireAt }) => fireAt));
  return firesBetween(when, exchanges, after, until, maxFires)
    .map(({ fireAt }) => fireAt)
    .filter((fireAt) => !known.has(fireAt));
}
