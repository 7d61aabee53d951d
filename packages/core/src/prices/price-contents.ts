import { createHash } from "node:crypto";
import { type BarColumn, barColumns, type ImportedTicker, type PriceRow } from "@strategy-executor/db";
import { type Exchange, type ExchangeName, usualExchange } from "../exchanges/exchange.ts";
import { findExchange } from "../exchanges/find-exchange.ts";
import { checkQuality, collectWarnings, endsEarly, type QualityCheck } from "./price-quality.ts";

/** Rows of a ticker read so far. */
interface Content {
  readonly exchange: Exchange;
  readonly bars: Set<BarColumn>;
  firstDay: string;
  lastDay: string;
  rows: number;
  /** Of the rows by ascending days. Absent when they descend: then both are made once all rows are stored. */
  ordered: { readonly digest: Digest; readonly quality: QualityCheck };
  isDescending: boolean;
}

/** Summary of an import by ticker: extent, digest and warnings. Holds no rows. */
export function priceContents(exchange: ExchangeName | undefined) {
  const contents = new Map<string, Content>();
  const blankDays = new Map<string, ReturnType<typeof collectWarnings>>();
  let isUnadjusted = false;

  const summarize = (ticker: string, content: Content, lastOfAll: string): ImportedTicker => {
    const { firstDay, lastDay, rows, bars, ordered } = content;
    const early = endsEarly(lastDay, lastOfAll, content.exchange);
    const unadjusted = {
      kind: "unadjusted",
      day: firstDay,
      message: "the file has no adjusted closes, so its closes are used instead; dividends and splits may be missing",
    };
    return {
      ticker,
      firstDay,
      lastDay,
      rows,
      sha256: ordered.digest.soFar(),
      exchange: exchange ?? null,
      usualExchange: usualExchange(ticker),
      bars: barColumns.filter((column) => bars.has(column)),
      warnings: [
        ...(isUnadjusted ? [unadjusted] : []),
        ...(blankDays.get(ticker)?.warnings() ?? []),
        ...ordered.quality.warnings(),
        ...(early === undefined ? [] : [early]),
      ],
    };
  };

  return {
    add(row: PriceRow): void {
      const { ticker, day } = row;
      let content = contents.get(ticker);
      if (content === undefined) {
        const traded = findExchange(exchange ?? usualExchange(ticker));
        const ordered = { digest: digestOfLines(), quality: checkQuality(traded) };
        content = {
          exchange: traded,
          firstDay: day,
          lastDay: day,
          rows: 0,
          ordered,
          bars: new Set(),
          isDescending: false,
        };
        contents.set(ticker, content);
      }
      content.rows += 1;
      if (day < content.firstDay) {
        content.isDescending = true;
        content.firstDay = day;
      }
      if (day > content.lastDay) content.lastDay = day;
      for (const column of barColumns) if (row[column] != null) content.bars.add(column);
      if (!content.isDescending) observe(content, row);
    },
    addBlankDay(ticker: string, day: string): void {
      const found = blankDays.get(ticker) ?? collectWarnings();
      found.add("blank_days", day, `the file has no price on ${day}, so the day is left out`);
      blankDays.set(ticker, found);
    },
    setUnadjusted(): void {
      isUnadjusted = true;
    },
    /** Tickers whose rows came newest first. Each must be added again, from the stored rows. */
    descending(): string[] {
      return [...contents].flatMap(([ticker, { isDescending }]) => (isDescending ? [ticker] : []));
    },
    async addAgain(ticker: string, ascending: AsyncIterable<PriceRow>): Promise<void> {
      const content = contents.get(ticker)!;
      content.ordered = { digest: digestOfLines(), quality: checkQuality(content.exchange) };
      for await (const row of ascending) observe(content, row);
    },
    summaries(): ImportedTicker[] {
      const lastOfAll = [...contents.values()].reduce((last, { lastDay }) => (lastDay > last ? lastDay : last), "");
      return [...contents].map(([ticker, content]) => summarize(ticker, content, lastOfAll));
    },
  };
}

function observe({ ordered }: Content, row: PriceRow): void {
  let line = `${row.day},${row.close ?? ""},${row.adjClose}`;
  for (const column of barColumns) if (row[column] != null) line += `,${column}=${row[column]}`;
  ordered.digest.add(`${line}\n`);
  ordered.quality.observe(row);
}

type Digest = ReturnType<typeof digestOfLines>;

/** SHA-256 of lines. They are gathered, since each call of the hash costs more than a line does. */
function digestOfLines() {
  const hash = createHash("sha256");
  let gathered = "";
  const flush = () => {
    hash.update(gathered);
    gathered = "";
  };
  return {
    add(line: string): void {
      gathered += line;
      if (gathered.length >= 8_192) flush();
    },
    soFar(): string {
      flush();
      return hash.copy().digest("hex");
    },
  };
}
