import { setTimeout as after } from "node:timers/promises";

export interface GroupedOptions<Item> {
  /** Most items in one call; many when absent. */
  readonly most?: number;
  /** Whether the failure of a group may be the fault of one of its items: then each is tried alone. */
  readonly splits: (error: unknown) => boolean;
  /** Items with the same key never go together; any do when absent. */
  readonly keyOf?: (item: Item) => unknown;
  /** Longest that items gather after a write, in a rush; short when absent, as where a client waits for the answer. */
  readonly gatherMs?: number;
}

/** More items in one call cost as much each. */
const many = 256;

/** How long the steps of executions gather in a rush, beside which much else of them is under way. */
export const stepGatherMs = 25;

/**
 * A group of so many is a sign of a rush: the next one waits to become bigger, for a write costs most by itself. The more,
 * the longer: a greater rush has most to gain, and its items wait for the machine anyway.
 */
const rush = 4;
const waitMsPerItem = 2;
const shortMs = 5;

/**
 * Makes one write of many: while a call is under way what comes in gathers, and goes together in the next. A lone item waits
 * for nobody, unless it comes right after a rush. `write` answers for each item, in order.
 *
 *     const start = grouped((ids) => startExecutions(db, ids), ...);
 *     await Promise.all([start(1), start(2)]); // one statement
 */
export function grouped<Item, Answer>(
  write: (items: readonly Item[]) => Promise<readonly Answer[]>,
  { most = many, splits, keyOf, gatherMs = shortMs }: GroupedOptions<Item>,
): (item: Item) => Promise<Answer> {
  let gathered: Waiting<Item, Answer>[] = [];
  let writing = false;

  async function writeGathered(): Promise<void> {
    while (gathered.length > 0) {
      const group = nextGroup();
      await settle(group);
      if (group.length >= rush && gathered.length < most) await after(Math.min(group.length * waitMsPerItem, gatherMs));
    }
    writing = false;
  }

  function nextGroup(): Waiting<Item, Answer>[] {
    const group: Waiting<Item, Answer>[] = [];
    const rest: Waiting<Item, Answer>[] = [];
    const keys = new Set<unknown>();
    for (const waiting of gathered) {
      const key = keyOf === undefined ? waiting : keyOf(waiting.item);
      if (group.length === most || keys.has(key)) rest.push(waiting);
      else {
        keys.add(key);
        group.push(waiting);
      }
    }
    gathered = rest;
    return group;
  }

  async function settle(group: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await write(group.map(({ item }) => item));
      group.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      if (group.length > 1 && splits(error)) for (const alone of group) await settle([alone]);
      else for (const { reject } of group) reject(error);
    }
  }

  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    gathered.push({ item, resolve, reject });
    if (!writing) {
      writing = true;
      // What comes in during this turn of the event loop goes along.
      setImmediate(() => void writeGathered());
    }
    return promise;
  };
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}
