import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createExecutionReceiver, type ExecutionCallback, toNodeHandler } from "@strategy-executor/client/callbacks";

export interface CallbackReceiver extends AsyncDisposable {
  /** Address for the server to send the callback to. */
  readonly url: string;
  /** The callback of this execution once it has arrived. */
  callbackOf(executionId: number): ExecutionCallback | undefined;
}

/**
 * Receives callbacks on a free port.
 * @param host the name by which the server reaches this machine. For any but localhost the port is open on every
 * interface, not on loopback alone.
 */
export async function startCallbackReceiver(host: string): Promise<CallbackReceiver> {
  const callbacks = new Map<number, ExecutionCallback>();
  const receive = createExecutionReceiver({
    // The secrets of the client are not known here.
    secrets: null,
    handled: new Set<string>(),
    handle: ({ payload }) => void callbacks.set(payload.execution_id, payload),
  });
  const server = createServer(toNodeHandler(receive));
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
