import { setTimeout as after } from "node:timers/promises";
import { connectDatabase, type Database } from "@strategy-executor/db";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Log } from "../../common/log.ts";
import { type Signals, startSignals } from "../signals/signals.ts";
import { type Dispatcher, startDispatcher } from "./dispatcher.ts";
import { type Queue, startQueue } from "./queue.ts";

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
const maxSeconds = { executions: 3600, sweeps: 3600, callbacks: 3600 };
const added = { id: "9b1c9bd5-7f3c-4d53-8f0c-0d4a8f6c1a11", retryCount: 0, data: { execution_id: 1 } };

describe("a reservation of the dispatcher", () => {
  let stack: AsyncDisposableStack;
  let database: Database;
  let queue: Queue;
  let signals: Signals;
  let dispatcher: Dispatcher;
  let done: number[];
  let over: boolean;

  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    database = stack.use(await connectDatabase(stack.use(await createTestDatabase("postgres")).options));
    queue = stack.use(await startQueue({ database, log: silent, maxSeconds, works: false }));
    signals = stack.use(await startSignals(database, silent));
    done = [];
    over = false;
    // Without polls, only wake-ups fetch. `vi.waitUntil` would advance these timers.
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    stack.defer(() => void vi.useRealTimers());
    dispatcher = startDispatcher({
      queue,
      name: "executions",
      signals,
      slots: () => 1,
      run: async (job) => {
        done.push(job.data.execution_id);
        await queue.remove(database.db, "executions", [job]);
      },
      log: silent,
    });
    // Its first fetch finds nothing.
    await until(reservable);
  });

  afterEach(async () => {
    over = true;
    await dispatcher.stop(AbortSignal.abort());
    await stack.disposeAsync();
  });

  function reservable(): boolean {
    using reservation = dispatcher.reserve(1);
    return reservation !== null;
  }

  async function until(isTrue: () => boolean): Promise<void> {
    while (!isTrue() && !over) await after(10);
  }

  async function addJob(executionId: number): Promise<void> {
    await queue.add(database.db, "executions", [{ executionId }]);
    signals.send("jobs", "executions");
  }

  it("holds back fetches, which are made up for when it ends", async () => {
    const reservation = dispatcher.reserve(1)!;
    expect(dispatcher.reserve(1)).toBeNull();
    await addJob(7);
    expect(done).toEqual([]);
    reservation[Symbol.dispose]();
    await until(() => done.length === 1);
    expect(done).toEqual([7]);
  });

  it("gives its slots back when what adds the jobs hangs", async () => {
    using _hanging = dispatcher.reserve(1)!;
    await addJob(7);
    await until(() => done.length === 1);
    expect(done).toEqual([7]);
  });

  it("is refused while jobs may wait", async () => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    {
      using reservation = dispatcher.reserve(1)!;
      reservation.begin(added, () => ended);
    }
    await addJob(7);
    end();
    expect(dispatcher.reserve(1)).toBeNull();
    await until(() => done.length === 1);
    await until(reservable);
  });

  it("is waited for by a stop", async () => {
    const reservation = dispatcher.reserve(1)!;
    const stopped = dispatcher.stop(new AbortController().signal).then(() => done.push(2));
    expect(dispatcher.reserve(1)).toBeNull();
    reservation.begin(added, async () => void done.push(1));
    reservation[Symbol.dispose]();
    await stopped;
    expect(done).toEqual([1, 2]);
  });
});
