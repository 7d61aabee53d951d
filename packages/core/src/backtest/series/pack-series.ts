import { constants, zstdCompressSync } from "node:zlib";
import { toDay } from "../../market/calendar.ts";
import { packCurve, packDoubles, packIntegers } from "./byte-planes.ts";
import { format, openTrade, type SeriesHeader } from "./format.ts";
import type { SeriesColumns, SeriesDecision, SeriesTrade } from "./series-columns.ts";

/**
 * Packs series for storage, as `format.ts` describes. Pure computation, for a worker thread. Throws a RangeError for a number
 * that is not finite.
 */
export function packSeries({ days, equity, decisions, trades }: SeriesColumns): Uint8Array {
  if (days.length !== equity.length) throw new RangeError(`${days.length} days but ${equity.length} values`);
  const curve = compress([packIntegers(days), packCurve(equity)]);
  const rest = compress(packDecisions(decisions, trades));
  const bytes = Buffer.allocUnsafe(format.headLength + curve.length + rest.length);
  bytes[0] = format.version;
  bytes.writeUInt32LE(days.length, 1);
  bytes.writeUInt32LE(curve.length, 5);
  bytes.set(curve, format.headLength);
  bytes.set(rest, format.headLength + curve.length);
  return bytes;
}

function packDecisions(decisions: readonly SeriesDecision[], trades: readonly SeriesTrade[]): Uint8Array[] {
  const [texts, lists] = [numberTexts(), numberLists()];
  const [weights, canary, scores] = [columnOfRecords(lists), columnOfRecords(lists), columnOfRecords(lists)];
  const count = decisions.length;
  const integers = new Int32Array(count * format.decisionColumns + trades.length * format.tradeColumns);
  for (let index = 0; index < count; index += 1) {
    const decision = decisions[index]!;
    integers[index] = toDay(decision.date);
    integers[count + index] = weights.add(decision.weights);
    integers[2 * count + index] = canary.add(decision.canary);
    integers[3 * count + index] = scores.add(decision.scores);
    integers[4 * count + index] = decision.mode === null ? -1 : texts.numberOf(decision.mode);
    integers[5 * count + index] = texts.numberOf(decision.because);
    integers[6 * count + index] = decision.hold === true ? 1 : 0;
  }
  const firstTrade = count * format.decisionColumns;
  const returns: number[] = [];
  const prices: number[] = [];
  for (let index = 0; index < trades.length; index += 1) {
    const trade = trades[index]!;
    integers[firstTrade + index] = texts.numberOf(trade.ticker);
    integers[firstTrade + trades.length + index] = toDay(trade.entry);
    integers[firstTrade + 2 * trades.length + index] = trade.exit === null ? openTrade : toDay(trade.exit);
    prices.push(trade.entry_price);
    if (trade.exit === null) continue;
    prices.push(trade.exit_price!);
    returns.push(trade.return!);
  }
  // Prices are mostly decimals of few digits: their whole multiples have bytes of 0 where the decimals have noise.
  const areDecimals = prices.every((price) => Math.round(price * format.priceScale) / format.priceScale === price);
  const header: SeriesHeader = {
    decisions: count,
    trades: trades.length,
    prices: areDecimals ? "decimal" : "double",
    texts: texts.all,
    keys: lists.all,
  };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(json.length);
  const storedPrices = areDecimals ? prices.map((price) => Math.round(price * format.priceScale)) : prices;
  const doubles = joined([weights.values, canary.values, scores.values, returns, storedPrices]);
  return [length, json, packIntegers(integers), packDoubles(doubles)];
}

/** Numbers texts in the order in which they first appear. */
function numberTexts() {
  const numbers = new Map<string, number>();
  const all: string[] = [];
  return {
    all,
    numberOf(text: string): number {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, all.length);
      return all.push(text) - 1;
    },
  };
}

/** Numbers lists of keys. A list whose text is ambiguous gets a new number each time. */
function numberLists() {
  const texts = numberTexts();
  const all: (readonly string[])[] = [];
  return {
    all,
    numberOf(list: readonly string[]): number {
      const text = list.join("\n");
      const known = texts.numberOf(text);
      if (known === all.length) return all.push(list) - 1;
      if (isSameList(all[known]!, list)) return known;
      // Keeps the numbers of texts and of lists together.
      texts.all.push(text);
      return all.push(list) - 1;
    },
  };
}

/** Takes records apart into lists of keys, by number, and values. */
function columnOfRecords(lists: ReturnType<typeof numberLists>) {
  const values: number[] = [];
  let last: { readonly keys: readonly string[]; readonly number: number } | null = null;
  return {
    values,
    /** The number of the record's keys, or -1 for none. */
    add(record: Readonly<Record<string, number>> | null | undefined): number {
      if (record === null || record === undefined) return -1;
      const keys = Object.keys(record);
      for (let index = 0; index < keys.length; index += 1) values.push(record[keys[index]!]!);
      if (last === null || !isSameList(last.keys, keys)) last = { keys, number: lists.numberOf(keys) };
      return last.number;
    },
  };
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

function joined(columns: readonly (readonly number[])[]): Float64Array {
  const all = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  let next = 0;
  for (const column of columns) {
    all.set(column, next);
    next += column.length;
  }
  return all;
}

function compress(parts: readonly Uint8Array[]): Uint8Array {
  return zstdCompressSync(Buffer.concat(parts), { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}
