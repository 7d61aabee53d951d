import { setTimeout as sleep } from "node:timers/promises";
import { connectDatabase } from "@strategy-executor/db";
import { countExecutions, idleLockHolders, type SwallowingProxy } from "@strategy-executor/db/testing";

export interface FreezeOptions {
  readonly pid: number;
  /** By which the process reaches PostgreSQL. */
  readonly proxy: SwallowingProxy;
  readonly databaseUrl: string;
  readonly freezeMs: number;
}

/** Who only observes must not end the sessions of frozen processes in place of the others. */
export const observing = { poolSize: 1, timeouts: { idleInTransactionMs: 600_000 } };

/** Widens the moments in which the process holds the lock. */
const delayMs = 20;
const giveUpMs = 20_000;
const pollMs = 100;
/** By then the server has ended the transaction of the frozen process. */
const recoveryMs = 7_000;

/**
 * Freezes a worker inside a transaction that holds the lock of the concurrency limits, which all workers need. Returns what
 * was violated: the others must go on before it thaws.
 */
export async function freezeInTransaction({ pid, proxy, databaseUrl, freezeMs }: FreezeOptions): Promise<string[]> {
  await using database = await connectDatabase({ databaseUrl, ...observing });
  const holdsLock = async () => (await idleLockHolders(database.db)).some((port) => proxy.carries(port));
  try {
    proxy.delay(delayMs);
    const deadline = performance.now() + giveUpMs;
    for (let frozen = false; !frozen;) {
      if (performance.now() > deadline) return ["no worker could be frozen inside a transaction"];
      if (!(await holdsLock())) continue;
      process.kill(pid, "SIGSTOP");
      // What it had sent may have ended the transaction.
      await sleep(3 * delayMs);
      frozen = await holdsLock();
      if (!frozen) process.kill(pid, "SIGCONT");
    }
    await sleep(recoveryMs);
    const before = await countExecutions(database.db);
    const thawAt = performance.now() + freezeMs - recoveryMs;
    let [goesOn, waiting] = [false, 0];
    while (performance.now() < thawAt) {
      const { ended, pending, parked } = await countExecutions(database.db);
      waiting = pending - parked;
      // What the frozen worker runs counts against the limits until it is presumed dead: all others may have to wait for it.
      goesOn ||= ended > before.ended || waiting === 0;
      await sleep(pollMs);
    }
    process.kill(pid, "SIGCONT");
    if (goesOn) return [];
    return [
      `nothing ended while a worker was frozen inside a transaction, and ${waiting} executions waited for a start`,
    ];
  } finally {
    proxy.restore();
  }
}
