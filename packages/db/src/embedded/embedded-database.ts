import { once } from "node:events";
import { setTimeout as after } from "node:timers/promises";
import { type MessagePort, MessageChannel, Worker } from "node:worker_threads";
import postgres from "postgres";
import { EmbeddedSocket } from "./embedded-socket.ts";
import type { DatabaseRequest, OpenAnswer, OpenRequest } from "./embedded-thread.ts";

/** PGlite in a thread of its own. Its connections end before it does. */
export interface EmbeddedDatabase extends AsyncDisposable {
  /** One connection. All of them share the session of PGlite; each hears of the notifications that come while it has it. */
  connect(options: { fetchTypes: boolean; onNotify: (channel: string, payload: string) => void }): postgres.Sql;
}

/** Opens the database in the folder, or one in memory. @throws when PGlite cannot */
export async function openEmbedded(dataDir: string | null): Promise<EmbeddedDatabase> {
  const { port1: own, port2: port } = new MessageChannel();
  const request: OpenRequest = { dataDir, port };
  thread().postMessage(request, [port]);
  const [answer] = (await once(own, "message")) as [OpenAnswer];
  if (answer.kind === "failed") throw new Error(`The embedded database cannot be opened: ${answer.reason}`);
  let isOpen = true;
  const closed = once(own, "close").then(() => {
    isOpen = false;
    return true;
  });
  // Listening for messages, of which no more come, keeps the process alive until the database is closed.
  own.on("message", () => undefined);
  return {
    connect({ fetchTypes, onNotify }) {
      const socket = () => {
        if (!isOpen) throw new Error("The embedded database is closed");
        const { port1: near, port2: far } = new MessageChannel();
        tell(own, { kind: "connect", port: far }, [far]);
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
      tell(own, { kind: "close" });
      // A full disk leaves PGlite computing for ever.
      if (!(await Promise.race([closed, after(closingMs, false, { ref: false })]))) await endThread();
    },
  };
}

/** Longest time that it may take to end. */
const closingMs = 5_000;

let worker: Worker | null = null;

/** The thread of this process. An error in it ends the process: nothing could go on without the database. */
function thread(): Worker {
  if (worker !== null) return worker;
  const started = new Worker(new URL("embedded-thread.ts", import.meta.url));
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

function tell(port: MessagePort, request: DatabaseRequest, transferred: readonly MessagePort[] = []): void {
  port.postMessage(request, transferred);
}
