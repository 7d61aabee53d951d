import {
  anybody,
  comparePositions,
  type Database,
  feedEnd,
  type FeedEntry,
  type FeedFilter,
  type FeedPage,
  type FeedPosition,
  readFeed,
} from "@strategy-executor/db";
import { createWaiter } from "./waiter.ts";

/**
 * The newest events of all executions, read from the database once for all readers of this process. A reader whose position is older than
 * the tail reads from the database itself.
 */
export interface FeedTail extends Disposable {
  /** Calls `wake` when there may be more to read. Returns how to stop; the last one stops the tail. */
  subscribe(wake: () => void): () => void;
  /** The matching events after the position, at most one page. For subscribers only. */
  read(after: FeedPosition, filter: FeedFilter): Promise<FeedPage>;
  /** Number of subscriptions. */
  readonly size: number;
}

/** Events examined per page. */
const pageSize = 1_000;
/** Events that are kept in memory for readers that are not up to date. */
const maxKept = 10_000;
/** Pauses before the next read while an open transaction holds back events: its end sends no signal. */
const heldBackMs = { first: 50, longest: 1_000 };

/** `onChange` registers a callback for any change of an execution, and returns how to remove it. */
export function createFeedTail({ db }: Pick<Database, "db">, onChange: (callback: () => void) => () => void): FeedTail {
  const wakes = new Set<() => void>();
  let tail: Tail | null = null;
  let running: AbortController | null = null;
  const wakeAll = () => wakes.forEach((wake) => wake());

  function start(): AbortController {
    const stopping = new AbortController();
    follow(stopping.signal).catch(() => {
      if (stopping.signal.aborted) return;
      stop();
      // Each reader now reads for itself, and gets the error if it persists.
      wakeAll();
    });
    return stopping;
  }

  function stop(): void {
    running?.abort();
    running = null;
    tail = null;
  }

  async function follow(stopped: AbortSignal): Promise<void> {
    const waiter = createWaiter(stopped);
    // Registers before the first read, so that no event is missed.
    const removeCallback = onChange(waiter.wake);
    try {
      const end = await feedEnd(db);
      const own: Tail = { entries: [], from: end, to: end };
      if (!stopped.aborted) tail = own;
      // Events between a reader's last page and the start of the tail would be in neither.
      wakeAll();
      let pauseMs = heldBackMs.first;
      while (!stopped.aborted) {
        const page = await readFeed(db, own.to, { owner: anybody }, pageSize);
        append(own, page);
        if (page.events.length > 0) {
          pauseMs = heldBackMs.first;
          wakeAll();
        }
        if (page.isFull) continue;
        await waiter.wait(page.pending ? pauseMs : undefined);
        pauseMs = Math.min(2 * pauseMs, heldBackMs.longest);
      }
    } finally {
      removeCallback();
      waiter.dispose();
    }
  }

  return {
    subscribe(wake) {
      wakes.add(wake);
      return () => {
        wakes.delete(wake);
        if (wakes.size === 0) stop();
      };
    },
    async read(after, filter) {
      running ??= start();
      if (tail === null || comparePositions(after, tail.from) < 0) return readFeed(db, after, filter, pageSize);
      return pageOf(tail, after, filter);
    },
    get size() {
      return wakes.size;
    },
    [Symbol.dispose]: stop,
  };
}

/** All events after `from` up to `to`, in order. */
interface Tail {
  entries: FeedEntry[];
  from: FeedPosition;
  to: FeedPosition;
}

function append(tail: Tail, { events, covered }: FeedPage): void {
  for (const entry of events) tail.entries.push(entry);
  tail.to = covered;
  // The tail may grow to twice its size, so that trimming costs little per event.
  if (tail.entries.length < 2 * maxKept) return;
  const cut = tail.entries.length - maxKept;
  tail.from = tail.entries[cut - 1]!.position;
  tail.entries = tail.entries.slice(cut);
}

function pageOf({ entries, to }: Tail, after: FeedPosition, filter: FeedFilter): FeedPage {
  const events: FeedEntry[] = [];
  for (let index = firstAfter(entries, after); index < entries.length; index += 1) {
    const entry = entries[index]!;
    if (!matches(entry, filter)) continue;
    events.push(entry);
    if (events.length === pageSize) return { events, covered: entry.position, isFull: true, pending: false };
  }
  return { events, covered: comparePositions(after, to) < 0 ? to : after, isFull: false, pending: false };
}

function firstAfter(entries: readonly FeedEntry[], position: FeedPosition): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePositions(entries[middle]!.position, position) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function matches({ event, client }: FeedEntry, { owner, status, strategy }: FeedFilter): boolean {
  return (
    (owner === anybody || client === owner) &&
    (status === undefined || event.status === status) &&
    (strategy === undefined || event.strategy === strategy)
  );
}
