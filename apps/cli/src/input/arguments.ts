import { InvalidArgumentError } from "commander";

/** Reads the number of an execution. @throws InvalidArgumentError */
export function toExecutionId(text: string): number {
  const id = /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id)) throw new InvalidArgumentError("Give the number of an execution.");
  return id;
}

/** Reads numbers of executions one after the other. @throws InvalidArgumentError */
export function toExecutionIds(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, toExecutionId(text)];
}

/** Collects the values of a repeatable option. */
export function gather(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Reads a whole number within bounds. */
export function toWhole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  };
}

/** Reads a number. @throws InvalidArgumentError */
export function toNumber(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError("Give a number.");
  return value;
}

/** Reads a number above 0 up to a bound. */
export function toPositive(max: number, what: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (value > 0 && value <= max) return value;
    throw new InvalidArgumentError(`Give a number of ${what}, at most ${max}.`);
  };
}

/** Reads a day. @throws InvalidArgumentError */
export function toDay(text: string): string {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(Number.NaN);
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text))
    throw new InvalidArgumentError("Give a day as YYYY-MM-DD.");
  return text;
}

/**
 * Reads an instant: ISO 8601, a day (its beginning in UTC), or how long ago (`30m`, `24h`, `7d`). Returns ISO 8601 in UTC.
 * @throws InvalidArgumentError
 */
export function toInstant(text: string): string {
  const [, number, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const ago =
    number === undefined ? 0 : Number(number) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as "m" | "h" | "d"];
  const isIso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const instant = number === undefined ? new Date(isIso ? text : Number.NaN) : new Date(Date.now() - ago);
  if (Number.isNaN(instant.getTime()))
    throw new InvalidArgumentError(
      "Give an instant (2026-11-29T08:00:00Z), a day (2026-11-29) or how long ago (24h, 7d).",
    );
  return instant.toISOString();
}

/** Reads an http or https address. @throws InvalidArgumentError */
export function toUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError("Give an http or https address.");
  if (url.username !== "" || url.password !== "") throw new InvalidArgumentError("Leave user and password out.");
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}
