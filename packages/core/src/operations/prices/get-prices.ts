import { loadPrices } from "@strategy-executor/db";
import { z } from "zod";
import { givenDay } from "../../common/given-time.ts";
import { DomainError } from "../../common/domain-error.ts";
import { countUpTo, toDay, toIsoDay } from "../../market/calendar.ts";
import { Exchange, Ticker } from "../../prices/schemas.ts";
import { toExchangeName } from "../../prices/exchange-days.ts";
import { query } from "../operation.ts";

export const getPrices = query({
  name: "getPrices",
  summary: "Read the stored prices of a ticker.",
  scope: "read",
  input: z.strictObject({
    ticker: Ticker,
    from: givenDay().optional().meta({ description: "First day. When absent, the first stored day." }),
    to: givenDay().optional().meta({ description: "Last day. When absent, the last stored day." }),
    every: z
      .int()
      .min(1)
      .max(100_000)
      .default(1)
      .meta({ description: "Returns only every n-th stored day; the first and the last are always included." }),
  }),
  output: z
    .object({
      ticker: Ticker,
      source: z.string().meta({ description: "File or provider that the prices come from." }),
      exchange: Exchange,
      days: z.array(z.iso.date()).meta({ description: "Days with a price, ascending." }),
      close: z
        .array(z.number().nullable())
        .meta({ description: "The close of each day as traded; null if not known." }),
      adj_close: z.array(z.number()).meta({ description: "The close of each day, adjusted for splits and dividends." }),
    })
    .meta({ id: "Prices" }),
  async run(ctx, { ticker, from, to, every }) {
    const [stored] = await loadPrices(ctx.database.db, [ticker], ["close"]);
    if (stored === undefined) throw pricesNotFound(ticker);
    const { days, closes, columns } = stored;
    const first = from === undefined ? 0 : countUpTo(days, toDay(from) - 1);
    const end = to === undefined ? days.length : countUpTo(days, toDay(to));
    const rows: number[] = [];
    for (let row = first; row < end; row += every) rows.push(row);
    if (rows.length > 0 && rows.at(-1) !== end - 1) rows.push(end - 1);
    if (rows.length > maxRows) {
      throw new DomainError(
        "invalid",
        `${rows.length} days, of at most ${maxRows}: narrow them with from, to or every`,
      );
    }
    return {
      ticker,
      source: stored.source,
      exchange: toExchangeName(stored.exchange),
      days: rows.map((row) => toIsoDay(days[row]!)),
      close: rows.map((row) => (Number.isNaN(columns.close![row]) ? null : columns.close![row]!)),
      adj_close: rows.map((row) => closes[row]!),
    };
  },
});

/** Days of four centuries. */
const maxRows = 100_000;

export function pricesNotFound(ticker: string): DomainError {
  return new DomainError("not_found", `There are no prices of ${ticker}`);
}
