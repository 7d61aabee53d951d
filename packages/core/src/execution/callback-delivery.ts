import {
  CallbackMismatchError,
  type Deliverer,
  type DeliveryOutcome,
  isDelivered,
  preparePayload,
} from "@strategy-executor/callback";
import {
  anybody,
  type ClosedAttempt,
  closeAttempts,
  type Database,
  type ExecutionRecord,
  getExecution,
  isUnavailable,
  openAttempts,
  type PendingCallback,
} from "@strategy-executor/db";
import type { Log } from "../log.ts";
import { executionCallback, toExecutionCallback } from "./execution-callback.ts";
import { grouped } from "./grouped.ts";
import { callbackJob, receiverOf } from "./lifecycle.ts";
import { throughOutage } from "./outage.ts";
import type { Observer } from "./observer.ts";
import type { NewJob, Queue, TakenJob } from "./queue.ts";

export interface CallbackDeliveryOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly deliverer: Deliverer;
  readonly observer: Observer;
  readonly log: Log;
  /** Deadline of one attempt, from the look-up of the name to the last byte of the answer. */
  readonly timeoutMs: number;
  /** How many requests may be under way to one receiver. */
  readonly perReceiver: number;
}

/**
 * Delivers callbacks. The process that ends an execution makes the first attempt itself, at once, if its receiver is not
 * busy; everything else comes from the queue. An attempt whose answer was not recorded because the process died is made
 * again with the same id: a receiver may see a callback twice, never none.
 */
export interface CallbackDelivery {
  /**
   * Plans the callback of an execution that ends now: the job that delivers it, and, when this process is to make the first
   * attempt itself, how. The job is the backstop then: due only when the attempt must have ended.
   */
  plan(executionId: number, callback: PendingCallback): { readonly job: NewJob; readonly first: FirstAttempt | null };
  /** Does a job of the queue. */
  run(job: TakenJob, signal: AbortSignal): Promise<void>;
  /** Takes no first attempts any more and waits for those under way. */
  drain(): Promise<void>;
}

interface FirstAttempt {
  /** Sends, and records what comes back. The attempt was recorded when the execution was settled. */
  send(execution: ExecutionRecord, attemptId: number): void;
  /** There is nothing to send after all. */
  drop(): void;
}

/** How much longer than an attempt's deadline the backstop waits, for the answer to be recorded. */
const recordingMs = 5_000;

export function createCallbackDelivery(options: CallbackDeliveryOptions): CallbackDelivery {
  const { database, queue, deliverer, observer, log, timeoutMs, perReceiver } = options;
  const { db } = database;
  const busy = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let draining = false;

  const group = { most: 64, splits: (error: unknown) => !isUnavailable(error) };
  const open = grouped(async (ids: readonly number[]) => {
    const opened = new Map((await openAttempts(db, ids)).map((row) => [row.executionId, row]));
    return ids.map((id) => opened.get(id) ?? null);
  }, group);
  const close = grouped(async (items: readonly Closing[]) => {
    const recorded = await db.transaction(async (tx) => {
      const ids = new Set(await closeAttempts(tx, items));
      const done = items.filter(({ attemptId }) => ids.has(attemptId)).map((item) => item.done);
      await queue.removeWaiting(
        tx,
        "callbacks",
        done.filter((job) => typeof job === "string"),
      );
      await queue.remove(
        tx,
        "callbacks",
        done.filter((job) => typeof job !== "string"),
      );
      return ids;
    });
    return items.map(({ attemptId }) => recorded.has(attemptId));
  }, group);

  async function attempt(execution: ExecutionRecord, request: AttemptRequest, signal?: AbortSignal): Promise<void> {
    const body = prepare(execution);
    const observed = observer.delivery({
      executionId: execution.id,
      attempt: request.number,
      traceParent: execution.traceParent,
    });
    const outcome: DeliveryOutcome =
      body === null
        ? { kind: "not-answered", error: "Not sent: the payload is not what is documented", durationMs: 0 }
        : await deliverer.deliver({
            url: request.url,
            body,
            headers: { ...observed.headers, "webhook-id": request.webhookId },
            timeoutMs,
            ...(signal !== undefined && { signal }),
          });
    observed.ended(outcome);
    const { attemptId, number, done } = request;
    // A database that is away for a moment costs no second delivery: the backstop waits as long.
    const answer = {
      executionId: execution.id,
      attemptId,
      ...toAnswer(outcome),
      nextAttemptAt: null,
      done,
    };
    const recorded = await throughOutage(recordingMs, () => close(answer));
    const fields = {
      execution_id: execution.id,
      attempt: number,
      duration_ms: outcome.durationMs,
      ...(outcome.kind === "answered" ? { status_code: outcome.statusCode } : { error: outcome.error }),
    };
    if (!recorded) log.warn(fields, "late answer to an overtaken delivery attempt dropped");
    else if (isDelivered(outcome)) log.info(fields, "callback delivered");
    else log.warn(fields, "callback not delivered");
  }

  /** What is not as documented is never sent: it is a bug of ours. */
  function prepare(execution: ExecutionRecord): string | null {
    try {
      return preparePayload(executionCallback, toExecutionCallback(execution));
    } catch (error) {
      if (!(error instanceof CallbackMismatchError)) throw error;
      log.error({ execution_id: execution.id, err: error }, "callback does not match its definition");
      return null;
    }
  }

  function takeFirst({ url, webhookId }: PendingCallback, receiver: string): FirstAttempt {
    busy.set(receiver, (busy.get(receiver) ?? 0) + 1);
    const release = () => {
      const left = (busy.get(receiver) ?? 1) - 1;
      if (left === 0) busy.delete(receiver);
      else busy.set(receiver, left);
    };
    return {
      send(execution, attemptId) {
        const sending = attempt(execution, { attemptId, webhookId, number: 1, url, done: webhookId })
          .catch((error: unknown) =>
            log.warn({ execution_id: execution.id, err: error }, "answer not recorded: the callback is sent again"),
          )
          .finally(() => {
            release();
            underWay.delete(sending);
          });
        underWay.add(sending);
      },
      drop: release,
    };
  }

  return {
    plan(executionId, callback) {
      const receiver = receiverOf(callback.url);
      const job = callbackJob(executionId, callback);
      if (draining || (busy.get(receiver) ?? 0) >= perReceiver) return { job, first: null };
      return { job: { ...job, delayMs: timeoutMs + recordingMs }, first: takeFirst(callback, receiver) };
    },
    async run(job, signal) {
      const { execution_id: id } = job.data;
      const opened = await open(id);
      const execution = opened === null ? null : await getExecution(db, id, anybody);
      if (opened === null || execution === null) return queue.remove(db, "callbacks", [job]);
      return attempt(execution, { ...opened, done: job }, signal);
    },
    async drain() {
      draining = true;
      await Promise.all(underWay);
    },
  };
}

interface Closing extends ClosedAttempt {
  /** The job that is done with it: one that this process has taken, or the id of one that waits. */
  readonly done: TakenJob | string;
}

interface AttemptRequest {
  readonly attemptId: number;
  readonly webhookId: string;
  readonly number: number;
  readonly url: string;
  readonly done: Closing["done"];
}

function toAnswer(outcome: DeliveryOutcome): Omit<ClosedAttempt, "executionId" | "attemptId" | "nextAttemptAt"> {
  if (outcome.kind === "not-answered") {
    return { statusCode: null, responseText: null, headers: null, error: outcome.error, accepted: false };
  }
  const { statusCode, responseText, headers } = outcome;
  return { statusCode, responseText, headers, error: null, accepted: isDelivered(outcome) };
}
