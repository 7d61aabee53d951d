/*
 * A second, independent implementation of schedules: minute by minute with the platform's clock, without any of the code that computes
 * fires.
 */

export type ModelRule =
  | { readonly kind: "daily"; readonly time: string }
  | { readonly kind: "sessions"; readonly time: string };

export interface ModelRun {
  readonly fireAt: number;
  origin: "fire" | "catch_up" | "trigger" | "backfill";
  /** ISO day; null without an exchange. */
  readonly tradingDay: string | null;
  state: "waiting" | "executing" | "ended" | "superseded" | "missed" | "cancelled";
  changed: boolean | null;
  readonly waitsUntil: number;
}

export interface ScheduleModel {
  readonly rule: ModelRule;
  readonly catchUp: "latest" | "all" | "none";
  catchUpHours: number;
  now: number;
  /** Everything up to here has fired. */
  firedUntil: number;
  isPaused: boolean;
  version: number;
  /** Days on which the exchange is closed against its rules. */
  readonly closed: Set<string>;
  pricesUntil: string;
  readonly runs: Map<number, ModelRun>;
  decision: string | null;
  decisionFireAt: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;
/** Holidays of the exchange in the time that the model lives in, and days on which trading ends at 13:00. */
const holidays = new Set(["2026-11-26", "2026-12-25", "2027-01-01", "2027-01-18", "2027-02-15", "2027-03-26"]);
const halfDays = new Set(["2026-11-27", "2026-12-24"]);
const newYork = new Intl.DateTimeFormat("en-CA", {
  timeZone: "America/New_York",
  dateStyle: "short",
  timeStyle: "short",
  hourCycle: "h23",
});

export const waitMinutes = 720;

/** `2026-11-01, 01:30`: what clocks in New York show. */
function shown(instant: number): readonly [isoDay: string, time: string] {
  const [date, time] = newYork.format(instant).split(", ");
  return [date!, time!];
}

export function today(instant: number): string {
  return shown(instant)[0];
}

function isSession({ closed }: ScheduleModel, isoDay: string): boolean {
  const weekday = new Date(`${isoDay}T12:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.has(isoDay) && !closed.has(isoDay);
}

/** The instant at which clocks in New York show the time on the day: the first one, or an hour later where it is skipped. */
function instantOf(isoDay: string, time: string): number {
  const start = Date.parse(`${isoDay}T00:00:00Z`);
  const find = (wanted: string) => {
    for (let instant = start; instant < start + 30 * 60 * minute; instant += minute) {
      const [date, clock] = shown(instant);
      if (date === isoDay && clock === wanted) return instant;
    }
    return undefined;
  };
  const hour = Number(time.slice(0, 2)) + 1;
  return find(time) ?? find(`${String(hour).padStart(2, "0")}${time.slice(2)}`)!;
}

/** The fires after one instant and up to another. */
export function firesBetween(
  model: ScheduleModel,
  after: number,
  until: number,
): { readonly fireAt: number; readonly tradingDay: string | null }[] {
  const fires = [];
  for (let at = after - 2 * day; at < until + 2 * day; at += day) {
    const isoDay = new Date(at).toISOString().slice(0, 10);
    if (model.rule.kind === "sessions" && !isSession(model, isoDay)) continue;
    const fireAt = instantOf(isoDay, model.rule.time);
    if (fireAt > after && fireAt <= until) {
      fires.push({ fireAt, tradingDay: model.rule.kind === "sessions" ? isoDay : null });
    }
  }
  return fires;
}

/** The last session that has closed. */
export function lastClosed(model: ScheduleModel): string {
  for (let at = model.now; ; at -= day) {
    const isoDay = today(at);
    const close = halfDays.has(isoDay) ? "13:00" : "16:00";
    if (isSession(model, isoDay) && instantOf(isoDay, close) <= model.now) return isoDay;
  }
}

/** The scheduler has run. */
export function step(model: ScheduleModel): void {
  if (!model.isPaused) fire(model);
  for (const run of model.runs.values()) {
    const hasPrices = run.tradingDay === null || run.tradingDay <= model.pricesUntil;
    if (run.state === "waiting" && (hasPrices || model.now >= run.waitsUntil)) run.state = "executing";
  }
}

function fire(model: ScheduleModel): void {
  const due = firesBetween(model, model.firedUntil, model.now);
  model.firedUntil = model.now;
  const isLate = (fireAt: number) => model.now - fireAt > 15 * minute;
  const canRun = due.filter(
    ({ fireAt }) =>
      !isLate(fireAt) || (model.catchUp !== "none" && fireAt >= model.now - model.catchUpHours * 60 * minute),
  );
  const newest = canRun.at(-1);
  const made: ModelRun[] = due.map((one) => {
    const runs = canRun.includes(one) && (!isLate(one.fireAt) || model.catchUp === "all" || one === newest);
    return addRun(model, one, isLate(one.fireAt) ? "catch_up" : "fire", runs ? "waiting" : "missed");
  });
  const waiting = made.filter(({ state }) => state === "waiting");
  const [first] = waiting;
  if (first === undefined) return;
  const allRun = model.catchUp === "all" && waiting.every(({ origin }) => origin === "catch_up");
  for (const run of model.runs.values()) {
    if (allRun && run.origin === "catch_up") continue;
    const isOlder = run.fireAt < first.fireAt && (run.origin === "fire" || run.origin === "catch_up");
    if (isOlder && run.state === "waiting") run.state = "superseded";
  }
}

export function addRun(
  model: ScheduleModel,
  { fireAt, tradingDay }: { fireAt: number; tradingDay: string | null },
  origin: ModelRun["origin"],
  state: ModelRun["state"] = "waiting",
): ModelRun {
  const known = model.runs.get(fireAt);
  if (known !== undefined) return known;
  const run = { fireAt, tradingDay, origin, state, changed: null, waitsUntil: model.now + waitMinutes * minute };
  model.runs.set(fireAt, run);
  return run;
}

/** Whether a fire has a run that executes, has executed, or still waits to. */
export function hasTried({ runs }: ScheduleModel, fireAt: number): boolean {
  const state = runs.get(fireAt)?.state;
  return state === "waiting" || state === "executing" || state === "ended";
}

/** All executions have completed with this decision. */
export function endAll(model: ScheduleModel, decision: string): void {
  for (const run of [...model.runs.values()].toSorted((a, b) => a.fireAt - b.fireAt)) {
    if (run.state !== "executing") continue;
    run.state = "ended";
    run.changed = decision !== model.decision;
    if (run.origin === "backfill" || run.fireAt < model.decisionFireAt) continue;
    model.decision = decision;
    model.decisionFireAt = run.fireAt;
  }
}

/** Waiting runs are given up. */
export function cancelWaiting(model: ScheduleModel): void {
  for (const run of model.runs.values()) if (run.state === "waiting") run.state = "cancelled";
}

/** The fields that are compared with the rows. */
export function shownRuns(model: ScheduleModel): readonly Omit<ModelRun, "waitsUntil">[] {
  return [...model.runs.values()]
    .toSorted((a, b) => a.fireAt - b.fireAt)
    .map(({ waitsUntil: _waitsUntil, ...run }) => run);
}
