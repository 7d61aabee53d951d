import type { LookupAddress } from "node:dns";
import { NameLookupError } from "../deliver/failure-reason.ts";
import type { ResolveHost } from "./lookup.ts";

/** How long an answer is used again: long enough for a burst of callbacks, short enough for a receiver that moves. */
const rememberMs = 5_000;
const rememberFailureMs = 1_000;
const maxRemembered = 10_000;
/** A client whose names get no answer has this many lookups under way. Its others wait. */
const perClient = 32;
/** Further ones fail at once, and so do those whose turn comes after the delivery has surely ended. */
const maxWaiting = 1_000;
const maxWaitMs = 10_000;
/** Each lookup holds a socket. */
const maxLookups = 1_024;

/** Bounds lookups: one per name at once, few per client, and none for a name that was just looked up. */
export function boundLookups(resolve: ResolveHost): ResolveHost {
  const known = new Map<string, Known>();
  const clients = new Map<string, Queue>();
  let underWay = 0;

  const find = (name: string): Promise<readonly LookupAddress[]> | undefined => {
    const entry = known.get(name);
    if (entry !== undefined && performance.now() < entry.until) return entry.addresses;
    known.delete(name);
    return undefined;
  };

  const begin = (name: string): Promise<readonly LookupAddress[]> => {
    if (underWay >= maxLookups) return Promise.reject(tooMany());
    underWay += 1;
    const entry: Known = { addresses: resolve(name), until: Infinity };
    known.set(name, entry);
    if (known.size > maxRemembered) known.delete(known.keys().next().value!);
    const settle = (ms: number) => () => {
      underWay -= 1;
      entry.until = performance.now() + ms;
    };
    entry.addresses.then(settle(rememberMs), settle(rememberFailureMs));
    return entry.addresses;
  };

  return async (hostname, client = "") => {
    const name = hostname.toLowerCase();
    const found = find(name);
    if (found !== undefined) return found;
    const queue = clients.get(client) ?? { running: 0, waiting: [] };
    clients.set(client, queue);
    if (queue.running < perClient) queue.running += 1;
    else await turnIn(queue);
    try {
      // Another client may have requested the name meanwhile.
      return await (find(name) ?? begin(name));
    } finally {
      if (!beginNext(queue)) queue.running -= 1;
      if (queue.running === 0) clients.delete(client);
    }
  };
}

function turnIn({ waiting }: Queue): Promise<void> {
  if (waiting.length >= maxWaiting) return Promise.reject(tooMany());
  return new Promise((begin, fail) => waiting.push({ begin, fail, since: performance.now() }));
}

/** Hands the place of an ended lookup to the next that still waits. */
function beginNext({ waiting }: Queue): boolean {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (performance.now() - next.since < maxWaitMs) {
      next.begin();
      return true;
    }
    next.fail(tooMany());
  }
  return false;
}

function tooMany(): NameLookupError {
  return new NameLookupError("too many lookups at once");
}

interface Known {
  readonly addresses: Promise<readonly LookupAddress[]>;
  /** In milliseconds of `performance.now`. */
  until: number;
}

interface Queue {
  running: number;
  readonly waiting: Waiting[];
}

interface Waiting {
  begin(): void;
  fail(error: NameLookupError): void;
  readonly since: number;
}
