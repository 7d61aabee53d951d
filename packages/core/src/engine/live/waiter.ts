/** Suspends a reader until the next wake. A wake between two waits is kept for the next one. */
export interface Waiter {
  wake(): void;
  /** Resolves at the next wake, after `limitMs` if given, or when the signal aborts. */
  wait(limitMs?: number): Promise<void>;
  dispose(): void;
}

export function createWaiter(signal: AbortSignal): Waiter {
  let woken = false;
  let resume: (() => void) | null = null;
  const wake = () => {
    woken = true;
    resume?.();
  };
  signal.addEventListener("abort", wake);
  return {
    wake,
    async wait(limitMs) {
      if (!woken && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        resume = resolve;
        const timer = limitMs === undefined ? undefined : setTimeout(resolve, limitMs);
        await promise;
        clearTimeout(timer);
        resume = null;
      }
      woken = false;
    },
    dispose: () => signal.removeEventListener("abort", wake),
  };
}
