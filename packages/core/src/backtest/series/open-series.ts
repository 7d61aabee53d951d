import { zstdDecompressSync } from "node:zlib";
import { toDay, toIsoDay } from "../../market/calendar.ts";
import type { Series } from "../result.ts";
import { unpackCurve, unpackDoubles, unpackIntegers } from "./byte-planes.ts";
import { format, openTrade, type SeriesHeader } from "./format.ts";
import { type SeriesColumns, type SeriesDecision, type SeriesTrade, toSeries } from "./series-columns.ts";

/** Stored series. Only requested parts are unpacked. */
export interface StoredSeries extends SeriesColumns {
  /** All of it, as clients read it. */
  whole(): Series;
}

/** Opens stored series, of this format or an older one. Throws an Error for bytes that are neither. */
export function openSeries(bytes: Uint8Array): StoredSeries {
  return bytes[0] === format.version ? openPacked(bytes) : openJson(bytes);
}

function openPacked(bytes: Uint8Array): StoredSeries {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, format.headLength);
  const [count, curveLength] = [head.readUInt32LE(1), head.readUInt32LE(5)];
  const restStart = format.headLength + curveLength;
  const curve = once(() => {
    const planes = zstdDecompressSync(bytes.subarray(format.headLength, restStart));
    return { days: unpackIntegers(planes.subarray(0, count * 4)), equity: unpackCurve(planes.subarray(count * 4)) };
  });
  const rest = once(() => unpackDecisions(zstdDecompressSync(bytes.subarray(restStart))));
  const series: StoredSeries = {
    get days() {
      return curve().days;
    },
    get equity() {
      return curve().equity;
    },
    get decisions() {
      return rest().decisions;
    },
    get trades() {
      return rest().trades;
    },
    whole: () => toSeries(series),
  };
  return series;
}

function openJson(bytes: Uint8Array): StoredSeries {
  const openingBrace = "{".codePointAt(0);
  const json = bytes[0] === openingBrace ? Buffer.from(bytes) : zstdDecompressSync(bytes);
  const series = JSON.parse(json.toString("utf8")) as Series;
  return {
    get days() {
      return Int32Array.from(series.dates, toDay);
    },
    get equity() {
      return Float64Array.from(series.equity);
    },
    decisions: series.weights,
    trades: series.trades ?? [],
    whole: () => series,
  };
}

function unpackDecisions(bytes: Buffer): { decisions: readonly SeriesDecision[]; trades: readonly SeriesTrade[] } {
  const jsonEnd = 4 + bytes.readUInt32LE(0);
  const header = JSON.parse(bytes.toString("utf8", 4, jsonEnd)) as SeriesHeader;
  const { decisions: count, trades: tradeCount, texts, keys } = header;
  const integerCount = count * format.decisionColumns + tradeCount * format.tradeColumns;
  const integersEnd = jsonEnd + integerCount * 4;
  const integers = unpackIntegers(bytes.subarray(jsonEnd, integersEnd));
  const doubles = unpackDoubles(bytes.subarray(integersEnd));
  const countOf = (column: number): number => {
    const lists = integers.subarray(column * count, (column + 1) * count);
    return lists.reduce((sum, list) => sum + (list === -1 ? 0 : keys[list]!.length), 0);
  };
  const cursors = [0, countOf(1), countOf(1) + countOf(2)];
  let nextReturn = cursors[2]! + countOf(3);
  /** The next values of weights, canary or scores. */
  const valuesOf = (list: number, cursor: number): Record<string, number> | null =>
    list === -1 ? null : Object.fromEntries(keys[list]!.map((name) => [name, doubles[cursors[cursor]!++]!]));

  const decisions = Array.from({ length: count }, (_, index): SeriesDecision => {
    const at = (column: number): number => integers[column * count + index]!;
    const [weights, canary, scores] = [valuesOf(at(1), 0)!, valuesOf(at(2), 1), valuesOf(at(3), 2)];
    const mode = at(4) === -1 ? null : texts[at(4)]!;
    return { date: toIsoDay(at(0)), weights, hold: at(6) === 1, mode, canary, scores, because: texts[at(5)]! };
  });

  const tradesStart = count * format.decisionColumns;
  const integerOf = (column: number, trade: number): number => integers[tradesStart + column * tradeCount + trade]!;
  const closed = Array.from({ length: tradeCount }, (_, trade) => integerOf(2, trade) !== openTrade);
  let nextPrice = nextReturn + closed.filter(Boolean).length;
  const priceOf = (stored: number): number => (header.prices === "decimal" ? stored / format.priceScale : stored);
  const trades = closed.map((isClosed, trade): SeriesTrade => {
    const [ticker, entry] = [texts[integerOf(0, trade)]!, toIsoDay(integerOf(1, trade))];
    const entryPrice = priceOf(doubles[nextPrice++]!);
    if (!isClosed) return { ticker, entry, entry_price: entryPrice, exit: null, exit_price: null, return: null };
    const [exit, exitPrice] = [toIsoDay(integerOf(2, trade)), priceOf(doubles[nextPrice++]!)];
    return { ticker, entry, entry_price: entryPrice, exit, exit_price: exitPrice, return: doubles[nextReturn++]! };
  });
  return { decisions, trades };
}

function once<Value>(compute: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= compute());
}
