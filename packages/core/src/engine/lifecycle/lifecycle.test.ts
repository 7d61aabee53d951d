import {
  anybody,
  bossStatements,
  closeAttempts,
  connectDatabase,
  type Database,
  openAttempts,
  type Outcome,
  type StartedExecution,
} from "@strategy-executor/db";
import { audit, describeDatabases, type Life, readLives } from "@strategy-executor/db/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startSignals } from "../signals/signals.ts";
import type { Log } from "../../common/log.ts";
import { callbackJob } from "../delivery/callback-job.ts";
import { createLifecycle, type Lifecycle } from "./lifecycle.ts";
import { noopObserver } from "./observer.ts";
import { type Queue, startQueue } from "../work/queue.ts";
import type { TakenJob } from "../work/job.ts";

/*
 * Two workers and their clients act in any order, with steps that only follow a fault: a worker that was presumed dead goes on,
 * starts an execution that another worker has, ends an overtaken attempt, records the response to a repeated delivery. After
 * each step the database must match the model.
 */

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
const submission = { client: "local", strategy: "S", version: "1", parameters: {}, executionParameters: {} };
const outcomes = {
  completed: { status: "completed", result: '{"strategy":"S"}', series: Buffer.from("{}") },
  failed: { status: "failed", errorMessage: "It failed" },
} as const satisfies Record<string, Outcome>;

describeDatabases("the life of executions", (create) => {
  let workers: readonly [Worker, Worker];
  const stack = new AsyncDisposableStack();
  beforeAll(async () => {
    const { options } = stack.use(await create());
    const first = stack.use(await connectDatabase(options));
    // Only one process can open an embedded database, so its workers share a connection.
    const second = first.kind === "pglite" ? first : stack.use(await connectDatabase(options));
    workers = [await startWorker(first, stack), await startWorker(second, stack)];
  });
  afterAll(() => stack.disposeAsync());

  it("matches the model for any sequence of steps of two workers", async () => {
    const { database } = workers[0];
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: "max" }), async (steps) => {
        await clear(database);
        const real = new Service(workers);
        const model: Model = { executions: [] };
        await fc.asyncModelRun(() => ({ model, real }), steps);
        await finishAll(model, real);
        expect(await audit(database.db)).toMatchObject({ violations: [] });
      }),
      { numRuns: 20 },
    );
  });
});

describeDatabases("executions that are accepted together and begin at once", (create) => {
  it("begin in the order of their priorities, with what the database has of them", async () => {
    await using stack = new AsyncDisposableStack();
    const { options } = stack.use(await create());
    const own = await startWorker(stack.use(await connectDatabase(options)), stack);
    own.hasRoom = true;
    const rich = {
      ...submission,
      parameters: { window: 3 },
      executionParameters: { window: 3, cost_bps: 1 },
      callbackUrl: "http://receiver.test/",
      callbackFormat: "slack",
      maxAttempts: 7,
      timeLimitMs: 60_000,
      label: 'a "label", {null}',
      traceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };
    const urgencies = [-1, 0, 1, 0] as const;
    const submitted = await Promise.all(
      urgencies.map((urgency) => own.lifecycle.submit({ ...rich, urgency, key: null })),
    );
    const [low, normal, high, other] = submitted.map((one) => ("id" in one ? one.id : null));
    expect(own.begun.map(({ started }) => started.id)).toEqual([high, normal, other, low]);
    const { started, job } = own.begun[0]!;
    const { attempt: _, countedAttempts: __, waitedMs: ___, ...again } = (await own.lifecycle.start(job))!;
    expect(started).toMatchObject({ ...again, attempt: 1, countedAttempts: 1, waitedMs: 0 });
  });
});

describeDatabases("a worker that was presumed dead and received its execution again", (create) => {
  async function beginTwice(stack: AsyncDisposableStack) {
    const { options } = stack.use(await create());
    const own = await startWorker(stack.use(await connectDatabase(options)), stack);
    const submitted = await own.lifecycle.submit({ ...submission, callbackUrl: "http://receiver.test/", key: null });
    const take = async () => (await own.queue.take("executions", { max: 1 })).jobs[0]!;
    const first = await take();
    await own.queue.requeue("executions", first, "No heartbeat");
    await makeDue(own.database);
    const jobs = [first, await take()];
    const started = await Promise.all(jobs.map((job) => own.lifecycle.start(job)));
    expect(started.map((attempt) => attempt?.attempt)).toEqual([1, 2]);
    const startAgain = async (index: 0 | 1) => (started[index] = await own.lifecycle.start(jobs[index]!));
    const endAttempt = (index: 0 | 1, status: "completed" | "failed") =>
      own.lifecycle.settle({
        id: started[index]!.id,
        attempt: started[index]!.attempt,
        outcome: outcomes[status],
        opensDelivery: true,
        job: jobs[index]!,
        callback: callbackJob(started[index]!.id, started[index]!.callback!),
      });
    return { own, submitted, jobs, startAgain, endAttempt };
  }

  it("adds no callback job for the late settlement, since it would take the place of the other's", async () => {
    await using stack = new AsyncDisposableStack();
    const { own, endAttempt } = await beginTwice(stack);
    const callbackJobs = async () =>
      (await bossStatements(own.database.db).executeSql("select id from pgboss.job where name = 'callbacks'")).rows;
    expect(await endAttempt(0, "completed")).toBeNull();
    expect(await callbackJobs()).toHaveLength(0);
    expect(await endAttempt(1, "failed")).not.toBeNull();
    expect(await callbackJobs()).toHaveLength(1);
  });

  it("keeps the job of an overtaken attempt until the execution has ended", async () => {
    await using stack = new AsyncDisposableStack();
    const { own, jobs, startAgain, endAttempt } = await beginTwice(stack);
    // The attempt that lost its job becomes the newest.
    await startAgain(0);
    expect(await endAttempt(1, "completed")).toBeNull();
    const left = async () => (await own.queue.take("executions", { max: 1 })).jobs.map(({ id }) => id);
    await own.queue.requeue("executions", jobs[1]!, "No heartbeat");
    await makeDue(own.database);
    expect(await left()).toEqual([jobs[1]!.id]);
  });

  it("ends the execution once, with the outcome of its newest attempt", async () => {
    await using stack = new AsyncDisposableStack();
    const { own, submitted, endAttempt } = await beginTwice(stack);
    const settled = await Promise.all([endAttempt(0, "completed"), endAttempt(1, "failed")]);
    expect(settled).toEqual([null, expect.objectContaining({ attemptId: expect.any(Number) })]);
    expect(await readLives(own.database.db)).toMatchObject([
      {
        id: (submitted as { id: number }).id,
        status: "failed",
        events: ["pending", "running", "running", "failed"],
        deliveries: ["open"],
      },
    ]);
  });
});

interface Worker {
  readonly database: Database;
  readonly queue: Queue;
  readonly lifecycle: Lifecycle;
  /** Whether executions that it accepts may begin at once. */
  hasRoom: boolean;
  /** Those that did, in order. */
  readonly begun: { readonly job: TakenJob; readonly started: StartedExecution }[];
}

async function startWorker(database: Database, stack: AsyncDisposableStack): Promise<Worker> {
  const maxSeconds = { executions: 3600, sweeps: 3600, callbacks: 3600 };
  const queue = stack.use(await startQueue({ database, log: silent, maxSeconds, works: false }));
  const signals = stack.use(await startSignals(database, silent));
  const worker: Omit<Worker, "lifecycle"> = { database, queue, hasRoom: false, begun: [] };
  const room = { begin: (job: TakenJob, started: StartedExecution) => worker.begun.push({ job, started }) };
  const lifecycle = createLifecycle({
    database,
    queue,
    signals,
    limits: null,
    worker: 1,
    reserve: () => (worker.hasRoom ? { ...room, [Symbol.dispose]() {} } : null),
    observer: noopObserver,
    log: silent,
  });
  return Object.assign(worker, { lifecycle });
}

/** The expected state of an execution. */
interface Expected extends Life {
  status: string;
  attempt: number;
  readonly events: string[];
  callback: string | null;
  readonly deliveries: string[];
  /** Its job: waiting in the queue, held by the take of this number, or done. */
  job: "waiting" | number | "done";
}

interface Model {
  readonly executions: Expected[];
}

/** A job that a worker has fetched, and may have lost since. */
interface Take {
  readonly number: number;
  readonly worker: Worker;
  readonly job: TakenJob;
  started: StartedExecution | null;
}

/** The service and the possibly outdated state of its workers. */
class Service {
  readonly workers: readonly [Worker, Worker];
  readonly takes: Take[] = [];
  readonly deliveries: { readonly executionId: number; readonly attemptId: number; readonly number: number }[] = [];
  taken = 0;

  constructor(workers: readonly [Worker, Worker]) {
    this.workers = workers;
  }

  async take(worker: Worker): Promise<Take | null> {
    const { jobs } = await worker.queue.take("executions", { max: 1 });
    const [job] = jobs;
    return job === undefined ? null : this.hold({ worker, job, started: null });
  }

  /** `take` is set when the execution began at once. */
  async accept(worker: Worker, withCallback: boolean, hasRoom: boolean): Promise<{ id: number; take: Take | null }> {
    worker.hasRoom = hasRoom;
    const callbackUrl = withCallback ? "http://receiver.test/" : null;
    const submitted = await worker.lifecycle.submit({ ...submission, callbackUrl, key: null });
    if (!("id" in submitted)) throw new Error("It had no key");
    const begun = worker.begun.pop();
    return { id: submitted.id, take: begun === undefined ? null : this.hold({ worker, ...begun }) };
  }

  hold(taken: Omit<Take, "number">): Take {
    const take = { number: (this.taken += 1), ...taken };
    this.takes.push(take);
    return take;
  }

  discard(take: Take): void {
    this.takes.splice(this.takes.indexOf(take), 1);
  }
}

class Step implements fc.AsyncCommand<Model, Service> {
  readonly name: string;
  readonly act: (model: Model, real: Service) => Promise<void> | void;

  constructor(name: string, act: Step["act"]) {
    this.name = name;
    this.act = act;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Service): Promise<void> {
    await this.act(model, real);
    const lives = await readLives(real.workers[0].database.db);
    mustBe(lives, model.executions.map(toLife));
  }

  toString(): string {
    return this.name;
  }
}

const which = fc.nat({ max: 30 });
const worker = fc.nat({ max: 1 });
const outcome = fc.constantFrom("completed", "failed");

const submit = fc.tuple(worker, fc.boolean(), fc.boolean()).map(
  ([by, withCallback, hasRoom]) =>
    new Step(
      `worker ${by} accepts one ${withCallback ? "with" : "without"} a callback${hasRoom ? " and has room for it" : ""}`,
      async (model, real) => {
        const beginsAtOnce = hasRoom && model.executions.every(({ status }) => status !== "pending");
        const submitted = await real.accept(real.workers[by]!, withCallback, hasRoom);
        mustBe(submitted.take !== null, beginsAtOnce);
        model.executions.push({
          id: submitted.id,
          status: beginsAtOnce ? "running" : "pending",
          attempt: beginsAtOnce ? 1 : 0,
          events: beginsAtOnce ? ["pending", "running"] : ["pending"],
          callback: withCallback ? "waiting" : null,
          deliveries: [],
          job: submitted.take?.number ?? "waiting",
        });
      },
    ),
);

const claim = worker.map(
  (by) => new Step(`worker ${by} takes a job`, async (model, real) => void (await takeOne(model, real, by))),
);

const start = which.map(
  (index) =>
    new Step(`take ${index} is started`, async (model, real) => {
      const take = pick(real.takes, index);
      if (take !== undefined && take.started === null) await begin(model, real, take);
    }),
);

const loseHeartbeat = which.map(
  (index) =>
    new Step(`take ${index} is requeued without its worker knowing`, async (model, real) => {
      const take = pick(real.takes, index);
      if (take === undefined) return;
      const execution = expectedOf(model, take);
      // Requeueing a lost take has no effect.
      await take.worker.queue.requeue("executions", take.job, "No heartbeat");
      if (execution.job === take.number) execution.job = "waiting";
      await makeDue(take.worker.database);
    }),
);

const settle = fc.tuple(which, outcome, fc.boolean()).map(
  ([index, status, opensDelivery]) =>
    new Step(`take ${index} ends as ${status}`, async (model, real) => {
      const take = pick(real.takes, index);
      if (take === undefined || take.started === null) return;
      await end(model, real, take, status, opensDelivery);
    }),
);

const cancel = fc.tuple(worker, which).map(
  ([by, index]) =>
    new Step(`execution ${index} is cancelled through worker ${by}`, async (model, real) => {
      const execution = pick(model.executions, index);
      if (execution === undefined) return;
      const cancelled = await real.workers[by]!.lifecycle.cancel(execution.id, anybody);
      mustBe(cancelled, isOpen(execution));
      if (cancelled) finish(execution, "cancelled");
    }),
);

const cancelAgainstEnd = fc.tuple(worker, which, outcome).map(
  ([by, index, status]) =>
    new Step(`take ${index} ends as ${status} while it is cancelled through worker ${by}`, async (model, real) => {
      const take = pick(real.takes, index);
      if (take === undefined || take.started === null) return;
      const execution = expectedOf(model, take);
      const couldEnd = execution.status === "running" && execution.attempt === take.started.attempt;
      const couldCancel = isOpen(execution);
      const [settled, cancelled] = await Promise.all([
        settleTake(take, status, false),
        real.workers[by]!.lifecycle.cancel(execution.id, anybody),
      ]);
      mustBe([settled !== null, cancelled].filter(Boolean).length, couldCancel ? 1 : 0);
      if (settled !== null) mustBe(couldEnd, true);
      if (settled !== null) finish(execution, status);
      if (cancelled) finish(execution, "cancelled");
      await observeJob(execution, take);
      real.discard(take);
    }),
);

const twoStarts = which.map(
  (index) =>
    new Step(`take ${index} and another of its execution are started at once`, async (model, real) => {
      const pair = pickPair(real.takes, index, ({ started }) => started === null);
      if (pair === undefined) return;
      const execution = expectedOf(model, pair[0]);
      if (!isOpen(execution)) return;
      const started = await Promise.all(pair.map((take) => take.worker.lifecycle.start(take.job)));
      mustBe(started.map((attempt) => attempt?.attempt).toSorted(), [execution.attempt + 1, execution.attempt + 2]);
      pair.forEach((take, position) => (take.started = started[position]!));
      execution.attempt += 2;
      execution.status = "running";
      execution.events.push("running", "running");
    }),
);

const twoEnds = fc.tuple(which, outcome, outcome).map(
  ([index, ...statuses]) =>
    new Step(
      `take ${index} and another of its execution end at once as ${statuses.join(" and ")}`,
      async (model, real) => {
        const pair = pickPair(real.takes, index, ({ started }) => started !== null);
        if (pair === undefined) return;
        const execution = expectedOf(model, pair[0]);
        const settled = await Promise.all(pair.map((take, position) => settleTake(take, statuses[position]!, false)));
        const newest = pair.findIndex(({ started }) => started?.attempt === execution.attempt);
        const ends = execution.status === "running" && newest !== -1;
        for (const [position, take] of pair.entries()) {
          mustBe(settled[position] !== null, ends && position === newest);
          await observeJob(execution, take);
          real.discard(take);
        }
        if (ends) finish(execution, statuses[newest]!);
      },
    ),
);

const openDelivery = fc.tuple(worker, which).map(
  ([by, index]) =>
    new Step(`worker ${by} begins to deliver the callback of execution ${index}`, async (model, real) => {
      const execution = pick(model.executions, index);
      if (execution !== undefined) await open(execution, real, real.workers[by]!);
    }),
);

const closeDelivery = fc.tuple(which, fc.constantFrom("taken", "again", "never")).map(
  ([index, answer]) =>
    new Step(`delivery ${index} is answered: ${answer}`, async (model, real) => {
      const delivery = pick(real.deliveries, index);
      if (delivery === undefined) return;
      const execution = model.executions.find(({ id }) => id === delivery.executionId)!;
      await close(execution, real, delivery, answer);
    }),
);

const commands = [
  submit,
  claim,
  claim,
  start,
  start,
  loseHeartbeat,
  settle,
  settle,
  cancel,
  cancelAgainstEnd,
  twoStarts,
  twoEnds,
  openDelivery,
  closeDelivery,
];

async function takeOne(model: Model, real: Service, by: number): Promise<Take | null> {
  const waiting = model.executions.filter(({ job }) => job === "waiting");
  const take = await real.take(real.workers[by]!);
  expect(take !== null).toBe(waiting.length > 0);
  if (take === null) return null;
  const execution = expectedOf(model, take);
  expect(waiting).toContain(execution);
  execution.job = take.number;
  return take;
}

async function begin(model: Model, real: Service, take: Take): Promise<void> {
  const execution = expectedOf(model, take);
  take.started = await take.worker.lifecycle.start(take.job);
  if (!isOpen(execution)) {
    expect(take.started).toBeNull();
    await take.worker.queue.remove(take.worker.database.db, "executions", [take.job]);
    if (execution.job === take.number) execution.job = "done";
    real.discard(take);
    return;
  }
  execution.attempt += 1;
  execution.status = "running";
  execution.events.push("running");
  expect(take.started).toMatchObject({ id: execution.id, attempt: execution.attempt });
}

async function end(model: Model, real: Service, take: Take, status: "completed" | "failed", opensDelivery: boolean) {
  const execution = expectedOf(model, take);
  const mayEnd = execution.status === "running" && execution.attempt === take.started?.attempt;
  const settled = await settleTake(take, status, opensDelivery);
  expect(settled !== null).toBe(mayEnd);
  if (settled !== null) finish(execution, status);
  await settleJob(execution, take);
  real.discard(take);
  if (settled === null) return;
  expect(settled.attemptId !== null).toBe(opensDelivery && execution.callback !== null);
  if (settled.attemptId === null) return;
  execution.deliveries.push("open");
  real.deliveries.push({ executionId: execution.id, attemptId: settled.attemptId, number: 1 });
}

/** Models the job of a settled take: it stays while an attempt without a job may be running. */
async function settleJob(execution: Expected, take: Take): Promise<void> {
  if (execution.job !== take.number) return;
  if (isOpen(execution)) return loseJob(execution, take);
  execution.job = "done";
  // Jobs are removed in the background.
  await expect.poll(() => hasJob(take), { interval: 5 }).toBe(false);
}

/** The same after two settlements at once: depending on their order the job may stay or go. */
async function observeJob(execution: Expected, take: Take): Promise<void> {
  if (execution.job !== take.number) return;
  await loseJob(execution, take);
  if (!(await hasJob(take))) execution.job = "done";
}

/** The take's heartbeats stop. */
async function loseJob(execution: Expected, { worker: { queue, database }, job }: Take): Promise<void> {
  await queue.requeue("executions", job, "No heartbeat");
  await makeDue(database);
  execution.job = "waiting";
}

async function hasJob({ worker: { database }, job }: Take): Promise<boolean> {
  const { rows } = await bossStatements(database.db).executeSql("select id from pgboss.job where id = $1", [job.id]);
  return rows.length > 0;
}

function settleTake(
  { worker: { lifecycle }, job, started }: Take,
  status: keyof typeof outcomes,
  opensDelivery: boolean,
) {
  const { id, attempt, callback } = started!;
  return lifecycle.settle({
    id,
    attempt,
    outcome: outcomes[status],
    opensDelivery,
    job,
    callback: callback === null ? null : callbackJob(id, callback),
  });
}

async function open(execution: Expected, real: Service, { database: { db } }: Worker): Promise<void> {
  const [opened] = await openAttempts(db, [execution.id]);
  expect(opened !== undefined).toBe(execution.callback === "due");
  if (opened === undefined) return;
  const unanswered = execution.deliveries.indexOf("open");
  if (unanswered !== -1) execution.deliveries[unanswered] = "Interrupted";
  execution.deliveries.push("open");
  expect(opened.number).toBe(execution.deliveries.length);
  real.deliveries.push(opened);
}

async function close(
  execution: Expected,
  real: Service,
  { executionId, attemptId, number }: Service["deliveries"][number],
  answer: "taken" | "again" | "never",
): Promise<void> {
  const recorded = await closeAttempts(real.workers[0].database.db, [
    {
      executionId,
      attemptId,
      statusCode: answer === "taken" ? 200 : null,
      responseText: answer === "taken" ? "ok" : null,
      headers: answer === "taken" ? {} : null,
      error: answer === "taken" ? null : "Connection refused",
      accepted: answer === "taken",
      durationMs: 1,
      signedWith: [],
      retryAfterMs: answer === "again" ? 0 : null,
    },
  ]);
  const isOpenStill = execution.deliveries[number - 1] === "open";
  expect(recorded).toEqual(isOpenStill ? [attemptId] : []);
  if (!isOpenStill) return;
  execution.deliveries[number - 1] = answer === "taken" ? "taken" : "Connection refused";
  if (answer !== "again") execution.callback = "ended";
}

/** Finishes all work without faults. Then each due callback must have exactly one job. */
async function finishAll(model: Model, real: Service): Promise<void> {
  const { database, queue } = real.workers[0];
  for (const take of real.takes) await take.worker.queue.requeue("executions", take.job, "The worker is dead");
  await makeDue(database);
  for (const execution of model.executions) if (execution.job !== "done") execution.job = "waiting";
  real.takes.length = 0;
  for (let take = await takeOne(model, real, 0); take !== null; take = await takeOne(model, real, 1)) {
    await begin(model, real, take);
    if (take.started !== null) await end(model, real, take, "completed", false);
  }
  for (const execution of model.executions) {
    await open(execution, real, real.workers[0]);
    const last = real.deliveries.at(-1);
    if (execution.callback === "due") await close(execution, real, last!, "taken");
  }
  const { jobs } = await queue.take("callbacks", { max: 1_024 });
  expect(jobs.map(({ data }) => data.execution_id).toSorted((a, b) => a - b)).toEqual(
    model.executions.filter(({ callback }) => callback !== null).map(({ id }) => id),
  );
  await queue.remove(database.db, "callbacks", jobs);
}

function finish(execution: Expected, status: "completed" | "failed" | "cancelled"): void {
  execution.status = status;
  execution.events.push(status);
  if (execution.callback !== null) execution.callback = "due";
}

function isOpen({ status }: Expected): boolean {
  return status === "pending" || status === "running";
}

function mustBe(actual: unknown, expected: unknown): void {
  expect(actual).toEqual(expected);
}

function toLife({ id, status, attempt, events, callback, deliveries }: Expected): Life {
  return { id, status, attempt, events, callback, deliveries };
}

function expectedOf({ executions }: Model, { job }: Take): Expected {
  return executions.find(({ id }) => id === job.data.execution_id)!;
}

function pick<T>(items: readonly T[], index: number): T | undefined {
  return items[index % Math.max(items.length, 1)];
}

/** Picks two takes of one execution. */
function pickPair(takes: readonly Take[], index: number, fits: (take: Take) => boolean): [Take, Take] | undefined {
  const fitting = takes.filter(fits);
  const first = pick(fitting, index);
  const second = fitting.find((take) => take !== first && take.job.data.execution_id === first?.job.data.execution_id);
  return first === undefined || second === undefined ? undefined : [first, second];
}

/** A requeued job is otherwise due after a second. */
async function makeDue({ db }: Database): Promise<void> {
  await bossStatements(db).executeSql("update pgboss.job set start_after = now() where state = 'retry'");
}

async function clear({ db }: Database): Promise<void> {
  for (const table of ["executions", "execution_events", "execution_series", "callbacks", "delivery_attempts"])
    await bossStatements(db).executeSql(`delete from ${table}`);
  await bossStatements(db).executeSql("delete from pgboss.job");
}
