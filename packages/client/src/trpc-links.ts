import type { AppRouter } from "@strategy-executor/server/router";
import {
  httpBatchLink,
  httpSubscriptionLink,
  retryLink,
  splitLink,
  type TRPCClientError,
  type TRPCLink,
} from "@trpc/client";
import { EventSource as PortableEventSource, type EventSourceConstructor } from "eventsource";
import { ForeignAnswerError, nameAddress, statusOf } from "./connection-error.ts";
import { retryCalls } from "./retry-calls.ts";

export interface ClientOptions {
  /** Base URL of the service, such as `http://localhost:8000`. */
  readonly url: string | URL;
  /** Sent as `Authorization: Bearer`. */
  readonly apiKey?: string;
  /**
   * How often a call is repeated that got no answer or was put off, 3 when absent: reads, and submissions, which carry an idempotency
   * key. Streams reconnect until they are left.
   */
  readonly retries?: number;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Replaces the bundled EventSource, which uses `fetch` and so can send the key. The browser's own cannot. */
  readonly EventSource?: EventSourceConstructor;
}

/** The context of a query that is retried until the service is reachable, as subscriptions are. */
export const retryUntilReachable = { retryUntilReachable: true };

const retryMs = 1_000;

/** Batches calls, repeats those that can be, and reconnects and resumes subscriptions. */
export function toLinks(options: ClientOptions): TRPCLink<AppRouter>[] {
  const base = String(options.url).replace(/\/+$/, "");
  const url = `${base}/trpc`;
  const fetch = withKey(options.fetch ?? globalThis.fetch, options.apiKey);
  return [
    nameAddress(base),
    retryCalls(options.retries ?? 3),
    retryLink({
      retry: ({ op, error }) =>
        (op.type === "subscription" || op.context["retryUntilReachable"] === true) &&
        op.signal?.aborted !== true &&
        isTemporary(error),
      retryDelayMs: () => retryMs,
    }),
    splitLink({
      condition: ({ type }) => type === "subscription",
      true: httpSubscriptionLink({
        url,
        EventSource: options.EventSource ?? PortableEventSource,
        eventSourceOptions: { fetch },
      }),
      // The limits of the service, and of common proxies.
      false: httpBatchLink({
        url,
        fetch: (to, init) => fetchJson(fetch, to, init as RequestInit),
        maxItems: 20,
        maxURLLength: 4_000,
      }),
    }),
  ];
}

/** @throws ForeignAnswerError for what the service does not answer: tRPC would forget its status */
async function fetchJson(
  fetch: typeof globalThis.fetch,
  url: string | URL | Request,
  init: RequestInit,
): Promise<Response> {
  const response = await fetch(url, init);
  if (response.headers.get("content-type")?.includes("json") === true) return response;
  await response.body?.cancel();
  throw new ForeignAnswerError(response);
}

function withKey(fetch: typeof globalThis.fetch, apiKey: string | undefined): typeof globalThis.fetch {
  if (apiKey === undefined) return (url, init) => fetch(url, init);
  return (url, init) => {
    const headers = new Headers(init?.headers);
    headers.set("Authorization", `Bearer ${apiKey}`);
    return fetch(url, { ...init, headers });
  };
}

/** Whether the service or a proxy is temporarily unavailable. Refusals are final. */
function isTemporary(error: TRPCClientError<AppRouter>): boolean {
  const { data } = error;
  const status = statusOf(error);
  if (data !== undefined && data !== null) return data.httpStatus >= 500;
  return status === undefined || status === 408 || status === 429 || status >= 500;
}
