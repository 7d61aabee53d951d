import { freePort } from "@strategy-executor/db/testing";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startCountingReceiver } from "./counting-receiver.ts";
import { superviseProcess } from "./supervised-process.ts";
import { createRandom } from "./random.ts";
import { report, type Report } from "./report.ts";
import { createSubmitter } from "./submitter.ts";

export interface EmbeddedChaosOptions {
  readonly seed: number;
  /** How often the process is killed, each time with unfinished executions. */
  readonly kills: number;
  /** Called with each injected fault. */
  readonly log: (line: string) => void;
}

const shortExecutions = 8;
const submitEveryMs = 30;
const idleTimeoutMs = 120_000;

/** One process with an embedded database, killed repeatedly while it works. The seed decides when. */
export async function chaosOnEmbedded({ seed, kills, log }: EmbeddedChaosOptions): Promise<Report> {
  const random = createRandom(seed);
  await using stack = new AsyncDisposableStack();
  const database = { dataDir: await mkdtemp(join(tmpdir(), "strategy-executor-chaos-")) };
  stack.defer(() => rm(database.dataDir, { recursive: true, force: true }));
  const receiver = stack.use(await startCountingReceiver(createRandom(seed)));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await superviseProcess("all", database, {
    PORT: String(port),
    COMPUTE_THREADS: "2",
    EXECUTION_MAX_ATTEMPTS: "100",
    CALLBACK_TIMEOUT_MS: "2000",
  });
  stack.defer(() => server.stop("SIGKILL"));
  const submitter = createSubmitter(createRandom(seed + 1), [url], receiver.url);
  const { accepted } = submitter.submitted;
  const ended = new Map<number, string>();
  const violations: string[] = [];

  /** Verifies that no accepted execution is missing and no ended one has changed. */
  const verifyNothingLost = async () => {
    const statuses = await listStatuses(url);
    for (const id of accepted.keys()) if (!statuses.has(id)) violations.push(`execution ${id} is gone after a restart`);
    for (const [id, status] of ended) {
      if (statuses.get(id) !== status) violations.push(`execution ${id} was ${status} and is ${statuses.get(id)}`);
    }
  };
  const unfinished = async () => {
    const statuses = await listStatuses(url);
    for (const [id, status] of statuses) if (isTerminal(status)) ended.set(id, status);
    return [...statuses.values()].filter((status) => !isTerminal(status)).length;
  };

  for (let kill = 1; kill <= kills; kill += 1) {
    const sending = submitter.send(shortExecutions, submitEveryMs);
    // These occupy both threads, so that the kill interrupts something.
    const holding = submitter.send(2, submitEveryMs, [800, 1_500]);
    await sleep(random.between(0, 1_000));
    while (![...(await listStatuses(url)).values()].includes("running")) await sleep(20);
    const left = await unfinished();
    await server.end("SIGKILL", 0);
    log(`kill ${kill} with ${left} unfinished`);
    if (left === 0) violations.push(`kill ${kill} hit no unfinished execution`);
    await server.started();
    await verifyNothingLost();
    await Promise.all([sending, holding]);
  }
  log("waiting until everything is idle");
  const deadline = performance.now() + idleTimeoutMs;
  const missing = () => [...accepted.keys()].some((id) => !receiver.arrivals.has(id));
  while (((await unfinished()) > 0 || missing()) && performance.now() < deadline) await sleep(250);
  await verifyNothingLost();
  await server.stop("SIGTERM");
  const found = await report({ database, submitted: submitter.submitted, receiver, processes: [server] });
  return { figures: { kills, ...found.figures }, violations: [...violations, ...found.violations], logs: found.logs };
}

/** The status of all executions, read page by page as a client does. */
async function listStatuses(url: string): Promise<Map<number, string>> {
  const statuses = new Map<number, string>();
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page = (await (await fetch(`${url}/executions/?limit=500${query}`)).json()) as {
      executions: { execution_id: number; status: string }[];
      next_cursor: string | null;
    };
    for (const { execution_id: id, status } of page.executions) statuses.set(id, status);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return statuses;
}

function isTerminal(status: string): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
