import { constants, zstdCompressSync } from "node:zlib";
import { toDay } from "../../market/calendar.ts";
import { packCurve, packDoubles, packIntegers } from "./byte-planes.ts";
import { format, openTrade, type SeriesHeader } from "./format.ts";
import type { SeriesColumns, SeriesDecision, SeriesTrade } from "./series-columns.ts";

/**
 * Packs series for storage, as `format.ts` describes. Pure computation, for a worker thread. Throws a RangeError for a number
 * that is not finite. The bytes have a buffer of their own, so that a thread can hand them over without a copy.
 */
export function packSeries({ days, equity, decisions, trades }: SeriesColumns): Uint8Array {
  const count = days.length;
  if (count !== equity.length) throw new RangeError(`${count} days but ${equity.length} values`);
  const planes = memory(count * 12);
  packIntegers(days, planes.subarray(0, count * 4));
  packCurve(equity, planes.subarray(count * 4));
  const curve = compress(planes);
  const rest = compress(packDecisions(decisions, trades));
  const bytes = Buffer.allocUnsafeSlow(format.headLength + curve.length + rest.length);
  bytes[0] = format.version;
  bytes.writeUInt32LE(count, 1);
  bytes.writeUInt32LE(curve.length, 5);
  bytes.set(curve, format.headLength);
  bytes.set(rest, format.headLength + curve.length);
  return bytes;
}

let scratch = new Uint8Array(0);

/** Memory until the next call. Getting it anew from the system for every run takes longer than filling it. */
function memory(length: number): Uint8Array<ArrayBuffer> {
  if (scratch.length < length) scratch = new Uint8Array(length);
  return scratch.subarray(0, length);
}

function packDecisions(decisions: readonly SeriesDecision[], trades: readonly SeriesTrade[]): Uint8Array {
  const [texts, lists] = [numberTexts(), numberLists()];
  const [weights, canary, scores] = [columnOfRecords(lists), columnOfRecords(lists), columnOfRecords(lists)];
  const count = decisions.length;
  const [decidedOn, entries, exits] = [dayReader(), dayReader(), dayReader()];
  const integers = new Int32Array(count * format.decisionColumns + trades.length * format.tradeColumns);
  for (let index = 0; index < count; index += 1) {
    const decision = decisions[index]!;
    integers[index] = decidedOn(decision.date);
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
    integers[firstTrade + trades.length + index] = entries(trade.entry);
    integers[firstTrade + 2 * trades.length + index] = trade.exit === null ? openTrade : exits(trade.exit);
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
  const storedPrices = areDecimals ? prices.map((price) => Math.round(price * format.priceScale)) : prices;
  const columns = [weights.values, canary.values, scores.values, returns, storedPrices];
  const doubles = columns.reduce((sum, { length }) => sum + length, 0);
  const firstPlane = 4 + json.length;
  const firstDouble = firstPlane + integers.length * 4;
  const bytes = memory(firstDouble + doubles * 8);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  packIntegers(integers, bytes.subarray(firstPlane, firstDouble));
  packDoubles(joined(columns, doubles), bytes.subarray(firstDouble));
  return bytes;
}

/** Reads ISO days. Neighbours are often the same day. */
function dayReader(): (iso: string) => number {
  let last = { iso: "", day: 0 };
  return (iso) => {
    if (iso !== last.iso) last = { iso, day: toDay(iso) };
    return last.day;
  };
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

function joined(columns: readonly (readonly number[])[], length: number): Float64Array {
  const all = new Float64Array(length);
  let next = 0;
  for (const column of columns) {
    for (let index = 0; index < column.length; index += 1) all[next + index] = column[index]!;
    next += column.length;
  }
  return all;
}

/** Level 1, tables no larger than the input needs, and room for the whole output, which then comes in one piece. */
function compress(bytes: Uint8Array): Uint8Array {
  const params = { [constants.ZSTD_c_compressionLevel]: 1 };
  return zstdCompressSync(bytes, { params, pledgedSrcSize: bytes.length, chunkSize: Math.max(1024, bytes.length) });
}
