import { type BarColumn, barColumns } from "../../market/bars.ts";
import { countUpTo, firstOfMonth, isoDays, toDay, toIsoDay } from "../../market/calendar.ts";
import type { DataSeries } from "../../market/data-series.ts";
import type { PriceTable } from "../../market/price-table.ts";
import type { History } from "../../strategy/history.ts";
import type { Indicator } from "../../strategy/indicators/indicator.ts";
import type { RunningSums } from "../../strategy/indicators.ts";
import { StrategyError } from "../../strategy/strategy.ts";
import type { View } from "../../strategy/view.ts";
import { closeSums } from "./close-sums.ts";
import { copier } from "../copies.ts";
import type { ModelAccount } from "./model-account.ts";
import { monthEndsOf } from "./month-ends.ts";

/** A view that moves from decision to decision. */
export interface MovingView {
  readonly view: View;
  /** Makes `row` the close of the decision: the view shows nothing later. */
  moveTo(row: number): void;
  /** Whether every ticker has the declared history up to and including `row`, and enough of each data series is known. */
  hasHistory(row: number): boolean;
  /** Whether the decision at the last row looked at what earlier decisions hold. */
  lookedBack(): boolean;
}

/** `monthEndRows`: the rows of the table's month-ends, ascending. `account`: the holdings of the decisions so far. */
export function movingView(
  table: PriceTable,
  monthEndRows: readonly number[],
  history: History,
  account: ModelAccount,
): MovingView {
  const columns = columnsOf(table);
  const sums = new Map<string, RunningSums>();
  const followed = new Map<string, Followed>();
  const youngestRow = Math.max(...table.firstRows);
  const firstRowOfSeries = Math.max(0, ...table.series.map((one) => rowOfKnown(one, history.series?.[one.name] ?? 0)));
  let current = -1;
  let isLookingBack = false;

  const monthEnds = monthEndsOf(table, monthEndRows);
  const copy = copier();
  /** Index of the last month-end up to the current row, once it is looked up. */
  let knownMonth = -1;

  const dayCloses = (ticker: string): Float64Array => {
    const { days } = history;
    if (days === undefined) throw new StrategyError("it declares no history of days");
    return copy(table.closes[columnOf(ticker)]!, current + 1 - days, current + 1);
  };
  const monthsDeclared = (): number => {
    if (history.months === undefined) throw new StrategyError("it declares no history of months");
    return history.months;
  };
  const lastMonth = (): number => {
    if (knownMonth === -1) knownMonth = countUpTo(monthEndRows, current) - 1;
    return knownMonth;
  };
  const monthCloses = (ticker: string): Float64Array => {
    const [months, month] = [monthsDeclared(), lastMonth()];
    return copy(monthEnds.closes(columnOf(ticker)), month - months, month + 1);
  };

  return {
    view: {
      get day() {
        return isoDay();
      },
      get year() {
        return dateOf(current).getUTCFullYear();
      },
      get month() {
        return dateOf(current).getUTCMonth() + 1;
      },
      get weekday() {
        return dateOf(current).getUTCDay() || 7;
      },
      daysSince: (day) => table.days[current]! - toDay(day),
      closes(ticker) {
        if (history.months !== undefined && history.days !== undefined) {
          throw new StrategyError("it declares months and days, so it has to ask for monthCloses or dayCloses");
        }
        return history.days === undefined ? monthCloses(ticker) : dayCloses(ticker);
      },
      monthCloses,
      dayCloses,
      monthScore: (ticker, score) => monthEnds.score(columnOf(ticker), lastMonth(), monthsDeclared() + 1, score),
      closesSince(ticker, months) {
        if (!(months >= 0 && months <= (history.months ?? -1))) {
          throw new StrategyError(`closes since ${months} months wanted, ${history.months ?? "no"} months declared`);
        }
        return copy(table.closes[columnOf(ticker)]!, monthEndRows[lastMonth() - months]!, current + 1);
      },
      bars: (ticker) => {
        const closes = dayCloses(ticker);
        const bars = { close: closes } as Record<BarColumn | "close", Float64Array>;
        for (const column of barColumns) {
          // Loaded on access: a strategy declares only the columns that it needs.
          Object.defineProperty(bars, column, { enumerable: true, get: () => barsOf(ticker, column) });
        }
        return bars;
      },
      runningSums(ticker) {
        let known = sums.get(ticker);
        if (known === undefined) {
          known = runningSums(columnOf(ticker));
          sums.set(ticker, known);
        }
        return known;
      },
      follow<Value>(ticker: string, indicator: Indicator<Value>): Value {
        const key = `${ticker} ${indicator.key}`;
        let known = followed.get(key);
        if (known === undefined || known.row > current) {
          indicator.columns?.forEach(ensureDeclared);
          known = { next: indicator.start(), row: table.firstRows[columnOf(ticker)]! - 1, value: undefined };
          followed.set(key, known);
        }
        advance(known, ticker);
        if (current + 1 - table.firstRows[columnOf(ticker)]! < indicator.bars) {
          throw new StrategyError(`${indicator.key} of ${ticker} wants ${indicator.bars} bars`);
        }
        return known.value as Value;
      },
      series(name, lagMonths = 0) {
        if (history.series?.[name] === undefined) throw new StrategyError(`it declares no series ${name}`);
        const { days, knownOn, values } = table.series.find((one) => one.name === name)!;
        const today = table.days[current]!;
        const count = countUpTo(days, firstOfMonth(today, 1 - lagMonths) - 1);
        const known = new Float64Array(count);
        let length = 0;
        for (let index = 0; index < count; index += 1) if (knownOn[index]! <= today) known[length++] = values[index]!;
        return known.subarray(0, length);
      },
      get holdings() {
        isLookingBack = true;
        return account.holdingsAt(current);
      },
    },
    moveTo(row) {
      current = row;
      knownMonth = -1;
      isLookingBack = false;
    },
    hasHistory(row) {
      if (row < firstRowOfSeries) return false;
      if (history.days !== undefined && row + 1 - history.days < youngestRow) return false;
      if (history.months === undefined) return history.days !== undefined || row >= youngestRow;
      const oldest = countUpTo(monthEndRows, row) - 1 - history.months;
      return oldest >= 0 && monthEndRows[oldest]! >= youngestRow;
    },
    lookedBack: () => isLookingBack,
  };

  function columnOf(ticker: string): number {
    const column = columns.get(ticker);
    if (column === undefined) throw new StrategyError(`${ticker} is not in the universe`);
    return column;
  }

  function isoDay(): string {
    return isoDays(table.days)[current]!;
  }

  function dateOf(row: number): Date {
    return new Date(table.days[row]! * 86_400_000);
  }

  function runningSums(column: number): RunningSums {
    const firstRow = table.firstRows[column]!;
    const totals = closeSums(table, column);
    return (back) => {
      const count = current + 1 - firstRow - back;
      if (!(back >= 0 && count >= 0)) throw new RangeError(`No sum of closes ${back} days back on ${isoDay()}`);
      return totals[count]!;
    };
  }

  function barsOf(ticker: string, column: BarColumn): Float64Array {
    ensureDeclared(column);
    const from = current + 1 - history.days!;
    const values = table.bars[columnOf(ticker)]![column]!.slice(from, current + 1);
    const missing = values.findIndex(Number.isNaN);
    if (missing === -1) return values;
    throw new StrategyError(`there is no ${column} of ${ticker} on ${toIsoDay(table.days[from + missing]!)}`);
  }

  function ensureDeclared(column: BarColumn): void {
    if (!history.bars?.includes(column)) throw new StrategyError(`it does not declare the column ${column} of bars`);
  }

  /** Feeds an indicator the bars up to the current row. */
  function advance(known: Followed, ticker: string): void {
    const column = columnOf(ticker);
    const closes = table.closes[column]!;
    const { high, low } = table.bars[column]!;
    for (let row = known.row + 1; row <= current; row += 1) {
      known.value = known.next(closes[row]!, high?.[row] ?? Number.NaN, low?.[row] ?? Number.NaN);
    }
    known.row = current;
  }

  /** The first row on which `count` values are known; the number of rows when that never happens. */
  function rowOfKnown({ knownOn }: DataSeries, count: number): number {
    if (count === 0) return 0;
    const day = knownOn.toSorted()[count - 1];
    return day === undefined ? table.days.length : countUpTo(table.days, day - 1);
  }
}

const knownColumns = new WeakMap<PriceTable, ReadonlyMap<string, number>>();

/** The column of each ticker. */
export function columnsOf(table: PriceTable): ReadonlyMap<string, number> {
  const columns = knownColumns.get(table) ?? new Map(table.tickers.map((ticker, index) => [ticker, index]));
  knownColumns.set(table, columns);
  return columns;
}

/** An indicator and the last row that it has read. */
interface Followed {
  readonly next: (close: number, high: number, low: number) => unknown;
  row: number;
  value: unknown;
}
