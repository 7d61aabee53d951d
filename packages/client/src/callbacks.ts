import { executionCallback, type ExecutionCallback } from "@strategy-executor/core/callback";
import {
  createReceiver,
  type NodeRequest,
  receiveCallback,
  type ReceivedCallback,
  type ReceiveOptions,
  type Receiver,
  type ReceiverOptions,
} from "@strategy-executor/callback";

export {
  type Callback,
  CallbackRejectedError,
  defineCallback,
  type HandledCallback,
  type HandledCallbacks,
  type NodeRequest,
  receiveCallback,
  type ReceivedCallback,
  type ReceiveOptions,
  type Receiver,
  type ReceiverAnswer,
  type ReceiverOptions,
  toExpressHandler,
  toFastifyPlugin,
  toFetchHandler,
  toHonoHandler,
  toNodeHandler,
  type VerifyCallback,
} from "@strategy-executor/callback";
export { executionCallback, type ExecutionCallback } from "@strategy-executor/core/callback";

/**
 * Receives the callback of an execution, from a Fetch `Request` or a request of Node's `http` or of Express.
 * @throws CallbackRejectedError with the HTTP status of the response
 */
export function receiveExecution(
  request: Request | NodeRequest,
  options?: ReceiveOptions,
): Promise<ReceivedCallback<ExecutionCallback>> {
  return receiveCallback(executionCallback, request, options);
}

/**
 * Creates a receiver of executions: it checks signature, timestamp and payload, handles each callback once, and answers. An
 * adapter connects it to a framework: `app.post("/callback", toExpressHandler(receive))`.
 */
export function createExecutionReceiver(options: ReceiverOptions<ExecutionCallback>): Receiver {
  return createReceiver(executionCallback, options);
}
