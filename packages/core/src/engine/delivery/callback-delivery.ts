import {
  decideRetry,
  type Deliverer,
  type DeliveryOutcome,
  isDelivered,
  type RetryPolicy,
} from "@strategy-executor/callback";
import { type ClosedAttempt, type Database, type StartedCallback } from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";
import type { SigningSecrets } from "../signing/signing-secrets.ts";
import { type ClosedDelivery, createCallbackWrites } from "./callback-writes.ts";
import { type EndedExecution, toEndedExecution } from "./execution-callback.ts";
import { callbackJob, receiverOf } from "../lifecycle/lifecycle.ts";
import { throughOutage } from "../work/outage.ts";
import type { Observer } from "../lifecycle/observer.ts";
import type { Queue } from "../work/queue.ts";
import type { NewJob, Redelivery, TakenJob } from "../work/job.ts";
import type { Place, Receivers } from "./receivers.ts";

export interface CallbackDeliveryOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly deliverer: Deliverer;
  readonly signingSecrets: SigningSecrets;
  readonly observer: Observer;
  readonly log: Log;
  /** Deadline of one attempt, from the look-up of the name to the last byte of the answer. */
  readonly timeoutMs: number;
  /** What is waited between attempts. */
  readonly retryWaits: RetryPolicy["waits"];
  /** Spreads retries: from 0 up to but not including 1. */
  readonly random: () => number;
  readonly receivers: Receivers;
}

/**
 * Delivers callbacks. The process that ends an execution makes the first attempt itself, at once, if its receiver is not
 * busy; everything else comes from the queue. An attempt whose answer was not recorded because the process died is made
 * again with the same id: a receiver may see a callback twice, never none.
 */
export interface CallbackDelivery {
  /**
   * Plans the callback of an execution that ends now: the job that delivers it, or, when this process is to make the first
   * attempt itself, that. No job waits beside it: an attempt that stays without an answer is found by its record.
   */
  plan(
    executionId: number,
    callback: StartedCallback,
  ): { readonly job: NewJob; readonly first: null } | { readonly job: null; readonly first: FirstAttempt };
  /** Does a job of the queue. */
  run(job: TakenJob, signal: AbortSignal): Promise<void>;
  /** Takes no first attempts any more and waits for those under way. */
  drain(): Promise<void>;
}

interface FirstAttempt {
  /** Sends, and records what comes back. The attempt was recorded when the execution was settled. */
  send(execution: EndedExecution, attemptId: number): void;
  /** There is nothing to send after all. */
  drop(): void;
}

/** How long is tried to record an answer. */
const recordingMs = 5_000;
/** How long a place at the receiver is waited for. */
const placeMs = 2_500;

/** How long after its begin an attempt without an answer must have ended, given the deadline of its request. */
export function interruptedAfterMs(timeoutMs: number): number {
  return placeMs + timeoutMs + recordingMs;
}

export function createCallbackDelivery(options: CallbackDeliveryOptions): CallbackDelivery {
  const { database, queue, deliverer, signingSecrets, observer, log, timeoutMs, retryWaits, random, receivers } =
    options;
  const underWay = new Set<Promise<void>>();
  let draining = false;

  const writes = createCallbackWrites(database, queue);

  /** The receiver is taken for busy until it has answered, and no longer. */
  async function send(execution: EndedExecution, request: AttemptRequest, signal?: AbortSignal): Promise<Sent> {
    const receiver = receiverOf(request.url);
    let outcome: DeliveryOutcome | null = null;
    try {
      if (!isAsDocumented(execution)) return { outcome: notSent, signedWith: [] };
      const secrets = await signingSecrets.activeOf(request.client);
      const observed = observer.delivery({
        executionId: execution.id,
        attempt: request.number,
        traceParent: execution.traceParent,
      });
      outcome = await deliverer.deliver({
        url: request.url,
        body: execution.body,
        headers: observed.headers,
        webhook: { id: request.webhookId, secrets: secrets.map(({ secret }) => secret) },
        timeoutMs,
        ...(signal !== undefined && { signal }),
      });
      observed.ended(outcome);
      return { outcome, signedWith: secrets.map(({ id }) => id) };
    } finally {
      receivers.end(receiver, outcome, request.redelivery !== "at once");
    }
  }

  async function attempt(execution: EndedExecution, request: AttemptRequest, signal?: AbortSignal): Promise<void> {
    const { attemptId, number, done } = request;
    const { outcome, signedWith } = await send(execution, request, signal);
    const retryAfterMs = waitAfter(request, outcome);
    // A database that is away for a moment costs no second delivery: nobody takes the attempt for interrupted before.
    const answer = {
      executionId: execution.id,
      attemptId,
      ...toAnswer(outcome),
      signedWith,
      retryAfterMs,
      done,
      again: retryAfterMs === null ? null : { ...callbackJob(execution.id, request), delayMs: retryAfterMs },
    };
    const recorded = await throughOutage(recordingMs, () => writes.close(answer));
    const fields = {
      execution_id: execution.id,
      attempt: number,
      duration_ms: outcome.durationMs,
      ...(retryAfterMs !== null && { retry_after_ms: retryAfterMs }),
      ...(outcome.kind === "answered" ? { status_code: outcome.statusCode } : { error: outcome.error }),
    };
    if (!recorded) log.warn(fields, "late answer to an overtaken delivery attempt dropped");
    else if (isDelivered(outcome)) log.info(fields, "callback delivered");
    else log.warn(fields, "callback not delivered");
  }

  /** How long to wait for the next attempt; null when there is none. */
  function waitAfter(request: AttemptRequest, outcome: DeliveryOutcome): number | null {
    const { attemptsBefore, maxAttempts, redelivery } = request;
    if (redelivery !== undefined || outcome === notSent) return null;
    const last = { attempt: attemptsBefore + 1, outcome, random: random(), now: Date.now() };
    const decision = decideRetry({ maxAttempts, waits: retryWaits }, last);
    return decision.kind === "again" ? decision.afterMs : null;
  }

  /** What is not as documented is never sent: it is a bug of ours. */
  function isAsDocumented({ id, ensureDocumented }: EndedExecution): boolean {
    try {
      ensureDocumented();
      return true;
    } catch (error) {
      log.error({ execution_id: id, err: error }, "callback does not match its definition");
      return false;
    }
  }

  function firstAttempt(callback: StartedCallback, place: Place): FirstAttempt {
    const sendInTurn = async (execution: EndedExecution, attemptId: number) => {
      const settledAt = performance.now();
      const isFree = await place.free;
      // So late its answer might come when it is taken for interrupted already.
      const isLate = performance.now() - settledAt > placeMs;
      if (!isFree || isLate) {
        place.drop();
        log.info({ execution_id: execution.id }, "first attempt left undone: its receiver is not ready for it");
        return;
      }
      await attempt(execution, { ...callback, attemptId, number: 1, attemptsBefore: 0, done: null });
    };
    return {
      send(execution, attemptId) {
        const sending = sendInTurn(execution, attemptId)
          .catch((error: unknown) =>
            log.warn({ execution_id: execution.id, err: error }, "answer not recorded: the callback is sent again"),
          )
          .finally(() => underWay.delete(sending));
        underWay.add(sending);
      },
      drop: () => place.drop(),
    };
  }

  return {
    plan(executionId, callback) {
      const place = draining ? null : receivers.tryToBegin(receiverOf(callback.url));
      if (place === null) return { job: callbackJob(executionId, callback), first: null };
      return { job: null, first: firstAttempt(callback, place) };
    },
    async run(job, signal) {
      const { redelivery, execution_id: executionId } = job.data;
      const receiver = job.groupId ?? "";
      const delayMs = redelivery === "at once" ? 0 : receivers.admit(receiver);
      if (delayMs > 0) return void (await writes.postpone({ executionId, job, delayMs }));
      receivers.begin(receiver);
      let begun = false;
      try {
        const opened = await (redelivery === undefined ? writes.openDue : writes.openRedelivery)(executionId);
        if (opened === null) return await queue.remove(database.db, "callbacks", [job]);
        begun = true;
        return await attempt(toEndedExecution(opened.execution), { ...opened, redelivery, done: job }, signal);
      } finally {
        if (!begun) receivers.drop(receiver);
      }
    },
    async drain() {
      draining = true;
      await Promise.all(underWay);
    },
  };
}

interface Sent {
  readonly outcome: DeliveryOutcome;
  /** Ids of secrets. */
  readonly signedWith: readonly string[];
}

const notSent: DeliveryOutcome = {
  kind: "not-answered",
  error: "Not sent: the payload is not what is documented",
  durationMs: 0,
};

interface AttemptRequest extends StartedCallback {
  readonly redelivery?: Redelivery | undefined;
  readonly attemptId: number;
  readonly number: number;
  /** Attempts made before that count. */
  readonly attemptsBefore: number;
  readonly done: ClosedDelivery["done"];
}

function toAnswer(
  outcome: DeliveryOutcome,
): Omit<ClosedAttempt, "executionId" | "attemptId" | "retryAfterMs" | "signedWith"> {
  if (outcome.kind === "not-answered") {
    const { error, durationMs } = outcome;
    return { statusCode: null, responseText: null, headers: null, error, accepted: false, durationMs };
  }
  const { statusCode, responseText, headers, durationMs } = outcome;
  return { statusCode, responseText, headers, error: null, accepted: isDelivered(outcome), durationMs };
}
