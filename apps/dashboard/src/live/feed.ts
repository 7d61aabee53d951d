import type { ExecutionEvent } from "@strategy-executor/client";
import { client } from "../api/client.ts";
import { isLive } from "./switch.ts";

/** The newest event of each changed execution, oldest first. */
export type News = ReadonlyMap<number, ExecutionEvent>;

type Listener = (news: News) => void;

/** At most four updates per second, each of at most this many executions. */
const paintEveryMs = 250;
const maxKept = 500;
/** A hidden tab closes its connection: over HTTP/1.1 browsers allow six per host. */
const hiddenForMs = 30_000;
/** When more events are missing, the page refetches instead. */
const maxBehind = 10_000;
/** By then what a new page reads first has arrived. */
const catchUpAfterMs = 2_000;

const listeners = new Set<Listener>();
const lostListeners = new Set<() => void>();
const begunListeners = new Set<() => void>();
let waiting = new Map<number, ExecutionEvent>();
let cursor: string | undefined;
let stream: AbortController | undefined;
let paint: ReturnType<typeof setTimeout> | undefined;
let hiding: ReturnType<typeof setTimeout> | undefined;

/**
 * Follows all executions of the client over one subscription per tab. `lost` is called when too many events were missed to replay them,
 * `begun` soon after the stream has begun: what happened between the first reads of a page and that is in neither.
 */
export function followAll(listener: Listener, lost: () => void, begun: () => void): () => void {
  listeners.add(listener);
  lostListeners.add(lost);
  begunListeners.add(begun);
  adjust();
  return () => {
    listeners.delete(listener);
    lostListeners.delete(lost);
    begunListeners.delete(begun);
    adjust();
  };
}

isLive.subscribe(adjust);
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.visibilityState === "hidden") hiding = setTimeout(close, hiddenForMs);
  else adjust();
});

/** Opens or closes the stream as needed. */
function adjust(): void {
  const wanted = listeners.size > 0 && isLive.get() && document.visibilityState === "visible";
  if (wanted && stream === undefined) void run((stream = new AbortController()));
  // After the live switch was off, the page refetches. After the tab was hidden, the stream resumes from its last position.
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
  const isNew = cursor === undefined;
  const opened = performance.now();
  try {
    for await (const update of client.executions.watchAll(cursor === undefined ? {} : { after: cursor }, { signal })) {
      cursor = update.cursor;
      if (update.kind === "start") {
        if (isNew) setTimeout(() => stream === own && tell(begunListeners), catchUpAfterMs);
        continue;
      }
      // Events that arrive right after opening happened earlier.
      if (performance.now() - opened < 10_000 && (behind += 1) > maxBehind) {
        cursor = undefined;
        tell(lostListeners);
        break;
      }
      add(update.event);
    }
  } catch {
    // The stream was refused, or closed by the page. The queries of the page work without it.
    cursor = undefined;
  }
  if (stream === own) {
    stream = undefined;
    if (!signal.aborted) setTimeout(adjust, 1_000);
  }
}

function tell(all: ReadonlySet<() => void>): void {
  for (const one of all) one();
}

function add(event: ExecutionEvent): void {
  waiting.delete(event.execution_id);
  waiting.set(event.execution_id, event);
  if (waiting.size > maxKept) waiting.delete(waiting.keys().next().value!);
  paint ??= setTimeout(() => {
    paint = undefined;
    const news = waiting;
    waiting = new Map();
    for (const listener of listeners) listener(news);
  }, paintEveryMs);
}
