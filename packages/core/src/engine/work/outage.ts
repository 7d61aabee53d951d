import { setTimeout as sleep } from "node:timers/promises";
import { isUnavailable } from "@strategy-executor/db";

const againMs = 500;

/**
 * Writes what must not be lost because the database is away for a moment: tries again until it has gone through or the time
 * is over. `write` may have gone through without an answer, so it must do no harm a second time.
 * @throws what the last try threw
 */
export async function throughOutage<T>(forMs: number, write: () => Promise<T>): Promise<T> {
  const givenUpAt = performance.now() + forMs;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isUnavailable(error) || performance.now() + againMs > givenUpAt) throw error;
      await sleep(againMs);
    }
  }
}
