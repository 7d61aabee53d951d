import { UnreadableSecretsError } from "@strategy-executor/core";
import { DataDirInUseError } from "@strategy-executor/db";
import { describeCallbackTargets } from "./callback-targets.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { createLog, type Logger } from "./observability/log.ts";
import { type RunningServer, startServer } from "./server.ts";

const config = orExit(() => readConfig(process.env));
const log = createLog(config.logLevel);

let started = false;
const ending = new Promise<NodeJS.Signals>((resolve) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      // Nothing is lost by ending at any point; a start that hangs must not keep its operator waiting.
      if (!started) process.exit(signal === "SIGTERM" ? 143 : 130);
      resolve(signal);
    });
  }
});

try {
  await using server = await startServer(config, log);
  started = true;
  announce(server, config, log);
  const signal = await ending;
  for (const again of ["SIGTERM", "SIGINT"] as const) process.on(again, () => process.exit(1));
  log.info({ signal }, "ending: finishing or handing back what runs");
} catch (error) {
  exitWith(error);
}
log.info({}, "ended");

function announce(
  { address, database }: RunningServer,
  { mode, role, auth, callbackGuard }: Config,
  logger: Logger,
): void {
  const where = address ?? "no address, this process only works";
  const key = auth === "on" ? ' -H "Authorization: Bearer $API_KEY"' : "";
  const attempt = `curl -X POST ${address}/strategies/execute/${key} -H "Content-Type: application/json" -d '{"strategy_name":"BoldAssetAllocation","parameters":{"variant":"BAA-G4"}}'`;
  const callbacks = describeCallbackTargets(callbackGuard);
  if (!process.stdout.isTTY) {
    logger.info(
      { address, database, mode, role, auth, callbacks, ...(address !== null && { try: attempt }) },
      `listening on ${where}`,
    );
    return;
  }
  const lines = [
    `Strategy executor (${mode}, ${auth === "on" ? "with API keys" : "open to everybody who reaches it"})`,
    `  listening  ${where}`,
    `  database   ${database}`,
    `  callbacks  ${callbacks}`,
  ];
  if (address !== null) lines.push(`  try        ${attempt}`);
  process.stdout.write(`\n${lines.join("\n")}\n\n`);
}

function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    exitWith(error);
  }
}

/** What the operator can mend is one line; anything else is a bug and keeps its stack. */
function exitWith(error: unknown): never {
  process.stderr.write(
    `${isForOperator(error) ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}

function isForOperator(error: unknown): error is Error {
  const isTold = [ConfigError, DataDirInUseError, UnreadableSecretsError].some((kind) => error instanceof kind);
  if (isTold) return true;
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
