import { connectDatabase } from "@strategy-executor/db";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firing, scrape } from "../testing/alert-rules.ts";
import type { Sample } from "../testing/promql.ts";
import { type ServerProcess, startServerProcess } from "../testing/server-process.ts";
import { startTestServer } from "../testing/test-server.ts";

/* The worker that a test kills or freezes is the truth; what the service says about it is compared with that. */

interface WorkerProcess extends ServerProcess {
  /** Where it serves its metrics. */
  readonly metricsUrl: string;
  /** What the service calls it. */
  readonly name: RegExp;
}

interface Worker {
  readonly worker_id: number;
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly threads: number;
  readonly started_at: string;
  readonly last_seen_at: string;
  readonly running: readonly { readonly execution_id: number; readonly attempt: number; readonly started_at: string }[];
}

interface Attempt {
  readonly number: number;
  readonly status: string;
  readonly worker_id: number;
  readonly worker: string;
  readonly started_at: string;
  readonly last_seen_at: string | null;
  readonly ended_at: string | null;
}

/** Heartbeats are missed for 10 s, and looked for each second. */
const recovery = { timeout: 30_000, interval: 100 };
const soon = { timeout: 20_000, interval: 50 };

describe("what the service says about its workers", () => {
  const stack = new AsyncDisposableStack();
  let test: TestDatabase;
  let api: Awaited<ReturnType<typeof startTestServer>>;
  let first: WorkerProcess;
  let second: WorkerProcess;
  beforeAll(async () => {
    test = stack.use(await createTestDatabase("postgres"));
    api = stack.use(await startTestServer(test.options, { ROLE: "api" }));
    [first, second] = await Promise.all([startWorker(2), startWorker(1)]);
  });
  afterAll(() => stack.disposeAsync());

  it("lists both with version, threads and what they run, and the queue is empty", async () => {
    expect(await workers()).toEqual(
      [first, second].map(() => ({
        worker_id: expect.any(Number),
        name: expect.stringMatching(/^[^/]+\/\d+$/),
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        state: "alive",
        threads: expect.any(Number),
        threads_busy: 0,
        sweep_steps: 0,
        started_at: expect.any(String),
        last_seen_at: expect.any(String),
        running: [],
      })),
    );
    expect([(await workerOf(first)).threads, (await workerOf(second)).threads]).toEqual([2, 1]);
    expect(await waitingExecutions()).toBe(0);
    await expect
      .poll(() => scrape(api.address), soon)
      .toEqual(expect.arrayContaining(gauges({ alive: 2, lost: 0, waiting: 0 })));
    expect(firing(await scrape(api.address, first.metricsUrl, second.metricsUrl))).toEqual([]);
  });

  it("with a full queue shows as running only what has a thread, whoever was first", async () => {
    const ids = await Promise.all(Array.from({ length: 9 }, () => submit(60_000)));
    // Three threads: one execution each, and nothing waits behind another while it is called running.
    await expect.poll(async () => (await statuses(ids)).filter((one) => one === "running").length, soon).toBe(3);
    await expect.poll(waitingExecutions, soon).toBe(6);
    const [of1, of2] = [await workerOf(first), await workerOf(second)];
    expect([of1.running.length, of2.running.length]).toEqual([2, 1]);
    const running = ids.filter((id) =>
      [...of1.running, ...of2.running].some(({ execution_id }) => execution_id === id),
    );
    expect((await Promise.all(running.map((id) => status(id)))).every((one) => one === "running")).toBe(true);
    for (const { execution_id, attempt } of of1.running) {
      expect((await attempts(execution_id))[0]).toMatchObject({
        number: attempt,
        status: "running",
        worker_id: of1.worker_id,
        worker: of1.name,
        ended_at: null,
        last_seen_at: expect.any(String),
      });
    }
    await expect
      .poll(() => scrape(api.address), soon)
      .toEqual(expect.arrayContaining(gauges({ alive: 2, lost: 0, waiting: 6 })));
    expect(firing(await scrape(api.address, first.metricsUrl, second.metricsUrl))).toEqual(["ThreadsBusy"]);
    const priorities = (await queue()).groups;
    expect(priorities).toEqual([
      { queue: "executions", client: "local", priority: "normal", depth: 6, oldest_age_seconds: expect.any(Number) },
    ]);
    await cancelAll(ids);
  });

  it("runs quick executions beside a slow one, and shows none of them as running behind it", async () => {
    // Quick ones first, so that the workers fetch ahead.
    const quick = await Promise.all(Array.from({ length: 60 }, () => submit(1)));
    await expect.poll(async () => new Set(await statuses(quick)), soon).toEqual(new Set(["completed"]));
    const slow = await submit(8_000);
    await expect.poll(() => status(slow), soon).toBe("running");
    const mixed: number[] = [];
    for (let index = 0; index < 40; index += 1) mixed.push(await submit(index % 4 === 0 ? 2_000 : 1));
    /** Since when each execution was seen running. */
    const since = new Map<number, number>();
    let longestLie = 0;
    while ((await statuses(mixed)).some((one) => one !== "completed")) {
      const now = performance.now();
      const all = await workers();
      const shown = all.flatMap(({ running }) => running.map(({ execution_id }) => execution_id));
      for (const id of since.keys()) if (!shown.includes(id)) since.delete(id);
      for (const id of shown) since.set(id, since.get(id) ?? now);
      // At most three can compute; whoever is beyond that waits behind another.
      const long = [...since.values()].filter((begun) => now - begun > 1_000).length;
      longestLie = Math.max(longestLie, long - 3);
    }
    expect(longestLie).toBeLessThanOrEqual(0);
    expect(await status(slow)).toMatch(/running|completed/);
    await cancelAll([slow]);
  });

  it("shows a killed worker as lost, and its executions as interrupted, even if nobody is free to run them", async () => {
    const before = await scrape(api.address);
    const ids = await Promise.all(Array.from({ length: 3 }, () => submit(60_000)));
    await expect.poll(async () => new Set(await statuses(ids)), soon).toEqual(new Set(["running"]));
    const victim = await workerOf(first);
    expect(victim.running).toHaveLength(2);
    const held = victim.running.map(({ execution_id }) => execution_id);
    const killedAt = Date.now();
    await first.end("SIGKILL");
    await expect.poll(async () => (await workerById(victim.worker_id)).state, recovery).toBe("lost");
    await expect.poll(async () => new Set(await statuses(held)), recovery).toEqual(new Set(["pending"]));
    expect(Date.now() - killedAt).toBeLessThan(25_000);
    for (const id of held) {
      const [attempt] = await attempts(id);
      expect(attempt).toMatchObject({
        number: 1,
        status: "interrupted",
        worker_id: victim.worker_id,
        worker: victim.name,
      });
      // Its last sign of life came before it was killed, up to two seconds.
      expect(Math.abs(Date.parse(attempt!.last_seen_at!) - killedAt)).toBeLessThan(4_000);
    }
    expect((await workerById(victim.worker_id)).running).toEqual([]);
    expect((await workerOf(second)).running).toHaveLength(1);
    const now = await scrape(api.address, second.metricsUrl);
    expect(now).toEqual(expect.arrayContaining(gauges({ alive: 1, lost: 1, waiting: 2 })));
    expect(firing(now, before)).toContain("WorkerLost");
    // Another worker takes them over.
    first = await startWorker(2);
    await expect.poll(async () => new Set(await statuses(held)), soon).toEqual(new Set(["running"]));
    const heir = await workerOf(first);
    for (const id of held) {
      expect(await attempts(id)).toMatchObject([
        { number: 2, status: "running", worker_id: heir.worker_id },
        { number: 1, status: "interrupted", worker_id: victim.worker_id },
      ]);
    }
    await cancelAll(ids);
  });

  it("shows a frozen worker as lost until it continues, and drops what it then has", async () => {
    await using frozen = await startWorker(3);
    const counts = async () => scrape(api.address, first.metricsUrl, second.metricsUrl, frozen.metricsUrl);
    const before = await counts();
    const ids = await Promise.all(Array.from({ length: 6 }, () => submit(20_000)));
    await expect.poll(async () => new Set(await statuses(ids)), soon).toEqual(new Set(["running"]));
    const worker = await workerOf(frozen);
    expect(worker.running).toHaveLength(3);
    const held = worker.running.map(({ execution_id }) => execution_id);
    process.kill(frozen.pid, "SIGSTOP");
    try {
      await expect.poll(async () => (await workerById(worker.worker_id)).state, recovery).toBe("lost");
      await expect.poll(async () => (await workerById(worker.worker_id)).running, recovery).toEqual([]);
      // Others finish their own and take over.
      await expect
        .poll(async () => new Set((await Promise.all(held.map(attempts))).map(([newest]) => newest!.number)), {
          timeout: 90_000,
          interval: 200,
        })
        .toEqual(new Set([2]));
    } finally {
      process.kill(frozen.pid, "SIGCONT");
    }
    await expect.poll(async () => (await workerById(worker.worker_id)).state, recovery).toBe("alive");
    await expect
      .poll(async () => new Set(await statuses(ids)), { timeout: 90_000, interval: 200 })
      .toEqual(new Set(["completed"]));
    for (const id of held) {
      expect(await attempts(id)).toMatchObject([
        { number: 2, status: "completed" },
        { number: 1, status: "interrupted", worker_id: worker.worker_id },
      ]);
    }
    await expect.poll(async () => firing(await counts(), before), soon).toContain("AttemptsLost");
  });

  it("does not list a worker that ended in order, and gives its executions back at once", async () => {
    const ending = await startWorker(1, { SHUTDOWN_TIMEOUT_MS: "500" });
    const ids = await Promise.all(Array.from({ length: 4 }, () => submit(60_000)));
    await expect.poll(async () => (await workerOf(ending)).running.length, soon).toBe(1);
    const { worker_id, running } = await workerOf(ending);
    expect(await ending.end("SIGTERM")).toBe(0);
    expect((await workers()).map((worker) => worker.worker_id)).not.toContain(worker_id);
    const [run] = running;
    expect(await status(run!.execution_id)).toBe("pending");
    expect((await attempts(run!.execution_id))[0]).toMatchObject({ number: 1, status: "returned", worker_id });
    await cancelAll(ids);
  });

  it("counts a long queue by client and priority, and says when it is nearly full", async () => {
    await using database = await connectDatabase(test.options);
    await database.db.execute(`insert into executions
      (client, strategy, version, parameters, execution_parameters, urgency, turn, parked, accepted_at)
      select case when number % 2 = 0 then 'even' else 'odd' end, 'Slow', '1', '{}', '{}', number % 3 - 1, number, true,
        now() - interval '30 seconds'
      from generate_series(1, 200001) as number`);
    expect(await queue()).toEqual({
      queues: [
        { queue: "executions", depth: 200_001, oldest_age_seconds: expect.any(Number) },
        { queue: "sweeps", depth: 0, oldest_age_seconds: null },
        { queue: "callbacks", depth: 0, oldest_age_seconds: null },
      ],
      groups: expect.arrayContaining(
        ["even", "odd"].flatMap((client) =>
          ["low", "normal", "high"].map((priority) =>
            expect.objectContaining({ queue: "executions", client, priority, depth: expect.closeTo(33_333, -2) }),
          ),
        ),
      ),
    });
    await expect.poll(async () => firing(await scrape(api.address)), soon).toContain("QueueNearlyFull");
    await database.db.execute("delete from executions where parked");
  });

  async function startWorker(threads: number, environment: Record<string, string> = {}): Promise<WorkerProcess> {
    const worker = await startServerProcess(test.options, {
      ROLE: "worker",
      COMPUTE_THREADS: String(threads),
      METRICS_PORT: "0",
      ...environment,
    });
    stack.defer(async () => void (await worker.end("SIGKILL")));
    await worker.logged("serving metrics");
    const { port } = JSON.parse(worker.lines.find((line) => line.includes("serving metrics"))!) as { port: number };
    return { ...worker, metricsUrl: `http://127.0.0.1:${port}`, name: new RegExp(`/${worker.pid}$`) };
  }

  async function read<T>(path: string): Promise<T> {
    const response = await fetch(api.address + path);
    expect(response.status).toBe(200);
    return (await response.json()) as T;
  }

  async function workers(): Promise<readonly Worker[]> {
    return (await read<{ workers: readonly Worker[] }>("/workers/")).workers;
  }

  async function workerOf({ name }: WorkerProcess): Promise<Worker> {
    return (await workers()).find((worker) => name.test(worker.name))!;
  }

  async function workerById(id: number): Promise<Worker> {
    return (await workers()).find((worker) => worker.worker_id === id)!;
  }

  function queue() {
    return read<{ queues: readonly { queue: string; depth: number }[]; groups: readonly object[] }>("/queue/");
  }

  async function waitingExecutions(): Promise<number> {
    return (await queue()).queues.find((one) => one.queue === "executions")!.depth;
  }

  async function attempts(id: number): Promise<readonly Attempt[]> {
    return (await read<{ attempts: readonly Attempt[] }>(`/executions/${id}/attempts/`)).attempts;
  }

  async function status(id: number): Promise<string> {
    return (await read<{ status: string }>(`/executions/${id}/`)).status;
  }

  function statuses(ids: readonly number[]): Promise<string[]> {
    return Promise.all(ids.map(status));
  }

  async function submit(milliseconds: number): Promise<number> {
    const response = await fetch(`${api.address}/strategies/execute/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ strategy_name: "Slow", parameters: { milliseconds } }),
    });
    expect(response.status).toBe(202);
    return ((await response.json()) as { execution_id: number }).execution_id;
  }

  /** Frees all threads. */
  async function cancelAll(ids: readonly number[]): Promise<void> {
    for (const id of ids) await fetch(`${api.address}/executions/${id}/cancel/`, { method: "POST" });
    await expect.poll(async () => (await workers()).flatMap(({ running }) => running), soon).toEqual([]);
    await expect.poll(async () => busyThreads(await scrape(first.metricsUrl, second.metricsUrl)), soon).toBe(0);
  }

  function busyThreads(samples: readonly Sample[]): number {
    return samples
      .filter(({ name }) => name === "strategy_executor_compute_threads_busy")
      .reduce((sum, { value }) => sum + value, 0);
  }

  function gauges({ alive, lost, waiting }: { alive: number; lost: number; waiting: number }): Sample[] {
    const instance = api.address;
    const sample = (name: string, labels: Record<string, string>, value: number) => ({
      name: `strategy_executor_${name}`,
      labels: { instance, ...labels },
      value,
    });
    return [
      sample("workers", { state: "alive" }, alive),
      sample("workers", { state: "lost" }, lost),
      sample("queue_depth", { queue: "executions", priority: "normal" }, waiting),
      sample("executions_without_worker", {}, 0),
    ];
  }
}, 240_000);
