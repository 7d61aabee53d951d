export * from "./contract/index.ts";

// Send.
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

export * from "./receive/index.ts";
