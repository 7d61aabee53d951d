import { CronExpressionParser } from "cron-parser";
import { instantOfWallClock, wallClockOf } from "./zoned-time.ts";

/** The fault of a cron rule, or undefined. A rule has exactly five fields. */
export function cronProblem(cron: string): string | undefined {
  if (cron.trim().split(/\s+/).length !== 5) return "must have five fields: minute, hour, day of month, month, weekday";
  if (/H/i.test(cron.replaceAll(/THU/gi, ""))) return "must not leave times to chance with H";
  try {
    CronExpressionParser.parse(cron, { currentDate: new Date(0), tz: "UTC" });
    return undefined;
  } catch (error) {
    return `is not a cron rule: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * The instants of a cron rule after an instant, in milliseconds since 1970, in ascending order. Ends when there is none for
 * five years. The rule is about what clocks of the zone show: a time that exists twice fires at the first, a time that does
 * not exist as if the clock had not been put forward yet. Instants on which two such times fall fire once.
 */
export function* cronInstants(cron: string, timeZone: string, after: number): Generator<number, undefined> {
  let last = after;
  for (const instants of inBatches(cron, timeZone, after)) {
    for (const instant of instants.toSorted((a, b) => a - b)) {
      if (instant <= last) continue;
      yield instant;
      last = instant;
    }
  }
}

/** Instants of the rule, such that none of a batch is before one of an earlier batch. */
function* inBatches(cron: string, timeZone: string, after: number): Generator<readonly number[], undefined> {
  const start = wallClockOf(after, timeZone);
  // Times in a gap belong to instants that the clock shows as later ones: those right after the gap must not be missed.
  const dayBefore = after - dayAndHour;
  const gapBefore = Math.max(0, start - after - (wallClockOf(dayBefore, timeZone) - dayBefore));
  // The parser begins behind its date. It is given a clock that is never moved, whose times are converted one by one.
  const currentDate = new Date(start - gapBefore - minute);
  const times = CronExpressionParser.parse(cron, { currentDate, tz: "UTC" });

  let batch: number[] = [];
  let [before, batchUntil] = [currentDate.getTime(), -Infinity];
  for (let time = nextTime(times); time !== undefined && time - before <= fiveYears; time = nextTime(times)) {
    const instant = instantOfWallClock(time, timeZone);
    batch.push(instant);
    const gap = wallClockOf(instant, timeZone) - time;
    // What follows within the length of the gap may come before this one.
    if (gap > 0) batchUntil = Math.max(batchUntil, time + 2 * gap);
    if (time >= batchUntil) {
      yield batch;
      batch = [];
    }
    before = time;
  }
  yield batch;
}

const minute = 60_000;
/** Longer than any clock change in history, including the day that Samoa skipped. */
const dayAndHour = 25 * 60 * minute;
const fiveYears = 5 * 366 * 24 * 60 * minute;

/** The parser gives up after some thousand steps, which take it centuries ahead. */
function nextTime(times: ReturnType<typeof CronExpressionParser.parse>): number | undefined {
  try {
    return times.next().getTime();
  } catch {
    return undefined;
  }
}
