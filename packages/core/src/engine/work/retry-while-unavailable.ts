import { setTimeout as sleep } from "node:timers/promises";
import { isUnavailable } from "@strategy-executor/db";

const retryPauseMs = 500;

/**
 * Repeats a write while the database is unavailable, for at most `limitMs`. A write whose answer was lost may have been
 * committed, so `write` must be safe to repeat.
 * @throws the error of the last try
 */
export async function retryWhileUnavailable<T>(limitMs: number, write: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isUnavailable(error) || performance.now() + retryPauseMs > deadline) throw error;
      await sleep(retryPauseMs);
    }
  }
}
