import { type MessagePort, parentPort } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { serveSession } from "./embedded-session.ts";
import { sessionSettings } from "../connection/session-settings.ts";

/*
 * The thread of embedded databases: PostgreSQL computes here, beside the event loop of the process. A process has one such
 * thread, also where tests open several databases, since to load and compile PGlite takes longer than to open a database.
 */

export interface OpenRequest {
  /** Folder of the data; null keeps them in memory. */
  readonly dataDir: string | null;
  /** For what is to be said of this database. It closes with it. */
  readonly port: MessagePort;
}

export type OpenAnswer = { readonly kind: "open" } | { readonly kind: "failed"; readonly reason: string };

/** To serve one connection more, or to close the database. */
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
      // The data are as safe as after a crash when it cannot be closed.
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

/** Errors of the file system come from PGlite without a message. */
function reasonOf(error: unknown): string {
  const { message, errno } = error as { message?: string; errno?: number };
  return message || (errno === undefined ? String(error) : `error ${errno} of its file system`);
}
