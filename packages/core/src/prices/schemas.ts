import { z } from "zod";
import { barColumns } from "../market/bars.ts";
import { priceWarningKinds } from "../market/price-warning.ts";
import { tickerText } from "../market/ticker.ts";
import { exchangeNames } from "../exchanges/exchange.ts";
import { maxSessionsBehind } from "../schedules/sessions-behind.ts";

export const Ticker = tickerText().meta({ description: "Symbol of the security.", examples: ["SPY"] });

export function isTicker(text: string): boolean {
  return Ticker.safeParse(text).success;
}

export const Exchange = z.enum(exchangeNames).meta({
  description: "Exchange whose sessions count, by its market identifier code; `weekdays` for all that are not known.",
});

const held = {
  first_day: z.iso.date().meta({ description: "First day with a price." }),
  last_day: z.iso.date().meta({ description: "Last day with a price." }),
  rows: z.int().meta({ description: "Number of days with a price." }),
};
const source = z.string().meta({ description: "File or provider that the prices come from." });

/** Something odd about prices. */
export const PriceWarning = z
  .object({
    kind: z.enum(priceWarningKinds).meta({
      description:
        "`unadjusted`: the file had no adjusted closes; `blank_days`: days without a price were left out; `jump`: a change of " +
        "more than 40 % in a day; `same_close`: one close on more than 10 days in a row; `hole`: more than 5 sessions without " +
        "a price; `adjustment`: close and adjusted close disagree as after a split; `ends_early`: other tickers have later days.",
    }),
    day: z.iso.date().meta({ description: "The first day of the irregularity." }),
    message: z.string().meta({ description: "The same in words." }),
  })
  .meta({ id: "PriceWarning", description: "An irregularity in stored prices. No price was changed." });

const warnings = z
  .array(PriceWarning)
  .meta({ description: "Irregularities of the prices, the first five of each kind." });

/** The prices held for a ticker. */
export const HeldPrices = z
  .object({
    ticker: Ticker,
    ...held,
    sessions_behind: z.int().min(0).max(maxSessionsBehind).meta({
      description:
        "Sessions of its exchange that have closed since the last day: 0 when the prices are current, 1000 when it is more.",
    }),
    source,
    exchange: Exchange,
    bars: z.array(z.enum(barColumns)).meta({ description: "Columns stored besides the closes." }),
    warnings,
  })
  .meta({ id: "HeldPrices", description: "The stored daily prices of a ticker. They all come from one source." });
export type HeldPrices = z.infer<typeof HeldPrices>;

/** Outcome of an import for one ticker. */
export const ImportedPrices = z
  .object({
    ticker: Ticker,
    ...held,
    replaced: z
      .object({ ...held, source })
      .nullable()
      .meta({ description: "The stored prices that were replaced; null if there were none." }),
    unchanged: z
      .boolean()
      .meta({ description: "Whether the same prices were stored already. They then keep their source." }),
    warnings,
  })
  .meta({ id: "ImportedPrices" });
export type ImportedPrices = z.infer<typeof ImportedPrices>;

/** Outcome of an import. */
export const PriceImportReport = z
  .object({
    rows: z.int().meta({ description: "Rows read." }),
    tickers: z.array(ImportedPrices).meta({ description: "Every ticker of the import." }),
    skipped_rows: z
      .int()
      .meta({ description: "Rows that could not be prices and were left out, with `skip_bad_rows`." }),
    skipped: z.array(z.string()).meta({ description: "The reasons for the first 20 skipped rows." }),
  })
  .meta({ id: "PriceImportReport", description: "What an import of prices has loaded and replaced." });
export type PriceImportReport = z.infer<typeof PriceImportReport>;
