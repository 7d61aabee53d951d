import type { MessagePort } from "node:worker_threads";
import type { PGlite } from "@electric-sql/pglite";

export interface EmbeddedSession {
  connect(port: MessagePort): void;
  /** Ends all connections; what they had begun ends with the database. */
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
 * Serves several connections on the one session that PGlite has. The messages of each, in PostgreSQL's own protocol, come and
 * go on a port. They take turns: who has begun a transaction, or a statement in several messages, has the session until that
 * ends; with a connection that closes meanwhile it is rolled back.
 */
export function serveSession(pglite: PGlite): EmbeddedSession {
  const connections = new Set<Connection>();
  const waiting: Turn[] = [];
  /** Who has the session for longer than a turn. */
  let holder: Connection | null = null;
  let isAtWork = false;
  let isClosed = false;

  async function takeTurns(): Promise<void> {
    if (isAtWork) return;
    isAtWork = true;
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
    isAtWork = false;
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

/** The kind of a connection's last message; its port closes after it. */
const terminate = "X".charCodeAt(0);

/** A `Query` message. */
const rollback = Buffer.from("Q\0\0\0\rROLLBACK\0", "latin1");

/** What PostgreSQL answers to the messages. */
async function run(pglite: PGlite, messages: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  // What is passed is a view of the database's memory, which is used again.
  await pglite.execProtocolRawStream(messages, { onRawData: (part) => void parts.push(part.slice()) });
  const answer = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    answer.set(part, end);
    end += part.length;
  }
  return answer;
}

/** Whether the last message is `ReadyForQuery` outside of a transaction. */
function endsIdle(answer: Uint8Array): boolean {
  const [kind, , , , , status] = answer.subarray(-6);
  return kind === "Z".charCodeAt(0) && status === "I".charCodeAt(0);
}
