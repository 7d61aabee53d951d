import { executionCallback, type ExecutionCallback } from "@strategy-executor/core/callback";
import {
  type NodeRequest,
  receiveCallback,
  type ReceivedCallback,
  type ReceiveOptions,
} from "@strategy-executor/callback";

export {
  type Callback,
  CallbackRejectedError,
  defineCallback,
  type NodeRequest,
  receiveCallback,
  type ReceivedCallback,
  type ReceiveOptions,
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
