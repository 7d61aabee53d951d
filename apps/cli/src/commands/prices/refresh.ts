import type { Outputs } from "@strategy-executor/client";
import type { Command } from "commander";
import { EndedBadlyError } from "../../connection/failure.ts";
import type { Connection, Session } from "../../connection/session.ts";
import { count } from "../../terminal/numbers.ts";
import { startProgressBar } from "../../terminal/progress-bar.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { withFormats } from "../format-options.ts";

type Refreshed = Outputs["refreshPrices"]["tickers"][number];

/** Few enough that the bar moves. */
const tickersAtOnce = 5;

/** `prices refresh`: newer prices from the providers that the service is set up with. */
export function addRefresh(prices: Command, session: Session): void {
  withFormats(prices.command("refresh"))
    .description("Brings prices up to date from their providers.")
    .argument("[tickers...]", "tickers, which may be new; all stored tickers when absent")
    .action((tickers: readonly string[], options: Format) => refresh(session, tickers, options));
}

async function refresh({ terminal, connect }: Session, named: readonly string[], options: Format): Promise<void> {
  const connection = await connect();
  const tickers = named.length > 0 ? [...new Set(named)].toSorted() : await storedTickers(connection);
  const refreshed: Refreshed[] = [];
  {
    using bar = startProgressBar(terminal, "Prices");
    for (let first = 0; first < tickers.length; first += tickersAtOnce) {
      const some = tickers.slice(first, first + tickersAtOnce);
      bar.update(first / tickers.length, some.join(" "));
      // Providers that do not answer are asked again for a while: no time limit.
      const { signal } = terminal;
      const answer = await connection.client.procedures.refreshPrices.mutate({ tickers: some }, { signal });
      refreshed.push(...answer.tickers);
    }
  }
  const answer = { tickers: refreshed, next_cursor: null };
  printRows(terminal, options, { answer, columns, rows: refreshed });
  const bad = refreshed.filter(({ outcome }) => outcome === "refused" || outcome === "failed");
  if (bad.length > 0) throw new EndedBadlyError(`Not refreshed: ${bad.map(({ ticker }) => ticker).join(", ")}`);
}

async function storedTickers({ client, call }: Connection): Promise<string[]> {
  const { prices } = await client.procedures.listPrices.query({}, call());
  return prices.map(({ ticker }) => ticker);
}

const columns: readonly Column<Refreshed>[] = [
  { head: "ticker", value: ({ ticker }) => ticker },
  { head: "outcome", value: ({ outcome }) => outcome },
  { head: "provider", value: ({ provider }) => provider },
  { head: "last_day", value: ({ last_day }) => last_day },
  { head: "new_days", value: ({ new_days }) => new_days, show: count },
  { head: "message", value: ({ message }) => message },
];
