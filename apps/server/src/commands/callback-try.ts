import { callbackTry } from "./callback-try/callback-try.ts";
import { processTerminal, runTool } from "./operator/terminal.ts";

process.exitCode = await runTool(callbackTry, process.argv.slice(2), processTerminal);
