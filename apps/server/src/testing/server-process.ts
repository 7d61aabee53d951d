import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { text as readText } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { ConnectOptions } from "@strategy-executor/db";

export interface ServerProcess extends AsyncDisposable {
  /** Empty for a worker. */
  readonly url: string;
  readonly pid: number;
  /** All lines it has logged. */
  readonly lines: readonly string[];
  /** Resolves when it has ended, with its exit code: null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Resolves when the text has been logged so many times. */
  logged(text: string, times?: number): Promise<void>;
  /** Sends the signal and waits for the exit. Returns the exit code, null when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const script = fileURLToPath(new URL("../../../../scripts/serve.sh", import.meta.url));
export const testStrategiesDir = fileURLToPath(new URL("strategies", import.meta.url));

/** Prices from a folder without any, so that no test waits for a provider out of reach. */
export const noProvider = { PRICES_PROVIDER: "files", PRICES_FILES: testStrategiesDir } as const;

/** A key for signing secrets, which a server on PostgreSQL needs. */
export const secretsKey = { SECRETS_KEY: Buffer.alloc(32, "test").toString("base64") } as const;

/** Processes of a test that timed out must not outlive the run. */
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** Starts the server as its own process on a free port and waits until it listens. Tuned for a short life. */
export function startServerProcess(
  database: ConnectOptions,
  environment: Record<string, string> = {},
): Promise<ServerProcess> {
  // Optimizing the embedded database's WebAssembly costs a second per start and pays off only in long runs.
  return startProcess(["--liftoff-only"], database, { COMPUTE_THREADS: "1", ...environment });
}

/** The same with the flags and the allocator's setting of `npm start`, for measurements. */
export function startServerLikeNpmStart(
  database: ConnectOptions,
  environment: Record<string, string> = {},
): Promise<ServerProcess> {
  const text = readFileSync(script, "utf8");
  const command = /^exec .*$/m.exec(text)?.[0] ?? "";
  const arenas = /MALLOC_ARENA_MAX:-(\d+)/.exec(text)?.[1] ?? "";
  return startProcess(command.match(/--\S+/g) ?? [], database, { MALLOC_ARENA_MAX: arenas, ...environment });
}

/** The same with `--watch`: restarted when a file of the folder changes. End it with SIGTERM, which reaches its children. */
export function startWatchingServerProcess(
  database: ConnectOptions,
  environment: Record<string, string>,
): Promise<ServerProcess> {
  return startProcess(["--liftoff-only"], database, { COMPUTE_THREADS: "1", ...environment }, ["--watch"]);
}

/** Runs the server with invalid settings until it exits. */
export async function runServerToItsEnd(args: readonly string[], environment: Record<string, string>) {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...processEnvironment(), ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = once(child, "close") as Promise<[number | null]>;
  const [err, [code]] = await Promise.all([readText(child.stderr), exited]);
  return { code, err };
}

async function startProcess(
  flags: readonly string[],
  database: ConnectOptions,
  environment: Record<string, string>,
  args: readonly string[] = [],
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...flags, main, ...args], {
    env: {
      ...processEnvironment(),
      ...databaseEnvironment(database),
      PORT: "0",
      STRATEGIES_DIR: testStrategiesDir,
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const news = new EventEmitter();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      news.emit("line");
    });
  }
  const logged = async (text: string, times = 1) => {
    while (lines.filter((line) => line.includes(text)).length < times) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`The server ended without "${text}":\n${lines.join("\n")}`);
      await once(news, "line");
    }
  };
  running.add(child);
  const { promise: exited, resolve } = Promise.withResolvers<number | null>();
  child.once("exit", (code) => {
    running.delete(child);
    news.emit("line");
    resolve(code);
  });
  await logged('"listening on');
  const { address } = JSON.parse(lines.find((line) => line.includes('"listening on')) ?? "") as {
    address: string | null;
  };
  return {
    url: address ?? "",
    pid: child.pid ?? 0,
    lines,
    exited,
    logged,
    end(signal) {
      child.kill(signal);
      return exited;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** The environment without the settings of the user who runs the tests. */
export function processEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, NODE_COMPILE_CACHE } = process.env;
  return { PATH, TMPDIR, NODE_COMPILE_CACHE };
}

export function databaseEnvironment(database: ConnectOptions): Record<string, string> {
  return {
    ...(database.databaseUrl !== undefined && { DATABASE_URL: database.databaseUrl }),
    ...(database.dataDir !== undefined && { DATA_DIR: database.dataDir }),
  };
}
