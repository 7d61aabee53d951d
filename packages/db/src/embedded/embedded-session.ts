import type { MessagePort } from "node:worker_threads";
import type { PGlite } from "@electric-sql/pglite";

export interface EmbeddedSession {
  connect(port: MessagePort): void;
  /** Closes all connections. Open transactions end with the database. */
  close(): void;
}

interface Connection {
  readonly port: MessagePort;
  isClosed: boolean;
}

interface Turn {
  readonly connection: Connection;
  readonly messages: Uint8Array;
}

/**
 * Serves several connections on the single session of PGlite. Each connection exchanges messages of PostgreSQL's protocol over
 * a port. Connections take turns: one that has begun a transaction, or a statement of several messages, keeps the session until
 * it ends. If the connection closes meanwhile, its transaction is rolled back.
 */
export function serveSession(pglite: PGlite): EmbeddedSession {
  const connections = new Set<Connection>();
  const waiting: Turn[] = [];
  /** The connection that keeps the session beyond its turn. */
  let holder: Connection | null = null;
  let isRunning = false;
  let isClosed = false;

  async function takeTurns(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    while (!isClosed) {
      if (holder?.isClosed === true) {
        await run(pglite, rollback);
        holder = null;
      }
      const next = waiting.findIndex(({ connection }) => holder === null || connection === holder);
      if (next === -1) break;
      const [{ connection, messages }] = waiting.splice(next, 1) as [Turn];
      if (connection.isClosed) continue;
      const answer = await run(pglite, messages);
      holder = endsIdle(answer) ? null : connection;
      connection.port.postMessage(answer, [answer.buffer]);
    }
    isRunning = false;
  }

  return {
    connect(port) {
      if (isClosed) return void port.close();
      const connection: Connection = { port, isClosed: false };
      connections.add(connection);
      port.on("message", (messages: Uint8Array) => {
        if (messages[0] === terminate) return;
        waiting.push({ connection, messages });
        void takeTurns();
      });
      port.on("close", () => {
        connection.isClosed = true;
        connections.delete(connection);
        void takeTurns();
      });
    },
    close() {
      isClosed = true;
      for (const { port } of connections) port.close();
    },
  };
}

/** Type of the last message of a connection, after which it closes its port. */
const terminate = "X".charCodeAt(0);

/** A `Query` message. */
const rollback = Buffer.from("Q\0\0\0\rROLLBACK\0", "latin1");

/** Passes messages to PostgreSQL and returns its answer. */
async function run(pglite: PGlite, messages: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  // Each part is a view of database memory that is reused, so it must be copied.
  await pglite.execProtocolRawStream(messages, { onRawData: (part) => void parts.push(part.slice()) });
  const answer = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    answer.set(part, end);
    end += part.length;
  }
  return answer;
}

/** Whether the last message is `ReadyForQuery` outside a transaction. */
function endsIdle(answer: Uint8Array): boolean {
  const [kind, , , , , status] = answer.subarray(-6);
  return kind === "Z".charCodeAt(0) && status === "I".charCodeAt(0);
}
