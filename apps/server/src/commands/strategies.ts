import { processTerminal, runTool } from "./operator/terminal.ts";
import { strategies } from "./strategies/strategies.ts";

process.exitCode = await runTool(strategies, process.argv.slice(2), processTerminal);
