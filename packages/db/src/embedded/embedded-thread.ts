import { type MessagePort, parentPort } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { serveSession } from "./embedded-session.ts";
import { sessionSettings } from "../connection/session-settings.ts";

/*
 * The thread of embedded databases, so that PostgreSQL does not block the event loop. A process has one such thread even when
 * tests open several databases, because loading and compiling PGlite takes longer than opening a database.
 */

export interface OpenRequest {
  /** Data folder; null keeps the data in memory. */
  readonly dataDir: string | null;
  /** Port for requests to this database. It closes with the database. */
  readonly port: MessagePort;
}

export type OpenAnswer = { readonly kind: "open" } | { readonly kind: "failed"; readonly reason: string };

/** Opens another connection, or closes the database. */
export type DatabaseRequest = { readonly kind: "connect"; readonly port: MessagePort } | { readonly kind: "close" };

parentPort!.on("message", ({ dataDir, port }: OpenRequest) => {
  open(dataDir, port).then(
    () => answer(port, { kind: "open" }),
    (error: unknown) => {
      answer(port, { kind: "failed", reason: reasonOf(error) });
      port.close();
    },
  );
});

async function open(dataDir: string | null, port: MessagePort): Promise<void> {
  const pglite = await PGlite.create(dataDir === null ? {} : { dataDir });
  for (const [name, value] of Object.entries(sessionSettings)) await pglite.exec(`set ${name} = ${value}`);
  const session = serveSession(pglite);
  port.on("message", (request: DatabaseRequest) => {
    if (request.kind === "connect") session.connect(request.port);
    else {
      session.close();
      // If closing fails, the data are as safe as after a crash.
      void pglite
        .close()
        .catch(() => undefined)
        .then(() => port.close());
    }
  });
}

function answer(port: MessagePort, message: OpenAnswer): void {
  port.postMessage(message);
}

/** PGlite reports file system errors without a message. */
function reasonOf(error: unknown): string {
  const { message, errno } = error as { message?: string; errno?: number };
  return message || (errno === undefined ? String(error) : `error ${errno} of its file system`);
}
