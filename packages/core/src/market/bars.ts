/**
 * What a bar holds besides the adjusted close. Open, high and low are adjusted as the close is: times adj_close / close of
 * their day. The volume is as it was traded.
 */
export const barColumns = ["open", "high", "low", "volume"] as const;
export type BarColumn = (typeof barColumns)[number];

/**
 * Columns of bars, one value for each stored day. A column that is not there is not known for the ticker at all; NaN is a
 * single value that is not known.
 */
export type Bars = Readonly<Partial<Record<BarColumn, Float64Array>>>;

/** The requested columns. */
export function selectBars(bars: Bars, columns: readonly BarColumn[]): Bars {
  return Object.fromEntries(columns.flatMap((column) => (bars[column] === undefined ? [] : [[column, bars[column]]])));
}

/**
 * Brings the columns of one ticker, stored on `ownDays`, onto the days of a table, in shared memory. `closes` is the ticker's
 * column of the table. On a day within the ticker's life on which it was not traded the bar is flat: it repeats the close
 * before it, with no volume. Throws a RangeError for a column of another length than `ownDays`.
 */
export function alignBars(bars: Bars, ownDays: Int32Array, days: Int32Array, closes: Float64Array): Bars {
  const aligned: Partial<Record<BarColumn, Float64Array>> = {};
  for (const column of barColumns) {
    const values = bars[column];
    if (values === undefined) continue;
    if (values.length !== ownDays.length) {
      throw new RangeError(`${ownDays.length} days but ${values.length} values of ${column}`);
    }
    const cells = new Float64Array(new SharedArrayBuffer(days.length * 8)).fill(Number.NaN);
    for (let row = 0, next = 0; row < days.length; row += 1) {
      if (ownDays[next] === days[row]) cells[row] = values[next++]!;
      else if (next > 0 && next < ownDays.length) cells[row] = column === "volume" ? 0 : closes[row]!;
    }
    aligned[column] = cells;
  }
  return aligned;
}
