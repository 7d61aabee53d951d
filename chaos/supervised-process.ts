import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectOptions } from "@strategy-executor/db";
import { type ServerProcess, startServerProcess } from "@strategy-executor/server/testing";

/** A process that is restarted when it ends, as by a process manager. */
export interface SupervisedProcess {
  readonly role: string;
  /** Null while it is not running. */
  readonly process: ServerProcess | null;
  /** Sends the signal, waits for the end, and restarts the process in the background after a pause. */
  end(signal: "SIGKILL" | "SIGTERM", pauseMs: number): Promise<void>;
  /** Resolves when the process is running; rejects when the last start failed. */
  started(): Promise<void>;
  /** Ends the process without a restart. Returns the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
  /** The number of log lines that contain the text, over all restarts. */
  logged(text: string): number;
}

const maxStartAttempts = 60;

export async function superviseProcess(
  role: string,
  database: ConnectOptions,
  environment: Record<string, string>,
): Promise<SupervisedProcess> {
  const runs: ServerProcess[] = [];
  let process: ServerProcess | null = null;
  let starting: Promise<void> = Promise.resolve();
  const start = async (pauseMs: number) => {
    await sleep(pauseMs);
    for (let attempt = 1; process === null; attempt += 1) {
      try {
        process = await startServerProcess(database, environment);
        runs.push(process);
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
      const ending = process;
      process = null;
      await ending?.end(signal);
      starting = start(pauseMs);
      starting.catch(() => undefined);
    },
    started: () => starting,
    async stop(signal) {
      await starting.catch(() => undefined);
      return process === null ? null : process.end(signal);
    },
    logged: (text) => runs.flatMap(({ lines }) => lines).filter((line) => line.includes(text)).length,
  };
}
