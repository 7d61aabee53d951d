import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDeliverer } from "@strategy-executor/callback";
import { createApp } from "./app.ts";
import type { Config } from "./config.ts";
import { openInvoiceBook } from "./invoice-book.ts";
import type { Log } from "./log.ts";
import { startOutbox } from "./outbox.ts";

export interface RunningServer extends AsyncDisposable {
  /** Its address. */
  readonly url: string;
}

/** Opens the database, sends due callbacks, and listens. Disposal finishes open requests and deliveries. */
export async function startServer(config: Config, log: Log): Promise<RunningServer> {
  await using stack = new AsyncDisposableStack();
  const book = stack.use(openInvoiceBook(config.dataDir));
  const deliverer = stack.use(createDeliverer({ userAgent: "invoices/0.1" }));
  const outbox = stack.use(startOutbox(book, deliverer, log));

  const server = createServer(createApp(book, outbox, log));
  server.listen(config.port, config.host);
  await once(server, "listening");
  stack.defer(async () => {
    const closed = once(server, "close");
    const timer = setTimeout(() => server.closeAllConnections(), requestDeadlineMs);
    server.close();
    await closed;
    clearTimeout(timer);
  });

  const { port } = server.address() as AddressInfo;
  const started = stack.move();
  return { url: `http://${hostName(config.host)}:${port}`, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** How long open requests may take at shutdown. */
const requestDeadlineMs = 2_000;

function hostName(host: string): string {
  if (host === "127.0.0.1") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
