import type { Worker } from "node:worker_threads";
import type { Progress } from "@strategy-executor/db";
import type { Piscina } from "piscina";
import type { Log } from "../../common/log.ts";
import type { Market } from "../../market/price-table.ts";
import type { FromComputation, FromThread } from "./compute-messages.ts";
import { watchMemory } from "./memory-watch.ts";
import { answerWithPrices } from "./shared-tables.ts";
import { leaveOthers, runningNumber, type ThreadState } from "./thread-state.ts";

export interface ComputeThreadsOptions {
  readonly pool: Piscina;
  readonly market: Market;
  readonly memoryMb: number;
  readonly log: Log;
  readonly onProgress: (number: number, progress: Progress) => void;
  /** Called now and then for each thread that computes: since when it is seen to be at a task. */
  readonly onLook: (number: number, tookMs: number) => void;
  /** The thread that is at a task has taken too much memory for it. */
  readonly onTooMuchMemory: (number: number) => void;
}

/** The threads of the pool as this one sees them: what they are at, and how they are reached. */
export interface ComputeThreads extends Disposable {
  isAt(number: number): boolean;
  /** Asks the thread that is at a task to leave the others that it has. */
  leaveOthersBehind(number: number): void;
  /** Those that compute. */
  readonly busy: number;
  /** Those that were at the same task for longer. */
  busyFor(ms: number): number;
}

/** How often threads are looked at. What takes less is neither watched nor limited. */
const lookMs = 25;

/** Looks at threads from outside, since one that computes tells nothing, and answers those that ask for prices. */
export function watchComputeThreads(options: ComputeThreadsOptions): ComputeThreads {
  const { pool, market, log, onProgress, onLook, onTooMuchMemory } = options;
  const links = new Set<Link>();
  const memory = watchMemory(options.memoryMb * 1_000_000);

  pool.on("message", (message: FromThread) => {
    if (message.kind === "stray error") log.warn({ reason: message.message }, "error outside of any execution");
    else connect(message);
  });

  function connect({ thread: id, state, port }: FromThread & { readonly kind: "hello" }): void {
    const thread = pool.threads.find(({ threadId }) => threadId === id);
    if (thread === undefined) return;
    const link: Link = { thread, state, number: 0, since: 0, watched: null };
    links.add(link);
    port.on("message", (said: FromComputation) => {
      if (said.kind === "progress") onProgress(said.number, said.progress);
      else void answerWithPrices(market, said.tickers).then((prices) => port.postMessage(prices));
    });
    thread.once("exit", () => {
      links.delete(link);
      link.watched?.stop();
      port.close();
    });
  }

  function look(): void {
    const now = performance.now();
    for (const link of links) {
      const number = runningNumber(link.state);
      if (link.number !== number) {
        link.watched?.stop();
        link.number = number;
        link.since = now;
        link.watched = number === 0 ? null : memory.start(link.thread, link.state, () => onTooMuchMemory(number));
      }
      if (number !== 0) onLook(number, now - link.since);
    }
  }

  const timer = setInterval(look, lookMs);
  return {
    isAt: (number) => [...links].some(({ state }) => runningNumber(state) === number),
    leaveOthersBehind(number) {
      for (const { state } of links) if (runningNumber(state) === number) leaveOthers(state);
    },
    get busy() {
      return [...links].filter(({ state }) => runningNumber(state) !== 0).length;
    },
    busyFor(ms) {
      const now = performance.now();
      return [...links].filter(({ number, since }) => number !== 0 && now - since > ms).length;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      memory[Symbol.dispose]();
    },
  };
}

interface Link {
  readonly thread: Worker;
  readonly state: ThreadState;
  /** Of the task it was at when last looked at; 0 for none. */
  number: number;
  /** When that was first seen. */
  since: number;
  watched: { stop(): void } | null;
}
