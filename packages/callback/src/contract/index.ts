/** Define and document callbacks, and check what is sent. Runs in browsers as well. */
export {
  type Callback,
  type CallbackDefinition,
  type CallbackExample,
  type CallbackPayload,
  defineCallback,
  type ExpectedResponse,
} from "./contract.ts";
export { toCallbacksObject } from "./openapi.ts";
export type { FieldIssue } from "./field-issues.ts";
export {
  CallbackMismatchError,
  checkResponse,
  ensureHeaders,
  ensurePayload,
  preparePayload,
  type ResponseCheck,
} from "./validation.ts";
export { type CallbackAddress, CallbackAddressError, parseAddress, resolveAddress } from "../address/address.ts";
export { evaluate, type Evaluation, type RequestContext } from "../address/evaluate.ts";
export { type Dialect, type Expression, parseExpression, printExpression } from "../address/expression.ts";
export { TemplateSyntaxError } from "../address/syntax-error.ts";
export { urlProblem } from "../address/http-url.ts";
