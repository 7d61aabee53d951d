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

export interface ClientOptions {
  /** Base URL of the service, such as `http://localhost:8000`. */
  readonly url: string | URL;
  /** Sent as `Authorization: Bearer`. */
  readonly apiKey?: string;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Replaces the bundled EventSource, which uses `fetch` and so can send the key. The browser's own cannot. */
  readonly EventSource?: EventSourceConstructor;
}

/** The context of a query that is retried until the service is reachable, as subscriptions are. */
export const retryUntilReachable = { retryUntilReachable: true };

const retryMs = 1_000;

/** Batches calls, and reconnects and resumes subscriptions. */
export function toLinks(options: ClientOptions): TRPCLink<AppRouter>[] {
  const url = `${String(options.url).replace(/\/+$/, "")}/trpc`;
  const fetch = withKey(options.fetch ?? globalThis.fetch, options.apiKey);
  return [
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
        fetch: (to, init) => fetch(to, init as RequestInit),
        maxItems: 20,
        maxURLLength: 4_000,
      }),
    }),
  ];
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
function isTemporary({ data, meta, cause }: TRPCClientError<AppRouter>): boolean {
  if (data !== undefined && data !== null) return data.httpStatus >= 500;
  const status =
    (meta?.["response"] as Response | undefined)?.status ?? (cause as { code?: unknown } | undefined)?.code;
  return typeof status !== "number" || status === 408 || status === 429 || status >= 500;
}
