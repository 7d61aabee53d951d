import { connectDatabase, type ConnectOptions } from "@strategy-executor/db";
import { audit, unknownIds } from "@strategy-executor/db/testing";
import type { CountingReceiver } from "./counting-receiver.ts";
import type { SupervisedProcess } from "./supervised-process.ts";
import type { Submitted } from "./submitter.ts";

export interface Report {
  readonly figures: Readonly<Record<string, string | number>>;
  /** Violated guarantees, one line each; empty in a good run. */
  readonly violations: readonly string[];
  /** The last lines of the log of each process, to explain violations. */
  readonly logs?: Readonly<Record<string, readonly string[]>> | undefined;
}

export interface Evidence {
  readonly database: ConnectOptions;
  readonly submitted: Submitted;
  readonly receiver: CountingReceiver;
  readonly processes: readonly SupervisedProcess[];
}

/** Compares the answers to clients and the received callbacks with the database, after all processes have ended. */
export async function report({ database, submitted, receiver, processes }: Evidence): Promise<Report> {
  await using connected = await connectDatabase(database);
  const found = await audit(connected.db);
  const ids = [...submitted.accepted.keys()];
  const lost = await unknownIds(connected.db, ids);
  const received = [...receiver.arrivals.values()];
  const { completed = 0, failed = 0, cancelled = 0 } = found.byStatus;
  const total = Object.values(found.byStatus).reduce((sum, count) => sum + count, 0);
  const repeats = received.reduce((sum, { count }) => sum + count - 1, 0);
  const dropped = processes.reduce(
    (sum, process) =>
      sum + process.logged("of an overtaken attempt dropped") + process.logged("to an overtaken delivery"),
    0,
  );
  const violations = [
    ...found.violations,
    ...submitted.faults,
    ...processes.flatMap(({ failures }) => failures),
    ...lost.map((id) => `execution ${id} was accepted and is missing`),
    ...callbackProblems(submitted, receiver, new Set(found.undelivered)),
    ...(total <= ids.length + submitted.unanswered ? [] : [`${total} executions of ${ids.length} that were accepted`]),
    ...(found.rerun > 0 ? [] : ["no kill hit an unfinished execution"]),
  ];
  return {
    figures: {
      accepted: ids.length,
      "submissions tried again": submitted.sentAgain,
      "submissions without an answer": submitted.unanswered,
      completed,
      failed,
      cancelled,
      "executions run again": found.rerun,
      "attempts lost with their process": found.lostAttempts,
      "attempts handed back": found.releasedAttempts,
      "deliveries interrupted": found.interruptedDeliveries,
      "callbacks refused": found.undelivered.length,
      "callbacks received": received.length,
      "callbacks received again": repeats,
      "duplicate submissions dropped": submitted.repeated,
      "late results and answers dropped": dropped,
    },
    violations,
    logs: Object.fromEntries(processes.map(({ role, tail }, index) => [`${role} ${index + 1}`, tail])),
  };
}

/** A callback may be missing if all its attempts failed. */
function callbackProblems(
  { accepted }: Submitted,
  { arrivals }: CountingReceiver,
  refused: ReadonlySet<number>,
): string[] {
  const problems = [...accepted].flatMap(([id, expected]) => {
    const own = arrivals.get(id);
    if (own === undefined) return refused.has(id) ? [] : [`the callback of execution ${id} never arrived`];
    const status = [...own.statuses].join(" and ");
    return status === expected.status || (expected.cancelled && status === "cancelled")
      ? []
      : [`execution ${id} was called back as ${status} instead of ${expected.status}`];
  });
  for (const [id, { webhookIds, bodies }] of arrivals) {
    if (webhookIds.size > 1) problems.push(`execution ${id} was called back with ${webhookIds.size} ids`);
    if (bodies.size > 1) problems.push(`execution ${id} was called back with ${bodies.size} different bodies`);
  }
  return problems;
}
