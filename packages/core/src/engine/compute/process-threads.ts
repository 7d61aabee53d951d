import type { Worker } from "node:worker_threads";

const threads = new Set<Worker>();

process.on("worker", (thread) => {
  threads.add(thread);
  thread.once("exit", () => threads.delete(thread));
});

/** All threads that this process has started since it loaded this module, whoever started them. */
export const processThreads: ReadonlySet<Worker> = threads;
