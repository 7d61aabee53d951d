import { setTimeout as sleep } from "node:timers/promises";
import { connectDatabase } from "@strategy-executor/db";
import {
  type PostgresServer,
  startPostgres,
  startSwallowingProxy,
  type SwallowingProxy,
  unfinished,
  freePort,
} from "@strategy-executor/db/testing";
import { type CountingReceiver, startCountingReceiver } from "./counting-receiver.ts";
import { type SupervisedProcess, superviseProcess } from "./supervised-process.ts";
import { freezeInTransaction, observing } from "./frozen-transaction.ts";
import { createRandom, type Random } from "./random.ts";
import { report, type Report } from "./report.ts";
import { describeStuck } from "./stuck-state.ts";
import { createSubmitter } from "./submitter.ts";

export interface PostgresChaosOptions {
  readonly seed: number;
  readonly executions: number;
  /** Kills of workers, and as many of API processes. */
  readonly kills: number;
  /** Called with each injected fault. */
  readonly log: (line: string) => void;
}

const idleTimeoutMs = 180_000;
/** Longer than the heartbeat timeout, so that the worker is presumed dead. */
const freezeMs = 14_000;
const receiverDownMs = 5_000;
const packetLossMs = 8_000;
const minPauseMs = 300;
const maxPauseMs = 2_000;

/** Settings that processes should share and do not. No execution may be lost or run into another process's limit for that. */
const settings = {
  api: [{ EXECUTION_TIMEOUT_MS: "1000", CALLBACK_TIMEOUT_MS: "500" }, {}],
  // Fewer than threads. Starts then hold a lock that all workers need.
  worker: [
    { CLIENT_CONCURRENCY: "3", STRATEGY_CONCURRENCY: "Slow=3" },
    { CLIENT_CONCURRENCY: "4", EXECUTION_TIMEOUT_MS: "60000", CALLBACK_TIMEOUT_MS: "4000" },
  ],
};

/**
 * Two API processes and two workers with different settings on one PostgreSQL, under a stream of submissions and faults. The seed decides the order of
 * the faults.
 */
export async function chaosOnPostgres({ seed, executions, kills, log }: PostgresChaosOptions): Promise<Report> {
  const random = createRandom(seed);
  await using stack = new AsyncDisposableStack();
  const postgres = stack.use(await startPostgres({ durable: true }));
  const database = { databaseUrl: postgres.url };
  const receiver = stack.use(await startCountingReceiver(createRandom(seed)));
  const ports = [await freePort(), await freePort()];
  const common = {
    LOG_LEVEL: "info",
    COMPUTE_THREADS: "2",
    // An execution must complete, however often a fault interrupts it.
    EXECUTION_MAX_ATTEMPTS: "100",
    CALLBACK_TIMEOUT_MS: "2000",
    // The receiver is down for a while.
    CALLBACK_MAX_ATTEMPTS: "10",
  };
  const proxies = new Map<SupervisedProcess, SwallowingProxy>();
  const supervise = async (role: "api" | "worker", environment: Record<string, string>) => {
    const proxy = stack.use(await startSwallowingProxy(postgres.url));
    const options = { ...common, ROLE: role, ...environment };
    const supervised = await superviseProcess(role, { databaseUrl: proxy.url }, options);
    stack.defer(() => supervised.stop("SIGKILL"));
    proxies.set(supervised, proxy);
    return supervised;
  };
  const processes = await Promise.all([
    ...ports.map((port, index) => supervise("api", { PORT: String(port), ...settings.api[index] })),
    ...settings.worker.map((own) => supervise("worker", own)),
  ]);
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const submitter = createSubmitter(createRandom(seed + 1), urls, receiver.url);

  const faults = random.shuffled<Fault>([
    ...Array.from({ length: kills }, (): Fault[] => ["kill worker", "kill api"]).flat(),
    "end worker",
    "end api",
    "freeze worker",
    "freeze worker in a transaction",
    "lose packets of worker",
    "lose packets of api",
    "lose packets of worker within a start",
    "lose connections of worker",
    "lose connections of api",
    "restart PostgreSQL",
    "crash PostgreSQL",
    "receiver down",
  ]);
  // The submissions last about as long as the faults.
  const faultsMs = (faults.length * (minPauseMs + maxPauseMs)) / 2 + 2 * (freezeMs + packetLossMs + receiverDownMs);
  const sending = submitter.send(executions, faultsMs / executions);
  const stuck: string[] = [];
  for (const fault of faults) {
    await sleep(random.between(minPauseMs, maxPauseMs));
    log(fault);
    stuck.push(...((await inject(fault, { processes, proxies, postgres, receiver, random })) ?? []));
  }
  await sending;
  await Promise.all(processes.map((process) => process.started()));
  log("waiting until everything is idle");
  const state = await waitUntilIdle(postgres.url);
  await Promise.all(processes.map((process) => process.stop("SIGTERM")));
  const { figures, violations, logs } = await report({ database, submitted: submitter.submitted, receiver, processes });
  if (processes.some((process) => process.logged("Settings differ between processes") === 0))
    stuck.push("a process has not said that its settings differ from those of others");
  return {
    figures: { faults: faults.length, ...figures },
    violations: [...violations, ...stuck],
    logs: { ...logs, ...(state.length > 0 && { "PostgreSQL while it was stuck": state }) },
  };
}

type Fault =
  | "kill worker"
  | "kill api"
  | "end worker"
  | "end api"
  | "freeze worker"
  | "freeze worker in a transaction"
  | `lose ${"packets" | "connections"} of ${"worker" | "api"}`
  | "lose packets of worker within a start"
  | "restart PostgreSQL"
  | "crash PostgreSQL"
  | "receiver down";

interface Targets {
  readonly processes: readonly SupervisedProcess[];
  /** By which each process reaches PostgreSQL. */
  readonly proxies: ReadonlyMap<SupervisedProcess, SwallowingProxy>;
  readonly postgres: PostgresServer;
  readonly receiver: CountingReceiver;
  readonly random: Random;
}

/** Returns what was violated during the fault, if that can be told at once. */
async function inject(fault: Fault, targets: Targets): Promise<string[] | undefined> {
  const { processes, proxies, postgres, receiver, random } = targets;
  if (fault === "restart PostgreSQL") return void (await postgres.restart("fast"));
  if (fault === "crash PostgreSQL") return void (await postgres.restart("immediate"));
  if (fault === "receiver down") {
    await receiver.down();
    await sleep(receiverDownMs);
    return void (await receiver.up());
  }
  const role = fault.includes("api") ? "api" : "worker";
  const victim = await pickRunning(
    processes.filter((process) => process.role === role),
    random,
  );
  const proxy = proxies.get(victim)!;
  const pid = victim.process?.pid ?? 0;
  if (fault === "freeze worker in a transaction") {
    // Another one must go on meanwhile.
    await Promise.all(processes.filter((process) => process.role === role).map((process) => process.started()));
    return freezeInTransaction({ pid, proxy, databaseUrl: postgres.url, freezeMs });
  }
  if (fault === "lose packets of worker within a start") {
    // New connections prepare their statements: the server waits for the parameters of this one, and holds the lock of the limits.
    proxy.cut();
    await Promise.race([proxy.swallowAnswer("set parked = true"), sleep(packetLossMs)]);
    proxy.restore();
  } else if (fault.startsWith("freeze")) {
    process.kill(pid, "SIGSTOP");
    await sleep(freezeMs);
    process.kill(pid, "SIGCONT");
  } else if (fault.startsWith("lose packets")) {
    proxy.swallowAll();
    await sleep(packetLossMs);
    proxy.restore();
  } else if (fault.startsWith("lose connections")) proxy.swallowOpen();
  else await victim.end(fault.startsWith("kill") ? "SIGKILL" : "SIGTERM", random.between(0, 1_500));
  return undefined;
}

async function pickRunning(candidates: readonly SupervisedProcess[], random: Random): Promise<SupervisedProcess> {
  const running = candidates.filter(({ process }) => process !== null);
  if (running.length > 0) return random.pick(running);
  await Promise.any(candidates.map((candidate) => candidate.started()));
  return pickRunning(candidates, random);
}

/** Waits until no work is left, or until the timeout: then it describes what is stuck. */
async function waitUntilIdle(databaseUrl: string): Promise<string[]> {
  await using database = await connectDatabase({ databaseUrl, ...observing });
  const deadline = performance.now() + idleTimeoutMs;
  for (let left = await unfinished(database.db); left > 0; left = await unfinished(database.db)) {
    if (performance.now() > deadline) return describeStuck(database.db);
    await sleep(500);
  }
  return [];
}
