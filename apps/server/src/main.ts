import { fileURLToPath } from "node:url";
import { UnreadableSecretsError } from "@strategy-executor/core";
import { DataDirInUseError, NewerSchemaError, SchemaInUseError } from "@strategy-executor/db";
import { announce } from "./announce.ts";
import { ConfigError, readConfig } from "./config.ts";
import { createLog } from "./observability/log.ts";
import { startServer } from "./server.ts";
import { runWatching } from "./watch.ts";

const config = orExit(() => readConfig(process.env));
if (process.argv.includes("--watch")) {
  // The child is started without the argument.
  process.exit(await runWatching(config, fileURLToPath(import.meta.url)).catch(exitWith));
}
const log = createLog(config.logLevel);

let started = false;
const ending = new Promise<NodeJS.Signals>((resolve) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      // An interrupted start loses nothing, and a start that hangs must not keep its operator waiting.
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

function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    exitWith(error);
  }
}

/** A fault that the operator can fix is one line; anything else is a bug and keeps its stack. */
function exitWith(error: unknown): never {
  process.stderr.write(
    `${isForOperator(error) ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}

function isForOperator(error: unknown): error is Error {
  const told = [ConfigError, DataDirInUseError, NewerSchemaError, SchemaInUseError, UnreadableSecretsError];
  const isTold = told.some((kind) => error instanceof kind);
  if (isTold) return true;
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
