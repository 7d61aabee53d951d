import { randomUUID } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import { type Database, notify } from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";

/**
 * Jobs in a queue, changes of an execution, cancellations, changes of signing secrets, of schedules, of their runs, settings of
 * the processes.
 */
type Topic = "jobs" | "events" | "cancellations" | "secrets" | "schedules" | "runs" | "settings";

/**
 * Notifies this process at once, and other processes on the same database soon, of changes in it. A signal is a hint that may
 * be lost with a process or a connection, so listeners also poll.
 */
export interface Signals extends AsyncDisposable {
  /** Must be called after the commit. `subject` is an id or a name, without spaces. */
  send(topic: Topic, subject: string): void;
  /** Calls `onSubject` for every signal, and `onConnect` whenever signals may have been missed. Returns how to stop. */
  on(topic: Topic, onSubject: (subject: string) => void, onConnect: () => void): () => void;
}

const channel = "strategy_executor_signals";
/** PostgreSQL limits a notification to 8,000 bytes. */
const maxPayloadBytes = 4_000;
/** This many signals at once indicate a burst. The next notification then waits, because waking all processes is expensive. */
const burstSize = 4;
const burstPauseMs = 20;

export async function startSignals(database: Database, log: Log): Promise<Signals> {
  const self = randomUUID();
  const listeners = forEachTopic(() => new Set<Listener>());
  let waiting = forEachTopic(() => new Set<string>());
  let sending: Promise<void> | null = null;
  let ending = false;

  const notifyListeners = (topic: Topic, subject: string) =>
    listeners[topic].forEach(({ onSubject }) => onSubject(subject));

  const stopListening = await database.listen(
    channel,
    (payload) => {
      const [from, topic, ...subjects] = payload.split(" ");
      if (from !== self) for (const subject of subjects) notifyListeners(topic as Topic, subject);
    },
    () => {
      for (const topic of topics) listeners[topic].forEach(({ onConnect }) => onConnect());
    },
  );

  // No other process uses an embedded database.
  const isAlone = database.kind === "pglite";

  async function sendWaiting(): Promise<void> {
    for (;;) {
      const count = topics.reduce((sum, topic) => sum + waiting[topic].size, 0);
      const payloads = topics.flatMap((topic) => toPayloads(`${self} ${topic}`, [...waiting[topic]]));
      // New sets, because a set that is cleared repeatedly keeps its old members alive until a full garbage collection.
      waiting = forEachTopic(() => new Set<string>());
      if (payloads.length === 0) break;
      await notify(database.db, channel, payloads).catch((error: unknown) =>
        log.warn({ err: error }, "other processes could not be notified"),
      );
      if (count >= burstSize && !ending) await after(burstPauseMs);
    }
    sending = null;
  }

  return {
    send(topic, subject) {
      notifyListeners(topic, subject);
      if (isAlone) return;
      waiting[topic].add(subject);
      sending ??= new Promise<void>((resolve) => setImmediate(resolve)).then(sendWaiting);
    },
    on(topic, onSubject, onConnect) {
      const listener = { onSubject, onConnect };
      listeners[topic].add(listener);
      onConnect();
      return () => listeners[topic].delete(listener);
    },
    async [Symbol.asyncDispose]() {
      ending = true;
      await sending;
      await stopListening().catch((error: unknown) => log.warn({ err: error }, "LISTEN could not be ended"));
    },
  };
}

const topics = [
  "jobs",
  "events",
  "cancellations",
  "secrets",
  "schedules",
  "runs",
  "settings",
] as const satisfies readonly Topic[];

function forEachTopic<T>(make: () => T): Record<Topic, T> {
  return Object.fromEntries(topics.map((topic) => [topic, make()])) as Record<Topic, T>;
}

interface Listener {
  readonly onSubject: (subject: string) => void;
  readonly onConnect: () => void;
}

function toPayloads(head: string, subjects: readonly string[]): string[] {
  const payloads: string[] = [];
  let payload = head;
  for (const subject of subjects) {
    if (payload.length + subject.length >= maxPayloadBytes) {
      payloads.push(payload);
      payload = head;
    }
    payload += ` ${subject}`;
  }
  return payload === head ? payloads : [...payloads, payload];
}
