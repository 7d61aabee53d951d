import { setTimeout as sleep } from "node:timers/promises";
import { connectDatabase } from "@strategy-executor/db";
import { type PostgresServer, startPostgres, unfinished, freePort } from "@strategy-executor/db/testing";
import { type CountingReceiver, startCountingReceiver } from "./counting-receiver.ts";
import { type KeptProcess, keepProcess } from "./kept-process.ts";
import { createRandom, type Random } from "./random.ts";
import { report, type Report } from "./report.ts";
import { createSubmitter } from "./submitter.ts";

export interface PostgresChaosOptions {
  readonly seed: number;
  readonly executions: number;
  /** Kills of workers, and as many of processes that accept. */
  readonly kills: number;
  /** Hears what is done to the service. */
  readonly tell: (line: string) => void;
}

const restMs = 180_000;
/** Longer than a worker may be silent before it is taken for dead. */
const freezeMs = 14_000;
const receiverAwayMs = 5_000;
const shortestPauseMs = 300;
const longestPauseMs = 2_000;

/**
 * Two processes that accept and two that work, on one PostgreSQL, under a stream of submissions, while all sorts of things happen
 * to them in an order that the seed decides.
 */
export async function chaosOnPostgres({ seed, executions, kills, tell }: PostgresChaosOptions): Promise<Report> {
  const random = createRandom(seed);
  await using stack = new AsyncDisposableStack();
  const postgres = stack.use(await startPostgres({ durable: true }));
  const database = { databaseUrl: postgres.url };
  const receiver = stack.use(await startCountingReceiver(createRandom(seed)));
  const ports = [await freePort(), await freePort()];
  const common = {
    LOG_LEVEL: "info",
    COMPUTE_THREADS: "2",
    // However often chance hits the same execution, it is to end as it must.
    EXECUTION_MAX_ATTEMPTS: "100",
    CALLBACK_TIMEOUT_MS: "2000",
    // The receiver is away for a while.
    CALLBACK_MAX_ATTEMPTS: "10",
  };
  const keep = async (role: "api" | "worker", environment: Record<string, string>) => {
    const kept = await keepProcess(role, database, { ...common, ROLE: role, ...environment });
    stack.defer(async () => void (await kept.stop("SIGKILL")));
    return kept;
  };
  const processes = await Promise.all([
    ...ports.map((port) => keep("api", { PORT: String(port) })),
    keep("worker", {}),
    keep("worker", {}),
  ]);
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const submitter = createSubmitter(createRandom(seed + 1), urls, receiver.url);

  const faults = random.shuffled<Fault>([
    ...Array.from({ length: kills }, (): Fault[] => ["kill worker", "kill api"]).flat(),
    "end worker",
    "end api",
    "freeze worker",
    "restart PostgreSQL",
    "crash PostgreSQL",
    "receiver away",
  ]);
  // The stream is to last about as long as the faults.
  const faultsMs = (faults.length * (shortestPauseMs + longestPauseMs)) / 2 + freezeMs + 2 * receiverAwayMs;
  const sending = submitter.send(executions, faultsMs / executions);
  for (const fault of faults) {
    await sleep(random.between(shortestPauseMs, longestPauseMs));
    tell(fault);
    await commit(fault, { processes, postgres, receiver, random });
  }
  await sending;
  await Promise.all(processes.map((process) => process.started()));
  tell("waiting for everything to come to rest");
  await comesToRest(postgres.url);
  const codes = await Promise.all(processes.map((process) => process.stop("SIGTERM")));
  const { figures, violations } = await report({ database, submitted: submitter.submitted, receiver, processes });
  return {
    figures: { faults: faults.length, ...figures },
    violations: codes.every((code) => code === 0) ? violations : [...violations, `processes ended with ${codes}`],
  };
}

type Fault =
  | "kill worker"
  | "kill api"
  | "end worker"
  | "end api"
  | "freeze worker"
  | "restart PostgreSQL"
  | "crash PostgreSQL"
  | "receiver away";

interface Victims {
  readonly processes: readonly KeptProcess[];
  readonly postgres: PostgresServer;
  readonly receiver: CountingReceiver;
  readonly random: Random;
}

async function commit(fault: Fault, { processes, postgres, receiver, random }: Victims): Promise<void> {
  if (fault === "restart PostgreSQL") return postgres.restart("fast");
  if (fault === "crash PostgreSQL") return postgres.restart("immediate");
  if (fault === "receiver away") {
    await receiver.down();
    await sleep(receiverAwayMs);
    return receiver.up();
  }
  const [deed, role] = fault.split(" ");
  const victim = await oneThere(
    processes.filter((process) => process.role === role),
    random,
  );
  const pid = victim.process?.pid ?? 0;
  if (deed === "freeze") {
    process.kill(pid, "SIGSTOP");
    await sleep(freezeMs);
    process.kill(pid, "SIGCONT");
  } else await victim.end(deed === "kill" ? "SIGKILL" : "SIGTERM", random.between(0, 1_500));
}

async function oneThere(candidates: readonly KeptProcess[], random: Random): Promise<KeptProcess> {
  const there = candidates.filter(({ process }) => process !== null);
  if (there.length > 0) return random.pick(there);
  await Promise.any(candidates.map((candidate) => candidate.started()));
  return oneThere(candidates, random);
}

/** Waits until nothing is left to do, though not for ever: what is stuck then is told by the report. */
async function comesToRest(databaseUrl: string): Promise<void> {
  await using database = await connectDatabase({ databaseUrl, poolSize: 1 });
  const givenUpAt = performance.now() + restMs;
  for (let left = await unfinished(database.db); left > 0; left = await unfinished(database.db)) {
    if (performance.now() > givenUpAt) return;
    await sleep(500);
  }
}
