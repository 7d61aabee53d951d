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
import { createByteBudget } from "./byte-budget.ts";
import { type ClosedDelivery, createCallbackWrites } from "./callback-writes.ts";
import { type CallbackMessage, toCallbackMessage } from "./execution-callback.ts";
import { isMail } from "../../notifications/mailto.ts";
import { callbackJob, receiverOf } from "./callback-job.ts";
import type { Mail, NotificationSettings } from "./mailer.ts";
import { callbackMail, callbackRequest, type FormattedCallback } from "./notify.ts";
import { retryWhileUnavailable } from "../work/retry-while-unavailable.ts";
import type { Observer } from "../lifecycle/observer.ts";
import type { Queue } from "../work/queue.ts";
import type { NewJob, Redelivery, TakenJob } from "../work/job.ts";
import type { Slot, Receivers } from "./receivers.ts";

export interface CallbackDeliveryOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly deliverer: Deliverer;
  readonly notifications: NotificationSettings;
  readonly signingSecrets: SigningSecrets;
  readonly observer: Observer;
  readonly log: Log;
  /** Deadline of one attempt, from the DNS lookup to the last byte of the response. */
  readonly timeoutMs: number;
  /** Waits between attempts. */
  readonly retryWaits: RetryPolicy["waits"];
  /** Jitter of retries, in [0, 1). */
  readonly random: () => number;
  readonly receivers: Receivers;
  /** How many bytes of results may be held for callbacks that are being sent. */
  readonly maxHeldBytes: number;
}

/**
 * Delivers callbacks. The process that ends an execution makes the first attempt itself, unless the receiver is busy; all other attempts
 * come from the queue. If a process dies before it records the response, the attempt is repeated with the same id: a receiver may get a
 * callback twice, but always gets it.
 */
export interface CallbackDelivery {
  /**
   * Plans the callback of an execution that ends now: either the job that delivers it, or the first attempt by this process.
   * A first attempt has no job: if it gets no response, it is found by its record (`interrupted-callbacks.ts`).
   */
  plan(
    executionId: number,
    callback: StartedCallback,
    bytes: number,
  ): { readonly job: NewJob; readonly first: null } | { readonly job: null; readonly first: FirstAttempt };
  /** Handles a job of the queue. */
  run(job: TakenJob, signal: AbortSignal): Promise<void>;
  /**
   * Starts no more first attempts and waits for those in progress. When the signal aborts they are cut off: another process, or the next
   * start, makes them again.
   */
  drain(deadline: AbortSignal): Promise<void>;
}

interface FirstAttempt {
  /** Sends the callback and records the response. The attempt itself was recorded when the execution was settled. */
  send(message: CallbackMessage, attemptId: number): void;
  /** Releases the slot without sending. */
  cancel(): void;
}

/** How long the response waits for an unavailable database. */
const recordingMs = 5_000;
/** Longest wait for a slot of the receiver. */
const slotWaitMs = 2_500;

/** How long a callback waits when too many bytes are held. */
const fullDelayMs = 1_000;

/** The age at which an attempt without a response must be interrupted, for the given request timeout. */
export function interruptedAfterMs(timeoutMs: number): number {
  return slotWaitMs + timeoutMs + recordingMs;
}

export function createCallbackDelivery(options: CallbackDeliveryOptions): CallbackDelivery {
  const { database, queue, signingSecrets, observer, log, timeoutMs, retryWaits, random, receivers } = options;
  const inProgress = new Set<Promise<void>>();
  const budget = createByteBudget(options.maxHeldBytes);
  let draining = false;
  const cutOff = new AbortController();

  const writes = createCallbackWrites(database, queue);

  /** Occupies the receiver's slot until the response has arrived. */
  async function send(message: CallbackMessage, request: AttemptRequest, signal?: AbortSignal): Promise<Sent> {
    const receiver = receiverOf(request.url);
    let outcome: DeliveryOutcome | null = null;
    try {
      if (!isValid(message)) return { outcome: notSent, signedWith: [] };
      const secrets = await signingSecrets.activeOf(request.client);
      const observed = observer.delivery({
        executionId: message.executionId,
        attempt: request.number,
        traceParent: message.traceParent,
      });
      const sending = {
        ...message,
        ...request,
        headers: observed.headers,
        secrets: secrets.map(({ secret }) => secret),
      };
      outcome = await (isMail(request.url) ? sendMail(sending, signal) : post(sending, signal));
      observed.ended(outcome);
      return { outcome, signedWith: secrets.map(({ id }) => id) };
    } finally {
      // An SMTP server that refuses one recipient is healthy.
      const isRefusedMail = isMail(request.url) && outcome?.kind === "answered";
      receivers.end(receiver, outcome, request.redelivery !== "at once" && !isRefusedMail);
    }
  }

  function post(callback: Sending, signal?: AbortSignal): Promise<DeliveryOutcome> {
    return options.deliverer.deliver({
      ...callbackRequest(callback, options.notifications),
      client: callback.client,
      headers: callback.headers,
      webhook: { id: callback.webhookId, secrets: callback.secrets },
      timeoutMs,
      ...(signal !== undefined && { signal }),
    });
  }

  async function sendMail(callback: Sending, signal?: AbortSignal): Promise<DeliveryOutcome> {
    const { mailer } = options.notifications;
    // It was set up when the callback was accepted.
    if (mailer === null) return { kind: "not-answered", error: "Mail is not set up", durationMs: 0 };
    return mailer.send({
      ...callbackMail(callback, options.notifications),
      address: callback.url,
      id: callback.webhookId,
      attachment: await reportOf(callback.executionId),
      timeoutMs,
      ...(signal !== undefined && { signal }),
    });
  }

  /** A mail without its report is better than none. */
  async function reportOf(executionId: number): Promise<Mail["attachment"]> {
    try {
      const html = (await options.notifications.report?.(executionId)) ?? null;
      return html === null ? null : { name: `execution-${executionId}.html`, html };
    } catch (error) {
      log.warn({ execution_id: executionId, err: error }, "the report of a mail could not be made");
      return null;
    }
  }

  async function attempt(message: CallbackMessage, request: AttemptRequest, signal?: AbortSignal): Promise<void> {
    const { attemptId, number, finishedJob } = request;
    const { executionId } = message;
    const { outcome, signedWith } = await send(message, request, signal);
    const retryAfterMs = waitAfter(request, outcome);
    const closed = {
      executionId,
      attemptId,
      ...toAnswer(outcome),
      signedWith,
      retryAfterMs,
      finishedJob,
      nextJob: retryAfterMs === null ? null : { ...callbackJob(executionId, request), delayMs: retryAfterMs },
    };
    // A short outage causes no second delivery: `interruptedAfterMs` allows for these retries.
    const recorded = await retryWhileUnavailable(recordingMs, () => writes.close(closed));
    const fields = {
      execution_id: executionId,
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

  /** An invalid body is a bug of ours and is never sent. */
  function isValid({ executionId, validate }: CallbackMessage): boolean {
    try {
      validate();
      return true;
    } catch (error) {
      log.error({ execution_id: executionId, err: error }, "callback does not match its definition");
      return false;
    }
  }

  function firstAttempt(callback: StartedCallback, slot: Slot, bytes: number): FirstAttempt {
    const sendInTurn = async (message: CallbackMessage, attemptId: number) => {
      const settledAt = performance.now();
      const giveUp = () => slot.release();
      cutOff.signal.addEventListener("abort", giveUp, { once: true });
      const isGranted = await slot.granted;
      cutOff.signal.removeEventListener("abort", giveUp);
      // A later response could arrive when the attempt is already closed as interrupted.
      const isLate = performance.now() - settledAt > slotWaitMs;
      if (!isGranted || isLate || cutOff.signal.aborted) {
        slot.release();
        log.info({ execution_id: message.executionId }, "first attempt skipped: the receiver is busy");
        return;
      }
      const request = { ...callback, attemptId, number: 1, attemptsBefore: 0, finishedJob: null };
      await attempt(message, request, cutOff.signal);
    };
    return {
      send(message, attemptId) {
        const sending = sendInTurn(message, attemptId)
          .catch((error: unknown) =>
            log.warn(
              { execution_id: message.executionId, err: error },
              "response not recorded: the callback is sent again",
            ),
          )
          .finally(() => {
            budget.release(bytes);
            inProgress.delete(sending);
          });
        inProgress.add(sending);
      },
      cancel() {
        budget.release(bytes);
        slot.release();
      },
    };
  }

  return {
    plan(executionId, callback, bytes) {
      const slot = draining ? null : receivers.tryReserve(receiverOf(callback.url));
      if (slot !== null && budget.tryTake(bytes)) return { job: null, first: firstAttempt(callback, slot, bytes) };
      slot?.release();
      return { job: callbackJob(executionId, callback), first: null };
    },
    async run(job, signal) {
      const { redelivery, execution_id: executionId } = job.data;
      const receiver = job.groupId ?? "";
      const bytes = await writes.sizeOf(executionId);
      const delayMs = redelivery === "at once" ? 0 : receivers.admit(receiver);
      if (delayMs > 0) return void (await writes.postpone({ executionId, job, delayMs }));
      if (!budget.tryTake(bytes)) return void (await writes.postpone({ executionId, job, delayMs: fullDelayMs }));
      receivers.begin(receiver);
      let attempted = false;
      try {
        const open = redelivery === undefined ? writes.openDue : writes.openRedelivery;
        const opened = await open({ executionId, bytes });
        if (opened === null) return await queue.remove(database.db, "callbacks", [job]);
        attempted = true;
        return await attempt(toCallbackMessage(opened.execution), { ...opened, redelivery, finishedJob: job }, signal);
      } finally {
        if (!attempted) receivers.release(receiver);
        budget.release(bytes);
      }
    },
    async drain(deadline) {
      draining = true;
      const cut = () => cutOff.abort(new Error("The process is ending"));
      if (deadline.aborted) cut();
      deadline.addEventListener("abort", cut, { once: true });
      await Promise.all(inProgress);
    },
  };
}

/** A callback with the data of this attempt. */
interface Sending extends FormattedCallback {
  readonly executionId: number;
  readonly client: string;
  readonly webhookId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

interface Sent {
  readonly outcome: DeliveryOutcome;
  /** Ids of the signing secrets. */
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
  /** Earlier attempts that count against the limit. */
  readonly attemptsBefore: number;
  readonly finishedJob: ClosedDelivery["finishedJob"];
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
