// Define and document.
export {
  type Callback,
  type CallbackDefinition,
  type CallbackExample,
  type CallbackPayload,
  defineCallback,
  type ExpectedResponse,
} from "./contract.ts";
export { toCallbacksObject } from "./openapi.ts";

// Address.
export { type CallbackAddress, CallbackAddressError, parseAddress, resolveAddress } from "./address.ts";
export { evaluate, type Evaluation, type RequestContext } from "./evaluate.ts";
export { type Dialect, type Expression, parseExpression, printExpression } from "./expression.ts";
export { TemplateSyntaxError } from "./syntax-error.ts";

// Send.
export {
  CallbackMismatchError,
  checkResponse,
  ensureHeaders,
  ensurePayload,
  preparePayload,
  type ResponseCheck,
} from "./check.ts";
export {
  type Answered,
  createDeliverer,
  type Deliverer,
  type DelivererOptions,
  type Delivery,
  type DeliveryOutcome,
  isDelivered,
  type NotAnswered,
  type WebhookIdentity,
} from "./deliver.ts";
export { urlProblem } from "./http-url.ts";
export type { AllowAddress, ResolveHost } from "./lookup.ts";

// Guard against addresses that may not be called.
export { type CallbackGuard, createGuard, type GuardOptions } from "./guard.ts";
export { type AddressRuleOptions, createAddressRule } from "./address-rule.ts";

// Try again.
export {
  decideRetry,
  type ExponentialBackoff,
  type RetryDecision,
  type RetryPolicy,
  type RetryState,
  suggestedRetries,
} from "./schedule.ts";
export {
  isAlive,
  type ReceiverHealth,
  type ReceiverHealthOptions,
  type ReceiverState,
  watchReceivers,
} from "./receiver-health.ts";
export type { Circuit, CircuitPolicy } from "./circuit-breaker.ts";
export type { RateLimit } from "./token-bucket.ts";

// Sign and verify.
export {
  createSigningKeyPair,
  createSigningSecret,
  parseSigningKey,
  type SigningKey,
  type SigningKeyPair,
} from "./signing-secret.ts";
export { type SignatureHeaders, signCallback, type SignedMessage } from "./signature.ts";
export { rememberSeen, type VerifiedCallback, verifyCallback, type VerifyOptions } from "./verify.ts";

// Receive.
export { CallbackRejectedError } from "./callback-rejected-error.ts";
export type { FieldIssue } from "./issues.ts";
export { receiveCallback, type ReceivedCallback, type ReceiveOptions, type VerifyCallback } from "./receive.ts";
export type { NodeRequest } from "./received-request.ts";
