import { DomainError } from "@strategy-executor/core";
import type { Caller } from "./access/access.ts";

/** The streams that clients hold open, over all transports. */
export interface Streams {
  /**
   * Takes a place for one more stream of the caller.
   * @throws DomainError `too_many_requests` when the caller has as many as it may
   */
  open(caller: Caller): OpenStream;
  /** Asks every stream to end, so that its client goes on with another process. */
  end(): void;
}

interface OpenStream {
  /** Aborts when the process is about to end, or when the caller's key no longer lets it in. */
  readonly ending: AbortSignal;
  /** Gives the place back; a second time does nothing. */
  release(): void;
}

export function createStreams(mostPerClient: number): Streams {
  const open = new Map<string, number>();
  const ending = new AbortController();
  return {
    open({ countedAs, watch }) {
      const count = open.get(countedAs) ?? 0;
      if (count >= mostPerClient) {
        throw new DomainError("too_many_requests", `No more than ${mostPerClient} streams may be open at once`);
      }
      open.set(countedAs, count + 1);
      const key = watch();
      let held = true;
      return {
        ending: AbortSignal.any([ending.signal, key.ended]),
        release() {
          if (!held) return;
          held = false;
          key[Symbol.dispose]();
          const left = (open.get(countedAs) ?? 1) - 1;
          if (left === 0) open.delete(countedAs);
          else open.set(countedAs, left);
        },
      };
    },
    end: () => ending.abort(),
  };
}
