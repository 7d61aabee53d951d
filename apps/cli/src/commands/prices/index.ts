import type { Outputs } from "@strategy-executor/client";
import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { count } from "../../terminal/numbers.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { withFormats } from "../format-options.ts";
import { addTool } from "../tool.ts";
import { addRefresh } from "./refresh.ts";

type Held = Outputs["listPrices"]["prices"][number];

/** `prices`: stored prices. `ls` and `refresh` ask the service; the others open the database of the checkout. */
export function addPrices(program: Command, session: Session): void {
  const prices = program.command("prices").description("Loads and lists daily prices.");
  withFormats(prices.command("ls"))
    .description("Lists the tickers with stored prices.")
    .action((options: Format) => list(session, options));
  addRefresh(prices, session);
  for (const [name, instead, description] of subcommands)
    addTool(prices, session, { tool: "prices", name, description, before: [name], instead });
}

async function list({ terminal, connect }: Session, options: Format): Promise<void> {
  const { client, call } = await connect();
  const answer = await client.procedures.listPrices.query({}, call());
  printRows(terminal, options, { answer, columns, rows: answer.prices });
}

const subcommands = [
  ["list", "prices ls", "Lists the prices in the database of the checkout."],
  ["import", "api importPrices", "Loads a CSV file."],
  ["remove", "api deletePrices", "Removes all stored prices of a ticker."],
  ["fetch", "prices refresh", "Gets the daily history of tickers from the provider."],
] as const;

const columns: readonly Column<Held>[] = [
  { head: "ticker", value: ({ ticker }) => ticker },
  { head: "first_day", value: ({ first_day }) => first_day },
  { head: "last_day", value: ({ last_day }) => last_day },
  { head: "rows", value: ({ rows }) => rows, show: count },
  { head: "source", value: ({ source }) => source },
];
