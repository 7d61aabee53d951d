import { DomainError, type ErrorCode, type FieldError } from "@strategy-executor/core";

/** A request that is refused before an operation runs. The message is for the client. */
export class HttpRefusal extends Error {
  override readonly name = "HttpRefusal";
  readonly status: number;
  readonly fields: readonly FieldError[];

  constructor(status: number, message: string, fields: readonly FieldError[] = []) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

/** The refusal that an error stands for; null for a bug or an outage. */
export function toHttpRefusal(error: unknown): HttpRefusal | null {
  if (error instanceof HttpRefusal) return error;
  if (error instanceof DomainError) return new HttpRefusal(statusOf[error.code], error.message, error.fields);
  return refusalOfParser(error);
}

const statusOf = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  invalid: 422,
  conflict: 409,
  cursor_expired: 410,
  payload_too_large: 413,
  too_many_requests: 429,
  unavailable: 503,
  not_configured: 501,
} satisfies Record<ErrorCode, number>;

/** Express and its body parser throw errors with a 4xx status for unreadable requests. */
function refusalOfParser(error: unknown): HttpRefusal | null {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return null;
  if (error.status < 400 || error.status > 499) return null;
  // A path that cannot be decoded does not exist.
  if (error instanceof URIError) return new HttpRefusal(404, "The path is not well encoded");
  const type = "type" in error ? error.type : undefined;
  if (type === "entity.too.large") return new HttpRefusal(413, "The body is larger than 1 MB");
  if (type === "encoding.unsupported" && "encoding" in error) {
    return new HttpRefusal(415, unsupportedCoding(String(error.encoding)));
  }
  return new HttpRefusal(error.status, error.message);
}

export function unsupportedCoding(coding: string): string {
  return `Content-Encoding ${coding} is not supported: send the body as it is, or with gzip, deflate, br or zstd`;
}
