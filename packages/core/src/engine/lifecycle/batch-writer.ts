import { setTimeout as after } from "node:timers/promises";

export interface BatchWriterOptions<Item> {
  /** Maximum number of items in one call of `write`. */
  readonly maxItems?: number;
  /** Whether a single item can make a batch fail: then each item is retried alone. */
  readonly retriesAlone: (error: unknown) => boolean;
  /** Items with the same key never share a batch. When absent, any items may. */
  readonly keyOf?: (item: Item) => unknown;
  /** Pause between two batches of a burst, in milliseconds. Short when absent, since a client may wait. */
  readonly batchWindowMs?: number;
  /** Size of an item, to limit the size of a batch: `maxBatchBytes`. */
  readonly bytesOf?: (item: Item) => number;
  /** How long a batch may take before the next one no longer waits for it, in milliseconds. */
  readonly hangMs?: number;
  /** How many batches may hang before the next one waits for one of them. */
  readonly maxHanging?: number;
}

/** Beyond this size a larger batch saves nothing per item. */
const defaultMaxItems = 256;

/** A batch is built and sent in one piece on the event loop. A larger item is a batch of its own. */
export const maxBatchBytes = 4_000_000;

/** The window for steps of executions, for which no client waits. */
export const stepBatchWindowMs = 25;

/**
 * A batch of this size indicates a burst. The writer then pauses, so that the next batch grows: the fixed cost of a statement is
 * several times that of an item.
 */
const burstSize = 2;
const defaultWindowMs = 5;

/** Far longer than a batch takes, unless its connection is lost or it waits for a lock. */
const defaultHangMs = 1_000;
/** While so many batches hang, the database is unavailable. */
const defaultMaxHanging = 2;

/**
 * Combines many writes into one: items that arrive while a call is running share the next call. A lone item is written at
 * once, unless it follows a burst. `write` returns one answer per item, in order.
 *
 * A batch that hangs, because its packets are lost or it waits for a lock, delays only its own items: the next batch is written beside it.
 * `write` must settle eventually, as calls to the database do (`DatabaseTimeouts`).
 *
 *     const start = batchWriter((ids) => startExecutions(db, ids), ...);
 *     await Promise.all([start(1), start(2)]); // one statement
 */
export function batchWriter<Item, Answer>(
  write: (items: readonly Item[]) => Promise<readonly Answer[]>,
  options: BatchWriterOptions<Item>,
): (item: Item) => Promise<Answer> {
  const { maxItems = defaultMaxItems, batchWindowMs = defaultWindowMs, hangMs = defaultHangMs } = options;
  const { retriesAlone, keyOf = () => Symbol("none"), bytesOf = () => 0, maxHanging = defaultMaxHanging } = options;
  let queued: Queued<Item, Answer>[] = [];
  let writing = false;
  /** Batches that take longer than `hangMs`. */
  const hanging = new Set<Promise<void>>();

  async function writeQueued(): Promise<void> {
    while (queued.length > 0) {
      const batch = nextBatch();
      await ended(writeBatch(batch));
      if (batch.length >= burstSize && queued.length < maxItems) {
        await after(batchWindowMs);
      }
    }
    writing = false;
  }

  /** Waits for a batch, or until the next one may be written beside it. */
  async function ended(batch: Promise<void>): Promise<void> {
    const { promise: hangs, resolve } = Promise.withResolvers<"hangs">();
    const timer = setTimeout(resolve, hangMs, "hangs");
    const outcome = await Promise.race([batch, hangs]);
    clearTimeout(timer);
    if (outcome !== "hangs") return;
    hanging.add(batch);
    void batch.then(() => hanging.delete(batch));
    while (hanging.size > maxHanging) await Promise.race(hanging);
  }

  function nextBatch(): Queued<Item, Answer>[] {
    const batch: Queued<Item, Answer>[] = [];
    const rest: Queued<Item, Answer>[] = [];
    const keys = new Set<unknown>();
    let bytes = 0;
    for (const entry of queued) {
      const isFull = batch.length === maxItems || (batch.length > 0 && bytes + entry.bytes > maxBatchBytes);
      if (isFull || keys.has(entry.key)) rest.push(entry);
      else {
        keys.add(entry.key);
        bytes += entry.bytes;
        batch.push(entry);
      }
    }
    queued = rest;
    return batch;
  }

  async function writeBatch(batch: readonly Queued<Item, Answer>[]): Promise<void> {
    try {
      const answers = await write(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      if (batch.length > 1 && retriesAlone(error)) for (const entry of batch) await writeBatch([entry]);
      else for (const { reject } of batch) reject(error);
    }
  }

  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    // Once: an item may wait for many batches.
    queued.push({ item, key: keyOf(item), bytes: bytesOf(item), resolve, reject });
    if (!writing) {
      writing = true;
      // Items of the same turn of the event loop share the first batch.
      setImmediate(() => void writeQueued());
    }
    return promise;
  };
}

interface Queued<Item, Answer> {
  readonly item: Item;
  readonly key: unknown;
  readonly bytes: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}
