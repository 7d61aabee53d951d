import { type BarColumn, barColumns } from "../../market/bars.ts";
import { DomainError } from "../../common/domain-error.ts";
import { readPrices } from "../read-prices.ts";
import { unavailable } from "./provider-request.ts";
import type { DailyBar } from "./price-provider.ts";

/**
 * Reads the bars of a ticker from a CSV file, oldest first. A file with a column of tickers may hold others too.
 * @throws DomainError `unavailable` for a file that cannot be read: a provider may mend it
 */
export async function readBars(
  csv: Buffer,
  { name, ticker }: { readonly name: string; readonly ticker: string },
): Promise<DailyBar[]> {
  const [header = ""] = csv.subarray(0, 4_096).toString("utf8").split("\n", 1);
  const namesTickers = /(?:^|[,;\t"])\s*<?(?:ticker|symbol|종목코드)>?\s*(?:$|[,;\t"\r])/iu.test(header);
  const bars: DailyBar[] = [];
  try {
    for await (const row of readPrices(once(csv), { name, ...(!namesTickers && { ticker }) })) {
      if (row.ticker !== ticker) continue;
      const known = barColumns.flatMap((column): [BarColumn, number][] => {
        const value = row[column];
        return value == null ? [] : [[column, value]];
      });
      bars.push({ day: row.day, close: row.close, adjClose: row.adjClose, ...Object.fromEntries(known) });
    }
  } catch (error) {
    if (error instanceof DomainError) throw unavailable(`The prices of ${ticker} cannot be read: ${error.message}`);
    throw error;
  }
  return bars.toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

async function* once(csv: Buffer): AsyncGenerator<Uint8Array> {
  yield csv;
}
