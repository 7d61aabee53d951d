const money = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const whole = new Intl.NumberFormat("en");

/** A fraction in percent: `0.1234` is `12.34%`. */
export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)}%`;
}

/** An amount: `983715.982` is `983,715.98`. */
export function amount(value: number): string {
  return money.format(value);
}

/** A ratio with two decimals. */
export function ratio(value: number): string {
  return value.toFixed(2);
}

/** A count: `27936` is `27,936`. */
export function count(value: number): string {
  return whole.format(value);
}

/** A count with its noun: `1 execution`, `2 executions`. */
export function countOf(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** An instant of the API without its milliseconds; null where there is none. */
export function seconds(instant: string | null): string | null {
  return instant === null ? null : instant.replace(/\.\d+Z$/, "Z");
}

/** How long something took. */
export function duration(from: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(from);
  return ms < 60_000
    ? `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
