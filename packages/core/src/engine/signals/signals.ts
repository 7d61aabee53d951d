import { randomUUID } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import { type Database, notify } from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";

/** What can be announced: jobs in a queue, news of an execution, the cancellation of one, a change of signing secrets. */
type Topic = "jobs" | "events" | "cancellations" | "secrets";

/**
 * Tells this process at once, and the others that share the database soon, that there is something to look for in it. A
 * signal is a hint that may be lost with the process or a connection: whoever listens also looks now and then.
 */
export interface Signals extends AsyncDisposable {
  /** Announces, after the commit of what is announced. `subject` is an id or a name, without spaces. */
  send(topic: Topic, subject: string): void;
  /** Calls `onSubject` for every signal, and `onConnect` whenever signals may have been missed. */
  on(topic: Topic, onSubject: (subject: string) => void, onConnect: () => void): () => void;
}

const channel = "strategy_executor_signals";
/** Of a notification's 8,000 bytes. */
const mostBytes = 4_000;
/** So much news at once is a sign of a rush: the next goes a moment later, for to wake everybody costs most by itself. */
const rush = 4;
const rushMs = 20;

export async function startSignals(database: Database, log: Log): Promise<Signals> {
  const self = randomUUID();
  const listeners = forEachTopic(() => new Set<Listener>());
  let waiting = forEachTopic(() => new Set<string>());
  let sending: Promise<void> | null = null;
  let ending = false;

  const tell = (topic: Topic, subject: string) => listeners[topic].forEach(({ onSubject }) => onSubject(subject));

  const stopListening = await database.listen(
    channel,
    (payload) => {
      const [from, topic, ...subjects] = payload.split(" ");
      if (from !== self) for (const subject of subjects) tell(topic as Topic, subject);
    },
    () => {
      for (const topic of topics) listeners[topic].forEach(({ onConnect }) => onConnect());
    },
  );

  // Nobody else is there to be told on an embedded database.
  const isAlone = database.kind === "pglite";

  async function sendWaiting(): Promise<void> {
    for (;;) {
      const news = topics.reduce((sum, topic) => sum + waiting[topic].size, 0);
      const payloads = topics.flatMap((topic) => toPayloads(`${self} ${topic}`, [...waiting[topic]]));
      // A set that is cleared again and again keeps what was in it alive until the next collection of the whole heap.
      waiting = forEachTopic(() => new Set<string>());
      if (payloads.length === 0) break;
      await notify(database.db, channel, payloads).catch((error: unknown) =>
        log.warn({ err: error }, "other processes could not be told"),
      );
      if (news >= rush && !ending) await after(rushMs);
    }
    sending = null;
  }

  return {
    send(topic, subject) {
      tell(topic, subject);
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
      await stopListening().catch((error: unknown) => log.warn({ err: error }, "listening did not end in order"));
    },
  };
}

const topics = ["jobs", "events", "cancellations", "secrets"] as const satisfies readonly Topic[];

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
    if (payload.length + subject.length >= mostBytes) {
      payloads.push(payload);
      payload = head;
    }
    payload += ` ${subject}`;
  }
  return payload === head ? payloads : [...payloads, payload];
}
