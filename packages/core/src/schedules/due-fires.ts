import type { FindExchange } from "./fires.ts";
import { firesAfter } from "./fires.ts";
import type { Fire } from "./session-fires.ts";
import type { When } from "./when.ts";

/** Which fires run after a downtime: the newest, all, or none. */
export const catchUps = ["latest", "all", "none"] as const;
export type CatchUp = (typeof catchUps)[number];

/** What to do about the fires that are due. Instants are milliseconds since 1970. */
export interface DueFires {
  /** To run, oldest first. */
  readonly run: readonly DueFire[];
  /** To be recorded as missed, oldest first: the newest `maxMissed` of them. */
  readonly missed: readonly DueFire[];
  /** When the schedule fires next; null when it never does. */
  readonly nextAt: number | null;
}

export interface DueFire extends Fire {
  readonly origin: "fire" | "catch_up";
}

/** Fires up to this late run as usual. */
export const punctualMs = 15 * 60_000;

/** Maximum number of fires of one schedule that run at once. The rest stays due. */
const maxRun = 100;

/** Maximum number of fires read at once: a rule of every minute has half a million in a year. The rest stays due. */
const maxSeen = 5_000;

/** Maximum number of missed fires that a long downtime records. */
const maxMissed = 1_000;

/**
 * Sorts the fires of a rule from `dueAt`, which was the next one, up to `now`. A fire that is late by more than 15 minutes is
 * caught up by `catchUp`, unless it is older than `catchUpHours`.
 */
export function dueFires(
  when: When,
  exchanges: FindExchange,
  { dueAt, now, catchUp, catchUpHours }: { dueAt: number; now: number; catchUp: CatchUp; catchUpHours: number },
): DueFires {
  const oldest = now - catchUpHours * 3_600_000;
  const run: DueFire[] = [];
  const missed: DueFire[] = [];
  let nextAt: number | null = null;
  let seen = 0;
  for (const fire of firesAfter(when, exchanges, dueAt - 1)) {
    if (fire.fireAt > now || run.length === maxRun || seen === maxSeen) {
      nextAt = fire.fireAt;
      break;
    }
    seen += 1;
    if (now - fire.fireAt <= punctualMs) run.push({ ...fire, origin: "fire" });
    else if (catchUp === "none" || fire.fireAt < oldest) record(missed, { ...fire, origin: "catch_up" });
    else {
      const late = run.at(-1);
      // `latest` runs only the newest. Punctual fires come after all late ones.
      if (catchUp === "latest" && late !== undefined) record(missed, run.pop()!);
      run.push({ ...fire, origin: "catch_up" });
    }
  }
  // The latest fire is always among the rest.
  const isCut = nextAt !== null && nextAt <= now;
  return { ...withLatestOnly(catchUp, run, missed, isCut), nextAt };
}

/** A punctual fire is newer than a late one, which `latest` then leaves out. */
function withLatestOnly(
  catchUp: CatchUp,
  run: DueFire[],
  missed: DueFire[],
  isCut: boolean,
): Pick<DueFires, "run" | "missed"> {
  const isSuperseded = catchUp === "latest" && (isCut || run.some(({ origin }) => origin === "fire"));
  if (!isSuperseded) return { run, missed };
  for (const late of run.filter(({ origin }) => origin === "catch_up")) record(missed, late);
  return { run: run.filter(({ origin }) => origin === "fire"), missed };
}

function record(missed: DueFire[], fire: DueFire): void {
  missed.push(fire);
  if (missed.length > maxMissed) missed.shift();
}
