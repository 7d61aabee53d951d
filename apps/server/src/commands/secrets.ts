import { secrets } from "./secrets/secrets.ts";
import { processTerminal, runTool } from "./operator/terminal.ts";

process.exitCode = await runTool(secrets, process.argv.slice(2), processTerminal);
