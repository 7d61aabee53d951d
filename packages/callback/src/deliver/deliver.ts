import { validateHeaderName, validateHeaderValue } from "node:http";

import ky from "ky";
import { Agent } from "undici";

import { blockedPorts } from "../guard/blocked-ports.ts";
import { AddressRefusedError, connectionTimedOut, failureReason } from "./failure-reason.ts";
import { portOf, urlProblem } from "../address/http-url.ts";
import {
  type AllowAddress,
  clientOfDelivery,
  createLookup,
  ensureAllowedLiteral,
  type ResolveHost,
} from "../guard/lookup.ts";
import { createNameResolver } from "../guard/name-resolver.ts";
import { signCallback } from "../sign/signature.ts";
import { readAtMost } from "./read-body.ts";

/** What came of one delivery attempt. */
export type DeliveryOutcome = Answered | NotAnswered;

/** The receiver answered, with whatever status. */
export interface Answered {
  readonly kind: "answered";
  readonly statusCode: number;
  /**
   * The body's first bytes as text, in the charset that the answer names, otherwise UTF-8. Bytes that are none of it are
   * replaced, and NUL characters, which databases refuse, are removed.
   */
  readonly responseText: string;
  /** The body was longer than what was read of it. */
  readonly truncated: boolean;
  /** By name in the case of `Content-Type`; the values of a repeated header are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly durationMs: number;
}

/** There was no complete answer; `error` is a short reason such as `Connection refused` or `Timeout after 10 s`. */
export interface NotAnswered {
  readonly kind: "not-answered";
  readonly error: string;
  /** The receiver may be there, and slow. */
  readonly timedOut?: boolean;
  readonly durationMs: number;
}

/** One request to make. */
export interface Delivery {
  readonly url: string;
  /** `post` when absent. */
  readonly method?: "post" | "put" | "patch";
  /** Sent exactly as it is, in UTF-8. */
  readonly body: string;
  /** Beside `content-type: application/json` and the user agent, which they may replace. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Puts the headers of Standard Webhooks on, which `headers` cannot replace. */
  readonly webhook?: WebhookIdentity;
  /** The client. Lookups are bounded by client, so that names without an answer do not delay others. */
  readonly client?: string;
  /** From the first look-up to the last byte of the answer that is read. */
  readonly timeoutMs: number;
  /** How much of the answer's body is read; the connection is dropped on the rest. 20,000 when absent. */
  readonly maxResponseBytes?: number;
  readonly signal?: AbortSignal;
}

/** Which callback this is, and what proves it. */
export interface WebhookIdentity {
  /** `webhook-id`: the same for every attempt, so that a receiver knows a repetition. */
  readonly id: string;
  /** `whsec_` and `whsk_` secrets, each of which signs, over a timestamp of the attempt's own; not signed when absent or empty. */
  readonly secrets?: readonly string[];
}

/** Sends callbacks. Holds the open connections to receivers; disposing it waits for open deliveries. */
export interface Deliverer extends AsyncDisposable {
  /**
   * Sends once: no retry, no redirect followed. Whatever the receiver does is an outcome.
   *
   * @throws the reason of `delivery.signal` when that aborts; TypeError for headers that HTTP cannot carry
   * and for what cannot sign.
   */
  deliver(delivery: Delivery): Promise<DeliveryOutcome>;
}

export interface DelivererOptions {
  /** Which addresses may be called; every one when absent. Asked about literals and every address that a name resolves to. */
  readonly allowAddress?: AllowAddress;
  /** Why a URL may not be called, shown to the client, or nothing when it may. */
  readonly checkUrl?: (url: string) => string | undefined;
  /** Whether an unknown name fails like one with only refused addresses. */
  readonly hidesNames?: boolean;
  /** How names are resolved; through the system's name servers when absent. */
  readonly resolveHost?: ResolveHost;
  readonly userAgent?: string;
}

/**
 * Makes a deliverer.
 *
 *     await using deliverer = createDeliverer();
 *     const outcome = await deliverer.deliver({ url, body: JSON.stringify(payload), timeoutMs: 10_000 });
 *     if (isDelivered(outcome)) ...
 */
export function createDeliverer(options: DelivererOptions = {}): Deliverer {
  const {
    allowAddress,
    checkUrl,
    hidesNames,
    resolveHost = createNameResolver(),
    userAgent = "callback/1.0",
  } = options;
  const agent = new Agent({
    connect: {
      lookup: createLookup(resolveHost, { allowAddress, hidesNames }),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: attemptTimeoutMs,
      timeout: connectTimeoutMs,
    },
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
  });

  // The types of Node's own undici are of another minor version than the package's.
  const dispatcher = agent as unknown as NonNullable<RequestInit["dispatcher"]>;

  async function send(delivery: Delivery): Promise<DeliveryOutcome> {
    const { url, method = "post", body, timeoutMs, maxResponseBytes = 20_000, signal } = delivery;
    signal?.throwIfAborted();
    const headers = headersOf(delivery, userAgent);

    const started = performance.now();
    const durationMs = () => Math.round(performance.now() - started);
    // ky's own timeout ends with the headers. This deadline covers the body too.
    const request = new AbortController();
    let late = false;
    const deadline = setTimeout(() => {
      late = true;
      request.abort(finished);
    }, timeoutMs);
    try {
      const problem = urlProblem(url) ?? checkUrl?.(url);
      if (problem) throw new AddressRefusedError(`Address not allowed: ${problem}`);
      const parsed = new URL(url);
      if (allowAddress) ensureAllowedLiteral(parsed, allowAddress);
      if (blockedPorts.has(portOf(parsed))) throw new AddressRefusedError("Port not allowed");
      const response = await ky(url, {
        method,
        headers,
        body,
        dispatcher,
        redirect: "manual",
        retry: 0,
        throwHttpErrors: false,
        timeout: false,
        signal: signal ? AbortSignal.any([request.signal, signal]) : request.signal,
      });
      const { bytes, truncated } = await readAtMost(maxResponseBytes, response.body);
      return {
        kind: "answered",
        statusCode: response.status,
        responseText: textOf(bytes, response.headers.get("content-type"), truncated),
        truncated,
        headers: recordedHeaders(response.headers),
        durationMs: durationMs(),
      };
    } catch (error) {
      signal?.throwIfAborted();
      const reason = late ? `Timeout after ${timeoutMs / 1000} s` : failureReason(error);
      const timedOut = late || reason === connectionTimedOut;
      return { kind: "not-answered", error: reason, timedOut, durationMs: durationMs() };
    } finally {
      clearTimeout(deadline);
      // Closes the connection if the receiver still sends after the body has ended, as a compressed body can.
      request.abort(finished);
    }
  }

  const underWay = new Set<Promise<DeliveryOutcome>>();
  return {
    deliver(delivery) {
      const sending = clientOfDelivery.run(delivery.client, () => send(delivery));
      underWay.add(sending);
      return sending.finally(() => underWay.delete(sending));
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(underWay);
      // Not close(): it would wait for abandoned connection attempts.
      await agent.destroy();
    },
  };
}

/** Whether the receiver took the callback: it answered 2xx. */
export function isDelivered(outcome: DeliveryOutcome): boolean {
  return outcome.kind === "answered" && outcome.statusCode >= 200 && outcome.statusCode <= 299;
}

// One for all: making an error takes longer than the rest of an abort.
const finished = new Error("The request has ended");

// A connection attempt is not stopped when its request ends; this limit stops it.
const connectTimeoutMs = 30_000;
/** Node's 250 ms take a moment in which this process was busy for a receiver that does not answer. */
const attemptTimeoutMs = 3_000;

// Shorter than the idle time after which servers close connections (gunicorn 2 s, Node 5 s), whatever they announce:
// a POST sent on a connection that is being closed fails, and may not simply be sent again.
const keepAliveMs = 1_000;

// The answer is recorded as text, so compression is not requested.
const usualHeaders = { "content-type": "application/json", accept: "*/*", "accept-encoding": "identity" };

/** The headers of every delivery, without its signatures and without those that the transport adds. */
export function unsignedHeaders(webhookId: string, userAgent: string): Record<string, string> {
  return { ...usualHeaders, "user-agent": userAgent, "webhook-id": webhookId };
}

/** By lower-case name, so that each is there once. */
function headersOf(delivery: Delivery, userAgent: string): Record<string, string> {
  const headers: Record<string, string> = { ...usualHeaders, "user-agent": userAgent };
  for (const [name, value] of Object.entries(delivery.headers ?? {})) headers[name.toLowerCase()] = value.trim();
  Object.assign(headers, webhookHeaders(delivery));
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  return headers;
}

/** A character cut at the end is left out. */
function textOf(bytes: Uint8Array, contentType: string | null, truncated: boolean): string {
  return decoderOf(contentType).decode(bytes, { stream: truncated }).replaceAll("\0", "");
}

function decoderOf(contentType: string | null): InstanceType<typeof TextDecoder> {
  const charset = /;\s*charset\s*=\s*["']?([^\s;"',]+)/i.exec(contentType ?? "")?.[1];
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

/** By name in the case of `Content-Type`. */
function recordedHeaders(headers: Headers): Record<string, string> {
  const recorded: Record<string, string> = {};
  for (const [name, value] of headers) {
    const shown = name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
    // `Headers` joins the values of a repeated header, but lists every cookie by itself.
    recorded[shown] = recorded[shown] === undefined ? value : `${recorded[shown]}, ${value}`;
  }
  return recorded;
}

function webhookHeaders({ webhook, body }: Delivery): Readonly<Record<string, string>> {
  if (!webhook) return {};
  const { id, secrets = [] } = webhook;
  if (secrets.length === 0) return { "webhook-id": id };
  return signCallback(secrets, { webhookId: id, timestamp: Math.floor(Date.now() / 1000), body });
}
