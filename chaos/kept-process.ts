import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectOptions } from "@strategy-executor/db";
import { type ServerProcess, startServerProcess } from "@strategy-executor/server/testing";

/** A process that is started again whenever it has ended, as a process manager does. */
export interface KeptProcess {
  readonly role: string;
  /** Null while it is not there. */
  readonly process: ServerProcess | null;
  /** Sends the signal, waits for the end, and starts it again in the background after a pause. */
  end(signal: "SIGKILL" | "SIGTERM", pauseMs: number): Promise<void>;
  /** Resolves when it is there, or fails as the last start did. */
  started(): Promise<void>;
  /** Ends it for good. Returns the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
  /** How many of its log lines hold the text, over all its lives. */
  logged(text: string): number;
}

const startTries = 60;

export async function keepProcess(
  role: string,
  database: ConnectOptions,
  environment: Record<string, string>,
): Promise<KeptProcess> {
  const lives: ServerProcess[] = [];
  let process: ServerProcess | null = null;
  let starting: Promise<void> = Promise.resolve();
  const start = async (pauseMs: number) => {
    await sleep(pauseMs);
    for (let tries = 1; process === null; tries += 1) {
      try {
        process = await startServerProcess(database, environment);
        lives.push(process);
      } catch (error) {
        // The database can be away.
        if (tries === startTries) throw error;
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
    logged: (text) => lives.flatMap(({ lines }) => lines).filter((line) => line.includes(text)).length,
  };
}
