// Define and document.
export {
  type Callback,
  type CallbackDefinition,
  type CallbackExample,
  type CallbackPayload,
  defineCallback,
  type ExpectedResponse,
} from "./contract/contract.ts";
export { toCallbacksObject } from "./contract/openapi.ts";

// Address.
export { type CallbackAddress, CallbackAddressError, parseAddress, resolveAddress } from "./address/address.ts";
export { evaluate, type Evaluation, type RequestContext } from "./address/evaluate.ts";
export { type Dialect, type Expression, parseExpression, printExpression } from "./address/expression.ts";
export { TemplateSyntaxError } from "./address/syntax-error.ts";

// Send.
export {
  CallbackMismatchError,
  checkResponse,
  ensureHeaders,
  ensurePayload,
  preparePayload,
  type ResponseCheck,
} from "./contract/validation.ts";
export {
  type Answered,
  createDeliverer,
  type Deliverer,
  type DelivererOptions,
  type Delivery,
  type DeliveryOutcome,
  isDelivered,
  type NotAnswered,
  unsignedHeaders,
  type WebhookIdentity,
} from "./deliver/deliver.ts";
export { failureReason } from "./deliver/failure-reason.ts";
export { urlProblem } from "./address/http-url.ts";
export type { AllowAddress, ResolveHost } from "./guard/lookup.ts";
export { createNameResolver, type NameResolverOptions } from "./guard/name-resolver.ts";

// Guard against addresses that may not be called.
export { type CallbackGuard, createGuard, type GuardOptions } from "./guard/guard.ts";
export { type AddressRuleOptions, createAddressRule } from "./guard/address-rule.ts";

// Try again.
export {
  decideRetry,
  type ExponentialBackoff,
  type RetryDecision,
  type RetryPolicy,
  type RetryState,
  suggestedRetries,
} from "./retry/retry-schedule.ts";
export {
  isReceiverHealthy,
  type ReceiverHealth,
  type ReceiverHealthOptions,
  type ReceiverState,
  trackReceiverHealth,
} from "./retry/receiver-health.ts";
export type { Circuit, CircuitPolicy } from "./retry/circuit-breaker.ts";
export type { RateLimit } from "./retry/token-bucket.ts";

// Sign and verify.
export {
  createSigningKeyPair,
  createSigningSecret,
  parseSigningKey,
  type SigningKey,
  type SigningKeyPair,
} from "./sign/signing-secret.ts";
export { type SignatureHeaders, signCallback, type SignedMessage } from "./sign/signature.ts";
export { rememberSeen, type VerifiedCallback, verifyCallback, type VerifyOptions } from "./sign/verify.ts";

// Receive.
export { CallbackRejectedError } from "./receive/callback-rejected-error.ts";
export type { FieldIssue } from "./contract/field-issues.ts";
export { receiveCallback, type ReceivedCallback, type ReceiveOptions, type VerifyCallback } from "./receive/receive.ts";
export type { NodeRequest } from "./receive/received-request.ts";
export {
  createReceiver,
  type HandledCallback,
  type HandledCallbacks,
  type Receiver,
  type ReceiverAnswer,
  type ReceiverOptions,
} from "./receive/receiver.ts";
export { toExpressHandler } from "./receive/adapters/express.ts";
export { toFastifyPlugin } from "./receive/adapters/fastify.ts";
export { toFetchHandler } from "./receive/adapters/fetch.ts";
export { toHonoHandler } from "./receive/adapters/hono.ts";
export { toNodeHandler } from "./receive/adapters/node.ts";
