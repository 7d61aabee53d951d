import type { ServerResponse } from "node:http";

import type { NodeRequest } from "../received-request.ts";
import type { Receiver } from "../receiver.ts";

/** A listener of Node's `http`: `createServer(toNodeHandler(receive))`. */
export function toNodeHandler(receive: Receiver): (request: NodeRequest, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const { status, body } = await receive(request);
    response.writeHead(status, { "content-type": "application/json" }).end(body);
    // What a refused sender still sends is not read.
    if (!request.readableEnded) request.resume();
  };
}
