import { DomainError } from "@strategy-executor/core";
import type { Caller } from "../access/access.ts";

export interface StreamTimes {
  /**
   * The interval of heartbeats on an idle stream, so that proxies keep it open. tRPC always uses this default, and Yoga has its own 12 s.
   */
  readonly heartbeatMs: number;
  /**
   * How long a client may leave data unread before it is dropped, because its stream holds a listener and memory. It can reconnect and
   * resume.
   */
  readonly stalledMs: number;
}

export const streamTimes: StreamTimes = { heartbeatMs: 15_000, stalledMs: 30_000 };

/** Open streams of all clients, over all transports. */
export interface OpenStreams extends StreamTimes {
  /**
   * Registers one more stream of the caller.
   * @throws DomainError `too_many_requests` at the caller's limit
   */
  open(caller: Caller): OpenStream;
  /** Ends every stream, so that its client reconnects to another process. */
  end(): void;
}

interface OpenStream {
  /** Aborts when the process stops or the caller's key becomes invalid. */
  readonly ending: AbortSignal;
  /** Unregisters the stream. Calling it again does nothing. */
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
