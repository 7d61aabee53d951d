import type { ExecutionEvent } from "@strategy-executor/client";
import { client } from "../api/client.ts";
import { restartAfterMs } from "./restart.ts";
import { isSeen } from "./seen.ts";
import { isLive } from "./switch.ts";

/** The newest event of each changed execution, oldest first. */
export type News = ReadonlyMap<number, ExecutionEvent>;

type Listener = (news: News) => void;

/** At most four updates per second, each of at most this many executions. */
const paintEveryMs = 250;
const maxKept = 500;
/** When more events are missing, the page refetches instead. */
const maxBehind = 10_000;
/** Before a stream is asked for again that was refused. */
const refusedMs = 60_000;
/** By then what a new page reads first has arrived. */
const catchUpAfterMs = 2_000;

const listeners = new Set<Listener>();
const lostListeners = new Set<() => void>();
const begunListeners = new Set<() => void>();
let waiting = new Map<number, ExecutionEvent>();
/** Whether events were dropped since the last update. */
let isIncomplete = false;
let cursor: string | undefined;
let stream: AbortController | undefined;
let isRefused = false;
let paint: ReturnType<typeof setTimeout> | undefined;

/**
 * Follows all executions of the client over one subscription per tab. `lost` is called when too many events were missed to replay them, or
 * when the stream is refused; `begun` when the page may have missed some: soon after the stream has begun, because what happened between the
 * first reads of a page and that is in neither, and after more events than are kept.
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
isSeen.subscribe(adjust);

/** Opens or closes the stream as needed. */
function adjust(): void {
  const wanted = listeners.size > 0 && isLive.get();
  // After the live switch was off, the page refetches. After the tab was hidden, the stream resumes from its last position.
  if (!wanted) cursor = undefined;
  if (!wanted || !isSeen.get()) close();
  else if (stream === undefined) void run((stream = new AbortController()));
}

function close(): void {
  stream?.abort(new DOMException("closed", "AbortError"));
  stream = undefined;
}

async function run(own: AbortController): Promise<void> {
  const { signal } = own;
  let behind = 0;
  let isNew = cursor === undefined;
  const opened = Date.now();
  let waitMs = 1_000;
  try {
    for await (const update of client.executions.watchAll(cursor === undefined ? {} : { after: cursor }, { signal })) {
      if (signal.aborted) break;
      cursor = update.cursor;
      isRefused = false;
      if (update.kind === "start") {
        if (isNew) setTimeout(() => stream === own && tell(begunListeners), catchUpAfterMs);
        // The service's history was replaced.
        else tell(lostListeners);
        isNew = false;
        continue;
      }
      if (Date.parse(update.event.at) < opened && (behind += 1) > maxBehind) {
        cursor = undefined;
        tell(lostListeners);
        break;
      }
      add(update.event);
    }
  } catch (error) {
    waitMs = restartAfterMs(error) ?? refusedMs;
    if (!signal.aborted) {
      cursor = undefined;
      // The queries of the page tell why, such as that the session has ended. They work without the stream.
      if (!isRefused) tell(lostListeners);
      isRefused = true;
    }
  }
  if (stream === own) {
    stream = undefined;
    if (!signal.aborted) setTimeout(adjust, waitMs);
  }
}

function tell(all: ReadonlySet<() => void>): void {
  for (const one of all) one();
}

function add(event: ExecutionEvent): void {
  waiting.delete(event.execution_id);
  waiting.set(event.execution_id, event);
  if (waiting.size > maxKept) {
    waiting.delete(waiting.keys().next().value!);
    isIncomplete = true;
  }
  paint ??= setTimeout(() => {
    paint = undefined;
    const news = waiting;
    waiting = new Map();
    for (const listener of listeners) listener(news);
    if (isIncomplete) tell(begunListeners);
    isIncomplete = false;
  }, paintEveryMs);
}
