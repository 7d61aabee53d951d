import type { Worker } from "node:worker_threads";
import type { Progress } from "@strategy-executor/db";
import type { Piscina } from "piscina";
import type { Log } from "../../common/log.ts";
import type { Market } from "../../market/price-table.ts";
import type { FromComputation, FromThread } from "./compute-messages.ts";
import type { MemoryWatch } from "./memory-watch.ts";
import { answerWithPrices } from "./shared-tables.ts";
import { runningNumber, type ThreadState } from "./thread-state.ts";

export interface ComputeThreadsOptions {
  readonly pool: Piscina;
  readonly market: Market;
  readonly memory: MemoryWatch;
  readonly log: Log;
  readonly onProgress: (number: number, progress: Progress) => void;
  /** Called at each poll for each busy thread, with its task and for how long the task was seen running. */
  readonly onPoll: (number: number, elapsedMs: number) => void;
  /** The thread that runs the task exceeded the memory limit. */
  readonly onMemoryExceeded: (number: number) => void;
}

/** What the threads of the pool are running. */
export interface ComputeThreads extends Disposable {
  /** Number of threads that compute. */
  readonly busy: number;
  /** Number of threads that have run the same task for longer. */
  busyFor(ms: number): number;
}

/** Interval of the poll. Shorter tasks are neither watched nor limited. */
const pollMs = 25;

/** Watches threads from outside, since a computing thread sends no messages, and answers their requests for prices. */
export function watchComputeThreads(options: ComputeThreadsOptions): ComputeThreads {
  const { pool, market, memory, log, onProgress, onPoll, onMemoryExceeded } = options;
  const connections = new Set<Connection>();

  pool.on("message", (message: FromThread) => {
    if (message.kind === "uncaught error") log.warn({ reason: message.message }, "error outside of any execution");
    else connect(message);
  });

  function connect({ thread: id, state, port }: FromThread & { readonly kind: "ready" }): void {
    const thread = pool.threads.find(({ threadId }) => threadId === id);
    if (thread === undefined) return;
    const connection: Connection = { thread, state, number: 0, since: 0, watched: null };
    connections.add(connection);
    port.on("message", (request: FromComputation) => {
      if (request.kind === "progress") onProgress(request.number, request.progress);
      else void answerWithPrices(market, request.tickers, request.extras).then((prices) => port.postMessage(prices));
    });
    thread.once("exit", () => {
      connections.delete(connection);
      connection.watched?.stop();
      port.close();
    });
  }

  function poll(): void {
    const now = performance.now();
    for (const connection of connections) {
      const number = runningNumber(connection.state);
      if (connection.number !== number) {
        connection.watched?.stop();
        connection.number = number;
        connection.since = now;
        connection.watched =
          number === 0 ? null : memory.start(connection.thread, connection.state, () => onMemoryExceeded(number));
      }
      if (number !== 0) onPoll(number, now - connection.since);
    }
  }

  const timer = setInterval(poll, pollMs);
  return {
    get busy() {
      return [...connections].filter(({ state }) => runningNumber(state) !== 0).length;
    },
    busyFor(ms) {
      const now = performance.now();
      return [...connections].filter(({ number, since }) => number !== 0 && now - since > ms).length;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}

interface Connection {
  readonly thread: Worker;
  readonly state: ThreadState;
  /** The task seen at the last poll; 0 for none. */
  number: number;
  /** When that task was first seen. */
  since: number;
  watched: { stop(): void } | null;
}
