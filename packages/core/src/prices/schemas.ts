import { z } from "zod";
import { barColumns } from "../market/bars.ts";
import { exchangeNames } from "../exchanges/exchange.ts";

/** Syntax of tickers. They need no quotes in a CSV file, and PostgreSQL can store them. */
export const Ticker = z
  .string()
  .regex(/^[^\s\p{C}",]{1,32}$/u, "must be 1 to 32 characters without blanks, commas and quotes")
  .meta({ description: "Symbol of what the prices are of.", examples: ["SPY"] });

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

/** The prices held for a ticker. */
export const HeldPrices = z
  .object({
    ticker: Ticker,
    ...held,
    source,
    exchange: Exchange,
    bars: z.array(z.enum(barColumns)).meta({ description: "What is known of its bars besides the closes." }),
  })
  .meta({ id: "HeldPrices", description: "The daily prices held for a ticker. They all come from one source." });
export type HeldPrices = z.infer<typeof HeldPrices>;

/** Outcome of an import for one ticker. */
export const ImportedPrices = z
  .object({
    ticker: Ticker,
    ...held,
    replaced: z
      .object({ ...held, source })
      .nullable()
      .meta({ description: "What was held for the ticker before and is gone; null if there was nothing." }),
    unchanged: z.boolean().meta({ description: "The same prices were held already, and stay with their source." }),
  })
  .meta({ id: "ImportedPrices" });
export type ImportedPrices = z.infer<typeof ImportedPrices>;

/** Outcome of an import. */
export const PriceImportReport = z
  .object({
    rows: z.int().meta({ description: "Rows read." }),
    tickers: z.array(ImportedPrices).meta({ description: "Every ticker of the import." }),
  })
  .meta({ id: "PriceImportReport", description: "What an import of prices has loaded and replaced." });
export type PriceImportReport = z.infer<typeof PriceImportReport>;
