import { DomainError } from "@strategy-executor/core";
import type { Caller } from "../access/access.ts";

export interface StreamTimes {
  /**
   * How often something is sent on a stream on which nothing happens, so that proxies do not close it. tRPC takes the usual
   * time whatever is said here, and Yoga has 12 s of its own.
   */
  readonly heartbeatMs: number;
  /**
   * How long a client may leave what was sent to it unread before it is dropped. It would hold a listener and memory for as
   * long as it likes; it can come back and resume.
   */
  readonly stalledMs: number;
}

export const streamTimes: StreamTimes = { heartbeatMs: 15_000, stalledMs: 30_000 };

/** The streams that clients hold open, over all transports. */
export interface OpenStreams extends StreamTimes {
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

export function createOpenStreams(maxPerClient: number, times = streamTimes): OpenStreams {
  const open = new Map<string, number>();
  const ending = new AbortController();
  return {
    ...times,
    open({ countedAs, watch }) {
      const count = open.get(countedAs) ?? 0;
      if (count >= maxPerClient) {
        throw new DomainError("too_many_requests", `No more than ${maxPerClient} streams may be open at once`);
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
