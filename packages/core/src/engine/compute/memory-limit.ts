/**
 * Far above the limit of an execution: V8 ends the process, not the thread, when a single allocation far exceeds its limit, as
 * the growth of a large array does. The memory watch must act first.
 */
export function heapLimitMb(memoryMb: number): number {
  return 4 * memoryMb + 1_024;
}

/**
 * Memory for the young objects of a thread that runs executions, and of one that runs sweeps. V8 fills a third of it, 8 and 16 MB,
 * before it collects them. More saves little time, and threads do not give it back.
 */
export const youngMb = { executions: 24, sweeps: 48 };

/** Why an execution, or a step of a sweep, has failed. */
export function memoryExceeded(memoryMb: number): string {
  return `Memory limit of ${memoryMb} MB exceeded`;
}

/** Whether V8 ended the thread. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
