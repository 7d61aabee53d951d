import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { UnreadableSecretsError } from "@strategy-executor/core";
import {
  DataDirInUseError,
  EmbeddedDatabaseError,
  NewerSchemaError,
  SchemaInUseError,
  UnfinishedMoveError,
} from "@strategy-executor/db";
import { announce } from "./announce.ts";
import { ConfigError, readConfig, settingNames } from "./config.ts";
import { createLog } from "./observability/log.ts";
import { startServer } from "./server.ts";
import { StartFailure } from "./start-failure.ts";
import { unknownSettings } from "./unknown-settings.ts";
import { runWatching } from "./watch.ts";

/** Errors whose message the operator sees unchanged. */
const told = [
  ConfigError,
  DataDirInUseError,
  EmbeddedDatabaseError,
  NewerSchemaError,
  SchemaInUseError,
  StartFailure,
  UnfinishedMoveError,
  UnreadableSecretsError,
];

// The command line limits the young objects of this thread. V8 would prefer that to the limits that each other thread is given.
setFlagsFromString("--max-semi-space-size=0");

/** How long the end may take beyond `SHUTDOWN_TIMEOUT_MS`, to hand back what still runs. */
const lastAnswersMs = 5_000;

let started = false;
process.once("uncaughtException", exitWith);

const config = orExit(() => readConfig(process.env));
if (process.argv.includes("--watch")) {
  // The child is started without the argument.
  process.exit(await runWatching(config, fileURLToPath(import.meta.url)).catch(exitWith));
}
const log = createLog(config.logLevel);
for (const { name, meant } of unknownSettings(process.env, settingNames)) {
  log.warn({ name }, `Unknown setting ${name} is ignored.${meant === null ? "" : ` Did you mean ${meant}?`}`);
}

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
  log.info({ signal }, "shutting down: running work is finished or requeued");
  setTimeout(() => {
    log.warn(
      {},
      "ended without the last answers of the database: other processes, or the next start, take over what ran",
    );
    process.exit(0);
  }, config.shutdownTimeoutMs + lastAnswersMs).unref();
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

/** A failed start is one line for the operator. A later failure is a bug and keeps its stack. */
function exitWith(error: unknown): never {
  process.stderr.write(`${started || process.env["LOG_LEVEL"] === "debug" ? stackOf(error) : reasonOf(error)}\n`);
  process.exit(1);
}

function reasonOf(error: unknown): string {
  const isTold = told.some((kind) => error instanceof kind);
  const message = error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, " ") : String(error);
  return isTold ? message : `The server cannot start: ${message} (LOG_LEVEL=debug shows where it fails)`;
}

function stackOf(error: unknown): string {
  return (error instanceof Error && error.stack) || String(error);
}
