import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface CallbackReceiver extends AsyncDisposable {
  /** Where the server is to send the callback. */
  readonly url: string;
  /** The callback of this execution, as soon as it has arrived. */
  callbackOf(executionId: number): Record<string, unknown> | undefined;
}

/**
 * Receives callbacks on a free port.
 * @param host the name by which the server reaches this machine. For any but localhost the port is open on every
 * interface, not on loopback alone.
 */
export async function startCallbackReceiver(host: string): Promise<CallbackReceiver> {
  const callbacks = new Map<unknown, Record<string, unknown>>();
  const server = createServer(async (req, res) => {
    const body = parseObject(await text(req));
    if (body === null) return res.writeHead(400).end();
    callbacks.set(body["execution_id"], body);
    return res.writeHead(200, { "content-type": "application/json" }).end('{"status": "received"}');
  });
  server.listen(0, host === "localhost" ? "127.0.0.1" : undefined);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}/callback`,
    callbackOf: (executionId) => callbacks.get(executionId),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function parseObject(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
