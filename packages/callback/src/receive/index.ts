/** Receive callbacks: check signature, timestamp and payload, and answer. */
export { CallbackRejectedError } from "./callback-rejected-error.ts";
export { receiveCallback, type ReceivedCallback, type ReceiveOptions, type VerifyCallback } from "./receive.ts";
export type { NodeRequest } from "./received-request.ts";
export {
  createReceiver,
  type HandledCallback,
  type HandledCallbacks,
  type Receiver,
  type ReceiverAnswer,
  type ReceiverOptions,
} from "./receiver.ts";
export { toExpressHandler } from "./adapters/express.ts";
export { toFastifyPlugin } from "./adapters/fastify.ts";
export { toFetchHandler } from "./adapters/fetch.ts";
export { toHonoHandler } from "./adapters/hono.ts";
export { toNodeHandler } from "./adapters/node.ts";
export { rememberSeen, type VerifiedCallback, verifyCallback, type VerifyOptions } from "../sign/verify.ts";
