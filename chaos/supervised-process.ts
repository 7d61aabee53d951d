import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectOptions } from "@strategy-executor/db";
import { type ServerProcess, startServerProcess } from "@strategy-executor/server/testing";

/** A process that is restarted when it ends, as by a process manager. It must never end by itself. */
export interface SupervisedProcess {
  readonly role: string;
  /** Null while it is not running. */
  readonly process: ServerProcess | null;
  /** Sends the signal, waits for the end, and restarts the process in the background after a pause. */
  end(signal: "SIGKILL" | "SIGTERM", pauseMs: number): Promise<void>;
  /** Resolves when the process is running; rejects when the last start failed. */
  started(): Promise<void>;
  /** Ends the process without a restart. */
  stop(signal: NodeJS.Signals): Promise<void>;
  /** Why the process ended when nobody had asked it to, or with another code than 0 after SIGTERM. */
  readonly failures: readonly string[];
  /** The last lines of its log. */
  readonly tail: readonly string[];
  /** The number of log lines that contain the text, over all restarts. */
  logged(text: string): number;
}

const maxStartAttempts = 60;
/** Lines of the log that show why a process failed. */
const lastLines = 15;
const tailLines = 100;

export async function superviseProcess(
  role: string,
  database: ConnectOptions,
  environment: Record<string, string>,
): Promise<SupervisedProcess> {
  const runs: ServerProcess[] = [];
  const failures: string[] = [];
  let process: ServerProcess | null = null;
  let starting: Promise<void> = Promise.resolve();
  const fail = (what: string, code: number | null, { lines }: ServerProcess) =>
    failures.push(`a process (${role}) ${what} with ${code}:\n${lines.slice(-lastLines).join("\n")}`);
  const restartAfterCrash = async (started: ServerProcess) => {
    const code = await started.exited;
    if (process !== started) return;
    process = null;
    fail("ended by itself", code, started);
    starting = start(0);
    starting.catch(() => undefined);
  };
  const endProcess = async (signal: NodeJS.Signals) => {
    const ending = process;
    process = null;
    const code = await ending?.end(signal);
    if (ending !== null && signal === "SIGTERM" && code !== 0) fail("ended after SIGTERM", code ?? null, ending);
  };
  const start = async (pauseMs: number) => {
    await sleep(pauseMs);
    for (let attempt = 1; process === null; attempt += 1) {
      try {
        const started = await startServerProcess(database, environment);
        process = started;
        runs.push(started);
        void restartAfterCrash(started);
      } catch (error) {
        // The database may be unavailable.
        if (attempt === maxStartAttempts) throw error;
        await sleep(500);
      }
    }
  };
  await start(0);
  return {
    role,
    get process() {
      return process;
    },
    async end(signal, pauseMs) {
      await endProcess(signal);
      starting = start(pauseMs);
      starting.catch(() => undefined);
    },
    started: () => starting,
    async stop(signal) {
      await starting.catch(() => undefined);
      await endProcess(signal);
    },
    failures,
    get tail() {
      return runs.flatMap(({ lines }) => lines).slice(-tailLines);
    },
    logged: (text) => runs.flatMap(({ lines }) => lines).filter((line) => line.includes(text)).length,
  };
}
