import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { z } from "zod";

export interface CallbackReceiver extends AsyncDisposable {
  /** Address for the server to send the callback to. */
  readonly url: string;
  /** The callback of this execution once it has arrived. */
  callbackOf(executionId: number): Callback | undefined;
}

/** The fields that the command reads; the rest is kept for `--json`. */
const Callback = z.looseObject({
  execution_id: z.int(),
  status: z.string(),
  error_message: z.string().optional(),
  result: z.looseObject({ final_value: z.number(), return: z.number() }).optional(),
});

export type Callback = z.output<typeof Callback>;

/**
 * Receives callbacks on a free port.
 * @param host the name by which the server reaches this machine. For any but localhost the port is open on every
 * interface, not on loopback alone.
 */
export async function startCallbackReceiver(host: string): Promise<CallbackReceiver> {
  const callbacks = new Map<number, Callback>();
  const server = createServer(async (req, res) => {
    const { data } = Callback.safeParse(parseJson(await text(req)));
    if (data === undefined) return res.writeHead(400).end();
    callbacks.set(data.execution_id, data);
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

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
