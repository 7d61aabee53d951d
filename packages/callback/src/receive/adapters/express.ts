import type { Receiver } from "../receiver.ts";
import { toNodeHandler } from "./node.ts";

/**
 * A handler of Express: `app.post("/callback", toExpressHandler(receive))`. Signatures need the bytes of the body: put it before
 * `express.json()`, or let that keep them in `request.rawBody` by its option `verify`.
 */
export const toExpressHandler: (receive: Receiver) => ReturnType<typeof toNodeHandler> = toNodeHandler;
