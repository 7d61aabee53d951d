import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { type MemoryWatch, watchMemory } from "./memory-watch.ts";
import type { ThreadState } from "./thread-state.ts";

const limitBytes = 100_000_000;

it("holds no execution responsible for the memory of a thread that runs none", async () => {
  await using stack = new AsyncDisposableStack();
  const database = await startThread(stack, Worker);
  const execution = await startThread(stack, Worker);
  const memory = stack.use(watchMemory(limitBytes));
  const exceeded = countExceeded(memory, execution);
  await polls();
  await ask(database, "wasm");
  await polls();
  expect(exceeded()).toBe(0);
  await ask(execution, "buffer");
  await expect.poll(exceeded, { timeout: 20_000 }).toBe(1);
});

it("asks a thread again that could not be asked", async () => {
  await using stack = new AsyncDisposableStack();
  let asked = 0;
  class LateWorker extends Worker {
    override getHeapStatistics() {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error("Worker instance not running")) : super.getHeapStatistics();
    }
  }
  const execution = await startThread(stack, LateWorker);
  // Memory from before the execution counts only when the thread reports it.
  await ask(execution, "buffer");
  const memory = stack.use(watchMemory(limitBytes));
  const exceeded = countExceeded(memory, execution);
  await expect.poll(exceeded, { timeout: 20_000 }).toBe(1);
  expect(asked).toBeGreaterThan(1);
});

/** Takes 300 MB when it is asked to. */
const code = `
  const { parentPort } = require("node:worker_threads");
  parentPort.on("message", (what) => {
    globalThis.held = what === "wasm" ? new WebAssembly.Memory({ initial: 5_000 }) : new Uint8Array(300_000_000);
    new Uint8Array(held.buffer).fill(1);
    parentPort.postMessage("taken");
  });`;

async function startThread(stack: AsyncDisposableStack, Kind: typeof Worker): Promise<Worker> {
  const worker = new Kind(code, { eval: true });
  stack.defer(async () => void (await worker.terminate()));
  await once(worker, "online");
  return worker;
}

async function ask(worker: Worker, what: "wasm" | "buffer"): Promise<void> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of a thread, not of a window
  worker.postMessage(what);
  await once(worker, "message");
}

function countExceeded(memory: MemoryWatch, thread: Worker): () => number {
  let count = 0;
  const state: ThreadState = new Float64Array(new SharedArrayBuffer(16));
  memory.start(thread, state, () => (count += 1));
  return () => count;
}

/** Waits until the watch has polled several times: an execution over the limit is then noticed. */
async function polls(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const hungry = await startThread(stack, Worker);
  await ask(hungry, "buffer");
  const memory = stack.use(watchMemory(limitBytes));
  const exceeded = countExceeded(memory, hungry);
  await expect.poll(exceeded, { timeout: 20_000 }).toBe(1);
}
