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
  /** Of the service, as in `http://localhost:8000`. */
  readonly url: string | URL;
  /** Sent as `Authorization: Bearer`. */
  readonly apiKey?: string;
  /** In place of the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** In place of one that uses `fetch`, and so sends the key. The browser's own cannot send it. */
  readonly EventSource?: EventSourceConstructor;
}

/** Marks a query that is repeated until the service can be reached again, as subscriptions are. */
export const retryUntilReachable = { retryUntilReachable: true };

const retryMs = 1_000;

/** Sends calls in batches and follows subscriptions, which come back and resume whenever they are cut off. */
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
      // The service takes no longer batches, and few proxies take longer addresses.
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

/** Whether the service or something in front of it cannot answer now. What it refuses it would refuse again. */
function isTemporary({ data, meta, cause }: TRPCClientError<AppRouter>): boolean {
  if (data !== undefined && data !== null) return data.httpStatus >= 500;
  const status =
    (meta?.["response"] as Response | undefined)?.status ?? (cause as { code?: unknown } | undefined)?.code;
  return typeof status !== "number" || status === 408 || status === 429 || status >= 500;
}
