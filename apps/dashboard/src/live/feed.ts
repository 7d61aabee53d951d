import type { ExecutionEvent } from "@strategy-executor/client";
import { client } from "../api/client.ts";
import { isLive } from "./switch.ts";

/** What happened lately: the newest event of each execution, oldest first. */
export type News = ReadonlyMap<number, ExecutionEvent>;

type Listener = (news: News) => void;

/** At most four paints a second, and no more than this many executions in one. */
const paintEveryMs = 250;
const mostKept = 500;
/** A hidden tab gives its connection back: browsers allow six to a host over HTTP/1.1. */
const hiddenForMs = 30_000;
/** Further behind, the page is read anew. */
const mostBehind = 10_000;

const listeners = new Set<Listener>();
const anew = new Set<() => void>();
let waiting = new Map<number, ExecutionEvent>();
let cursor: string | undefined;
let stream: AbortController | undefined;
let paint: ReturnType<typeof setTimeout> | undefined;
let hiding: ReturnType<typeof setTimeout> | undefined;

/**
 * Follows all executions of the client, over one subscription for the whole tab. `lost` is called when too much has happened to tell
 * it one by one.
 */
export function followAll(listener: Listener, lost: () => void): () => void {
  listeners.add(listener);
  anew.add(lost);
  adjust();
  return () => {
    listeners.delete(listener);
    anew.delete(lost);
    adjust();
  };
}

isLive.subscribe(adjust);
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.visibilityState === "hidden") hiding = setTimeout(close, hiddenForMs);
  else adjust();
});

/** Opens or closes the stream, whatever is wanted. */
function adjust(): void {
  const wanted = listeners.size > 0 && isLive.get() && document.visibilityState === "visible";
  if (wanted && stream === undefined) void run((stream = new AbortController()));
  // Switched off is switched off: what happens meanwhile is read anew later. A hidden tab goes on from where it was.
  if (!isLive.get() || listeners.size === 0) {
    cursor = undefined;
    close();
  }
}

function close(): void {
  stream?.abort(new DOMException("closed", "AbortError"));
  stream = undefined;
}

async function run(own: AbortController): Promise<void> {
  const { signal } = own;
  let behind = 0;
  const opened = performance.now();
  try {
    for await (const update of client.executions.watchAll(cursor === undefined ? {} : { after: cursor }, { signal })) {
      cursor = update.cursor;
      if (update.kind === "start") continue;
      // Events that come right after opening were waiting.
      if (performance.now() - opened < 10_000 && (behind += 1) > mostBehind) {
        cursor = undefined;
        for (const lost of anew) lost();
        break;
      }
      add(update.event);
    }
  } catch {
    // Refused, or closed by us. What is on the page is read by itself as well.
    cursor = undefined;
  }
  if (stream === own) {
    stream = undefined;
    if (!signal.aborted) setTimeout(adjust, 1_000);
  }
}

function add(event: ExecutionEvent): void {
  waiting.delete(event.execution_id);
  waiting.set(event.execution_id, event);
  if (waiting.size > mostKept) waiting.delete(waiting.keys().next().value!);
  paint ??= setTimeout(() => {
    paint = undefined;
    const news = waiting;
    waiting = new Map();
    for (const listener of listeners) listener(news);
  }, paintEveryMs);
}
