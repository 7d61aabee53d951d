import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedCallback {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The raw body. */
  readonly text: string;
  readonly body: { readonly execution_id: number; readonly status: string } & Record<string, unknown>;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  /** Callbacks in order of arrival. */
  readonly received: readonly ReceivedCallback[];
  /** Resolves when `count` callbacks have arrived. */
  arrived(count: number): Promise<void>;
}

/** Starts a real HTTP receiver on a free loopback port. `answer` sends the response; the default is 200 with JSON. */
export async function startReceiver(
  answer: (res: ServerResponse, callback: ReceivedCallback) => void = (res) =>
    res.setHeader("Content-Type", "application/json").end('{"status": "received"}'),
  host: "127.0.0.1" | "::1" = "127.0.0.1",
): Promise<Receiver> {
  const received: ReceivedCallback[] = [];
  let waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer(async (req, res) => {
    const text = Buffer.concat(await Array.fromAsync(req)).toString("utf8");
    const callback = {
      path: req.url ?? "",
      headers: req.headers,
      text,
      body: JSON.parse(text) as ReceivedCallback["body"],
    };
    received.push(callback);
    answer(res, callback);
    for (const { count, resolve } of waiting) if (received.length >= count) resolve();
    waiting = waiting.filter(({ count }) => received.length < count);
  });
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    received,
    arrived: (count) =>
      received.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
