import { keys } from "./keys/keys.ts";
import { processTerminal, runTool } from "./operator/terminal.ts";

process.exitCode = await runTool(keys, process.argv.slice(2), processTerminal);
