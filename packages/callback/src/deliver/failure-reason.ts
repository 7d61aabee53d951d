/**
 * Why a request failed, in a few words for a person: `Connection refused`, `DNS lookup failed`, `TLS: self-signed certificate`.
 * Reads the whole chain of causes, since `fetch` itself only says "fetch failed", and says nothing of the addresses that were tried.
 */
export function failureReason(error: unknown): string {
  const errors = chain(error);
  for (const { reason, applies } of reasons) {
    const found = errors.find(applies);
    if (found) return typeof reason === "string" ? reason : reason(found);
  }
  return "Request failed";
}

/** The reason when no connection was made in time. */
export const connectionTimedOut = "Connection timed out";

/** A host all of whose addresses, or an address that, the sender may not call. Its message is shown as the reason. */
export class AddressRefusedError extends Error {
  override readonly name = "AddressRefusedError";
  readonly code = "ADDRESS_REFUSED";
}

/** A name whose addresses were not found. Its message is shown as the reason. */
export class NameLookupError extends Error {
  override readonly name = "NameLookupError";
  readonly code = "NAME_LOOKUP";
  readonly reason: LookupProblem;

  constructor(reason: LookupProblem) {
    super(`DNS lookup failed: ${reason}`);
    this.reason = reason;
  }
}

type LookupProblem = "unknown name" | "no answer from the name servers" | "too many lookups at once";

interface CodedError extends Error {
  readonly code: string;
}

interface Reason {
  readonly applies: (error: CodedError) => boolean;
  readonly reason: string | ((error: CodedError) => string);
}

// The first that applies to any error of the chain wins: of two addresses of which one is unreachable and one
// refuses the connection, the refusal says more about the receiver.
const reasons: readonly Reason[] = [
  { applies: coded(/^(ADDRESS_REFUSED|NAME_LOOKUP)$/), reason: (error) => error.message },
  { applies: coded(/^ECONNREFUSED$/), reason: "Connection refused" },
  { applies: said(/before secure TLS connection/), reason: "TLS: connection closed during the handshake" },
  { applies: coded(/^(ECONNRESET|EPIPE|ECONNABORTED)$/), reason: "Connection reset" },
  { applies: coded(/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/), reason: connectionTimedOut },
  { applies: coded(/^(ENOTFOUND|ENODATA|EAI_NONAME|EAI_NODATA)$/), reason: "DNS lookup failed: unknown name" },
  { applies: coded(/^EAI_AGAIN$/), reason: "DNS lookup failed: no answer from the name servers" },
  { applies: coded(/^(EAI_|EDNS|ESERVFAIL)/), reason: "DNS lookup failed" },
  { applies: coded(/^EHOSTUNREACH$/), reason: "Host unreachable" },
  { applies: coded(/^(ENETUNREACH|EADDRNOTAVAIL|EAFNOSUPPORT)$/), reason: "Network unreachable" },
  { applies: coded(/^ERR_TLS_CERT_ALTNAME_INVALID$/), reason: "TLS: certificate is for another host" },
  { applies: coded(/SELF_SIGNED_CERT/), reason: "TLS: self-signed certificate" },
  { applies: coded(/^CERT_HAS_EXPIRED$/), reason: "TLS: certificate has expired" },
  { applies: coded(/^CERT_NOT_YET_VALID$/), reason: "TLS: certificate is not yet valid" },
  { applies: coded(/^CERT_REVOKED$/), reason: "TLS: certificate is revoked" },
  { applies: coded(/^(UNABLE_TO_|CERT_|INVALID_CA|INVALID_PURPOSE)/), reason: "TLS: certificate is not trusted" },
  { applies: coded(/^(ERR_SSL_|ERR_TLS_)/), reason: (error) => `TLS: ${spoken(error.code)}` },
  { applies: coded(/^EPROTO$/), reason: "TLS: protocol error" },
  { applies: said(/other side closed/), reason: "Connection closed before the answer was complete" },
  { applies: coded(/^UND_ERR_HEADERS_OVERFLOW$/), reason: "Response headers too large" },
  { applies: coded(/^(HPE_|UND_ERR_RES_|UND_ERR_RESPONSE|UND_ERR_SOCKET$)/), reason: "Invalid HTTP response" },
  // undici's parser has no code for what does not begin as HTTP does, and asserts that a status is at least 100.
  {
    applies: ({ name, code }) => name === "HTTPParserError" || code === "ERR_ASSERTION",
    reason: "Invalid HTTP response",
  },
  { applies: coded(/^(Z_|ERR__ERROR_FORMAT|ERR_BROTLI)/), reason: "Invalid compression of the response" },
];

function coded(pattern: RegExp): Reason["applies"] {
  return ({ code }) => pattern.test(code);
}

function said(pattern: RegExp): Reason["applies"] {
  return ({ message }) => pattern.test(message);
}

/** `ERR_SSL_WRONG_VERSION_NUMBER` as `wrong version number`. */
function spoken(code: string): string {
  return code
    .replace(/^ERR_(SSL|TLS)_/, "")
    .replaceAll("_", " ")
    .toLowerCase();
}

/** The error, its cause, the errors it gathers and theirs, outermost first. */
function chain(error: unknown): CodedError[] {
  if (!(error instanceof Error)) return [];
  const inner = [error.cause, ...(error instanceof AggregateError ? error.errors : [])].flatMap(chain);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return [{ name: error.name, message: error.message, code }, ...inner];
}
