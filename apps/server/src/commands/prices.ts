import { prices } from "./prices/prices.ts";
import { processTerminal, runTool } from "./operator/terminal.ts";

process.exitCode = await runTool(prices, process.argv.slice(2), processTerminal);
