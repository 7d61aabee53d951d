import { countUpTo, toIsoDay } from "../market/calendar.ts";
import type { RunningSums } from "../strategy/indicators.ts";
import { prefixSums } from "./kernels/prefix-sums.ts";
import type { PriceTable } from "../market/price-table.ts";
import { type History, StrategyError, type View } from "../strategy/strategy.ts";

/** A view that moves from decision to decision. */
export interface MovingView {
  readonly view: View;
  /** Makes `row` the close of the decision: the view shows nothing later. */
  moveTo(row: number): void;
  /** Whether every ticker has the declared history up to and including `row`. */
  hasHistory(row: number): boolean;
}

/** `monthEndRows`: the rows of the table's month-ends, ascending. */
export function movingView(table: PriceTable, monthEndRows: readonly number[], history: History): MovingView {
  const columns = new Map(table.tickers.map((ticker, index) => [ticker, index]));
  const sums = new Map<string, RunningSums>();
  const youngestRow = Math.max(...table.firstRows);
  let current = -1;

  return {
    view: {
      get day() {
        return toIsoDay(table.days[current]!);
      },
      closes(ticker) {
        const closes = table.closes[columnOf(ticker)]!;
        if ("days" in history) return Float64Array.from(closes.subarray(current + 1 - history.days, current + 1));
        const oldest = countUpTo(monthEndRows, current) - 1 - history.months;
        return new Float64Array(history.months + 1).map((_, month) => closes[monthEndRows[oldest + month]!]!);
      },
      runningSums(ticker) {
        let known = sums.get(ticker);
        if (known === undefined) {
          const column = columnOf(ticker);
          known = runningSums(table.closes[column]!, table.firstRows[column]!);
          sums.set(ticker, known);
        }
        return known;
      },
    },
    moveTo(row) {
      current = row;
    },
    hasHistory(row) {
      if ("days" in history) return row + 1 - history.days >= youngestRow;
      const oldest = countUpTo(monthEndRows, row) - 1 - history.months;
      return oldest >= 0 && monthEndRows[oldest]! >= youngestRow;
    },
  };

  function columnOf(ticker: string): number {
    const column = columns.get(ticker);
    if (column === undefined) throw new StrategyError(`${ticker} is not in the universe`);
    return column;
  }

  function runningSums(closes: Float64Array, firstRow: number): RunningSums {
    const totals = prefixSums(closes.subarray(firstRow));
    return (back) => {
      const count = current + 1 - firstRow - back;
      if (!(back >= 0 && count >= 0))
        throw new RangeError(`No sum of closes ${back} days back on ${toIsoDay(table.days[current]!)}`);
      return totals[count]!;
    };
  }
}
