/** Hands out a fixed number of places, first come, first served. */
export interface Places {
  /** Waits for a place. Disposal gives it back. @throws the reason of the signal when it aborts first */
  take(signal: AbortSignal): Promise<Disposable>;
}

export function createPlaces(count: number): Places {
  let free = count;
  const waiting = new Set<() => void>();

  function giveBack(): void {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else {
      waiting.delete(next);
      next();
    }
  }

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) free -= 1;
      else await turn(waiting, signal);
      let isTaken = true;
      return {
        [Symbol.dispose]() {
          if (isTaken) giveBack();
          isTaken = false;
        },
      };
    },
  };
}

function turn(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => {
    waiting.delete(grant);
    reject(signal.reason);
  };
  const grant = () => {
    signal.removeEventListener("abort", abort);
    resolve();
  };
  waiting.add(grant);
  signal.addEventListener("abort", abort, { once: true });
  return promise;
}
