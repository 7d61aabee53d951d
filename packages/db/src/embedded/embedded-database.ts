import { once } from "node:events";
import { setTimeout as after } from "node:timers/promises";
import { type MessagePort, MessageChannel, Worker } from "node:worker_threads";
import postgres from "postgres";
import { EmbeddedSocket } from "./embedded-socket.ts";
import type { DatabaseRequest, OpenAnswer, OpenRequest } from "./embedded-thread.ts";

/** PGlite in its own thread. Close its connections first. */
export interface EmbeddedDatabase extends AsyncDisposable {
  /** Opens a connection. All connections share the one session of PGlite; each receives the notifications that arrive during its turn. */
  connect(options: { fetchTypes: boolean; onNotify: (channel: string, payload: string) => void }): postgres.Sql;
}

/** Opens the database in the folder, or one in memory for null. @throws Error when PGlite cannot open it. */
export async function openEmbedded(dataDir: string | null): Promise<EmbeddedDatabase> {
  const { port1: own, port2: port } = new MessageChannel();
  const request: OpenRequest = { dataDir, port };
  thread().postMessage(request, [port]);
  const answer = await answerWithin(own, openTimeoutMs);
  if (answer.kind === "failed") throw new Error(answer.reason);
  let isOpen = true;
  const closed = once(own, "close").then(() => {
    isOpen = false;
    return true;
  });
  // A message listener keeps the process alive until the database is closed. No more messages arrive.
  own.on("message", () => undefined);
  return {
    connect({ fetchTypes, onNotify }) {
      const socket = () => {
        if (!isOpen) throw new Error("The embedded database is closed");
        const { port1: near, port2: far } = new MessageChannel();
        send(own, { kind: "connect", port: far }, [far]);
        return new EmbeddedSocket(near);
      };
      return postgres({
        max: 1,
        max_lifetime: null,
        fetch_types: fetchTypes,
        onnotice: () => undefined,
        socket,
        onnotify: onNotify,
      } as postgres.Options<{}>);
    },
    async [Symbol.asyncDispose]() {
      send(own, { kind: "close" });
      // PGlite loops for ever when the disk is full.
      if (!(await Promise.race([closed, after(closeTimeoutMs, false, { ref: false })]))) await endThread();
    },
  };
}

/** Recovery after a crash takes seconds. PGlite waits for ever for some damaged files. */
const openTimeoutMs = 120_000;

async function answerWithin(port: MessagePort, limitMs: number): Promise<OpenAnswer> {
  try {
    const [answer] = (await once(port, "message", { signal: AbortSignal.timeout(limitMs) })) as [OpenAnswer];
    return answer;
  } catch {
    await endThread();
    return { kind: "failed", reason: `it does not open within ${limitMs / 1000} s` };
  }
}

/** Time limit for closing. */
const closeTimeoutMs = 5_000;

/** Memory for the young objects of the thread: V8 fills a third of it before it collects them. */
const youngMb = 48;

let worker: Worker | null = null;

/** Starts or returns the one thread of this process. An error in it ends the process, which cannot work without its database. */
function thread(): Worker {
  if (worker !== null) return worker;
  const started = new Worker(new URL("embedded-thread.ts", import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: youngMb },
  });
  started.unref();
  started.once("exit", () => {
    if (worker === started) worker = null;
  });
  worker = started;
  return started;
}

async function endThread(): Promise<void> {
  const ending = worker;
  worker = null;
  await ending?.terminate();
}

function send(port: MessagePort, request: DatabaseRequest, transferred: readonly MessagePort[] = []): void {
  port.postMessage(request, transferred);
}
