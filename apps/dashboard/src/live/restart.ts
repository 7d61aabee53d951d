import { useCallback, useState } from "react";
import { failureOf } from "../api/errors.ts";

/** When to begin a stream again that failed, in milliseconds; null when the service refuses it for good. */
export function restartAfterMs(error: unknown): number | null {
  const failure = failureOf(error);
  switch (failure.kind) {
    case "busy":
      return failure.retryAfter * 1_000;
    case "unreachable":
    case "failed":
      return 2_000;
    case "signed out":
    case "forbidden":
    case "not found":
    case "refused":
      return null;
  }
}

/**
 * Counts the beginnings of a stream. The function counts on some time after the stream failed, unless the signal, which ends the stream,
 * aborts before.
 */
export function useRestarts(): readonly [number, (error: unknown, signal: AbortSignal) => void] {
  const [count, setCount] = useState(0);
  const restart = useCallback((error: unknown, signal: AbortSignal): void => {
    const waitMs = restartAfterMs(error);
    if (waitMs === null || signal.aborted) return;
    const timer = setTimeout(() => setCount((old) => old + 1), waitMs);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }, []);
  return [count, restart];
}
