import { DomainError } from "@strategy-executor/core";

/** The streams that clients hold open, over all transports. */
export interface Streams {
  /**
   * Takes a place for one more stream of the client.
   * @throws DomainError `too_many_requests` when the client has as many as it may
   */
  open(client: string): OpenStream;
  /** Asks every stream to end, so that its client goes on with another process. */
  end(): void;
}

interface OpenStream {
  /** Aborts when the process is about to end. */
  readonly ending: AbortSignal;
  /** Gives the place back; a second time does nothing. */
  release(): void;
}

export function createStreams(mostPerClient: number): Streams {
  const open = new Map<string, number>();
  const ending = new AbortController();
  return {
    open(client) {
      const count = open.get(client) ?? 0;
      if (count >= mostPerClient) {
        throw new DomainError("too_many_requests", `No more than ${mostPerClient} streams may be open at once`);
      }
      open.set(client, count + 1);
      let held = true;
      return {
        ending: ending.signal,
        release() {
          if (!held) return;
          held = false;
          const left = (open.get(client) ?? 1) - 1;
          if (left === 0) open.delete(client);
          else open.set(client, left);
        },
      };
    },
    end: () => ending.abort(),
  };
}
