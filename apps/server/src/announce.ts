import { describeCallbackTargets } from "./callback-targets.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./observability/log.ts";
import type { RunningServer } from "./server.ts";

/** Reports the address of the started server and its access rules: a banner on a terminal, otherwise a log line. */
export function announce(server: Pick<RunningServer, "address" | "database">, config: Config, log: Logger): void {
  if (process.stdout.isTTY) return void process.stdout.write(`\n${banner(server, config)}\n\n`);
  const { address, database } = server;
  const { mode, role, auth, callbackGuard } = config;
  const callbacks = describeCallbackTargets(callbackGuard);
  const listening = address === null ? "no address, this process only works" : address;
  const attempt = address === null ? {} : { try: sampleRequest(address, auth) };
  log.info({ address, database, mode, role, auth, callbacks, ...attempt }, `listening on ${listening}`);
}

/** A few short lines for the person who started the server. */
export function banner({ address, database }: Pick<RunningServer, "address" | "database">, config: Config): string {
  const { mode, role, auth, callbackGuard } = config;
  const rows = [
    ["mode", `${mode}, role ${role}`],
    ["access", auth === "on" ? "with an API key" : "open to everybody who reaches the address"],
    ["database", database],
    ["callbacks", describeCallbackTargets(callbackGuard)],
  ];
  if (address === null) return table("Strategy executor: a worker, which listens nowhere", rows);
  if (config.dashboard) rows.push(["open", `${address}/ui/`]);
  rows.push(["API", `${address}/docs`]);
  if (auth === "off") rows.push(["try it", `npm run callback:try -- --url ${address}`]);
  return table(`Strategy executor on ${address}`, [...rows, ["stop it", "Ctrl+C"]]);
}

function sampleRequest(address: string, auth: Config["auth"]): string {
  const key = auth === "on" ? ' -H "Authorization: Bearer $API_KEY"' : "";
  const body = '{"strategy_name":"BoldAssetAllocation","parameters":{"variant":"BAA-G4"}}';
  return `curl -X POST ${address}/strategies/execute/${key} -H "Content-Type: application/json" -d '${body}'`;
}

function table(title: string, rows: readonly (readonly string[])[]): string {
  return [title, ...rows.map(([name = "", value = ""]) => `  ${name.padEnd(10)} ${value}`)].join("\n");
}
