import type { AppRouter } from "@strategy-executor/server/router";
import { type Operation, TRPCClientError, type TRPCLink } from "@trpc/client";
import { observable, type Unsubscribable } from "@trpc/server/observable";
import { responseOf, statusOf } from "./connection-error.ts";

/** Longer waits are left to the caller. */
const maxWaitMs = 10_000;

/**
 * Repeats calls that got no answer or were put off, where a second one does no harm: reads, and submissions with an idempotency key. Waits
 * longer each time, and as long as the service asks for.
 */
export function retryCalls(retries: number): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        let current: Unsubscribable | undefined;
        let waiting: ReturnType<typeof setTimeout> | undefined;
        const attempt = (number: number) => {
          waiting = undefined;
          current = next(op).subscribe({
            next: (value) => observer.next(value),
            complete: () => observer.complete(),
            error(error) {
              const waitMs = waitBefore(number, error);
              if (number > retries || op.signal?.aborted === true || !isRepeatable(op) || waitMs === null)
                observer.error(error);
              else waiting = setTimeout(attempt, waitMs, number + 1);
            },
          });
        };
        const stop = () => {
          if (waiting === undefined) return;
          clearTimeout(waiting);
          observer.error(TRPCClientError.from(op.signal?.reason as Error));
        };
        op.signal?.addEventListener("abort", stop, { once: true });
        attempt(1);
        return () => {
          clearTimeout(waiting);
          op.signal?.removeEventListener("abort", stop);
          current?.unsubscribe();
        };
      });
}

function isRepeatable({ type, input }: Operation): boolean {
  if (type === "query") return true;
  return type === "mutation" && typeof (input as { idempotency_key?: unknown } | null)?.idempotency_key === "string";
}

/** The milliseconds until it may go better; null when repeating is useless, or not soon. */
function waitBefore(attempt: number, error: TRPCClientError<AppRouter>): number | null {
  const status = statusOf(error);
  if (status !== undefined && ![408, 429, 502, 503, 504].includes(status)) return null;
  const backoffMs = 200 * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
  const askedMs = Number(responseOf(error)?.headers.get("retry-after") ?? 0) * 1_000;
  // An HTTP date is not a number: the service does not send them, and proxies rarely do.
  const waitMs = Math.max(backoffMs, Number.isFinite(askedMs) ? askedMs : 0);
  return waitMs > maxWaitMs ? null : waitMs;
}
