import type { PriceRow, PriceWarning } from "@strategy-executor/db";
import type { Exchange } from "../exchanges/exchange.ts";
import { toDay } from "../market/calendar.ts";
import { type PriceWarningKind, priceWarningKinds } from "../market/price-warning.ts";

/** Checks the rows of a ticker for anomalies that a careful user would want to know. */
export interface QualityCheck {
  /** Takes the rows in the order of their days. */
  observe(row: PriceRow): void;
  /** The warnings so far, by kind and day: the first few of each kind, and the number of further ones. */
  warnings(): PriceWarning[];
}

/** Checks the rows of a ticker that is traded at the exchange. */
export function checkQuality(exchange: Exchange): QualityCheck {
  const found = collectWarnings();
  let last: PriceRow | undefined;
  let lastDay = 0;
  let run = { close: Number.NaN, first: "", days: 0 };

  const endRun = (add: (kind: PriceWarningKind, day: string, message: string) => void) => {
    if (run.days > longestRun) add("same_close", run.first, `the close is ${run.close} on ${run.days} days in a row`);
  };
  const compare = (before: PriceRow, row: PriceRow) => {
    const change = row.adjClose / before.adjClose - 1;
    if (Math.abs(change) > largestChange) {
      found.add(
        "jump",
        row.day,
        `the adjusted close goes from ${before.adjClose} to ${row.adjClose} (${inPercent(change)})`,
      );
    }
    if (isAdjustmentOdd(before, row)) {
      found.add(
        "adjustment",
        row.day,
        `the adjusted close goes from ${before.adjClose} to ${row.adjClose} while the close goes from ${before.close} to ` +
          `${row.close}: a split is in one of them only`,
      );
    }
    const [previousDay, day] = [lastDay, toDay(row.day)];
    lastDay = day;
    // Of few days few can be sessions.
    if (day - previousDay - 1 <= longestHole) return;
    const missed = sessionsBetween(exchange, previousDay, day);
    if (missed > longestHole) {
      const count = missed === Infinity ? "more than a year" : `${missed} sessions`;
      found.add("hole", before.day, `no prices for ${count} between ${before.day} and ${row.day}`);
    }
  };

  return {
    observe(row) {
      if (last === undefined) lastDay = toDay(row.day);
      else compare(last, row);
      last = row;
      const close = row.close ?? row.adjClose;
      if (close === run.close) run.days += 1;
      else {
        endRun(found.add);
        run = { close, first: row.day, days: 1 };
      }
    },
    warnings() {
      const all = found.copy();
      endRun(all.add);
      return all.warnings();
    },
  };
}

/** The warnings of one kind, of which the first few are kept. */
export function collectWarnings(kept: readonly PriceWarning[] = [], counts: ReadonlyMap<string, number> = new Map()) {
  const warnings = [...kept];
  const total = new Map(counts);
  return {
    add(kind: PriceWarningKind, day: string, message: string): void {
      const count = (total.get(kind) ?? 0) + 1;
      total.set(kind, count);
      if (count <= keptPerKind) warnings.push({ kind, day, message });
    },
    copy: () => collectWarnings(warnings, total),
    warnings(): PriceWarning[] {
      return priceWarningKinds.flatMap((kind) => {
        const ofKind = warnings.filter((warning) => warning.kind === kind);
        const more = (total.get(kind) ?? 0) - ofKind.length;
        if (more === 0) return ofKind;
        return ofKind.map((warning, index) =>
          index < ofKind.length - 1
            ? warning
            : { ...warning, message: `${warning.message}, and ${more} more such days` },
        );
      });
    },
  };
}

/** The warning for a ticker that lacks the latest sessions of its exchange, up to the last day of the other tickers; or undefined. */
export function endsEarly(lastDay: string, lastOfAll: string, exchange: Exchange): PriceWarning | undefined {
  if (lastDay >= lastOfAll || exchange.nextSession(toDay(lastDay)) > toDay(lastOfAll)) return undefined;
  return { kind: "ends_early", day: lastDay, message: `the prices end on ${lastDay}, others go on until ${lastOfAll}` };
}

/** Of the close before. */
const largestChange = 0.4;
/** Days. */
const longestRun = 10;
/** Sessions. */
const longestHole = 5;
const keptPerKind = 5;

/**
 * Whether one of the two closes is split between these days and the other is not: their ratio changes by a quarter or more
 * while the close, which falls with a dividend of that size and with a split that it shows, does not.
 */
function isAdjustmentOdd(before: PriceRow, row: PriceRow): boolean {
  if (before.close === null || row.close === null) return false;
  const ratio = row.adjClose / row.close / (before.adjClose / before.close);
  const change = row.close / before.close;
  return (ratio >= 1.25 || ratio <= 0.8) && change > 0.8 && change < 1.25;
}

/** The sessions between two days, both excluded; Infinity beyond a year. */
function sessionsBetween(exchange: Exchange, from: number, to: number): number {
  if (to - from <= longestHole + 1) return 0;
  if (to - from > 366) return Infinity;
  let count = 0;
  for (let day = from + 1; day < to; day += 1) if (exchange.isSession(day)) count += 1;
  return count;
}

function inPercent(change: number): string {
  return `${change > 0 ? "+" : ""}${(change * 100).toFixed(0)} %`;
}
