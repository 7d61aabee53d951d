/** Every way in which a request can be refused. Each transport owns a table from these codes to its own. */
export type ErrorCode =
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "invalid"
  | "conflict"
  | "cursor_expired"
  | "payload_too_large"
  | "too_many_requests"
  | "unavailable"
  | "not_configured";

/** One field at fault. `path` as in JSON: `callback_url`, `parameters.short_window`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** A request that is refused, with a message for the person who made it. Anything else that is thrown is a bug or an outage. */
export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[];

  constructor(code: ErrorCode, message: string, fields: readonly FieldError[] = []) {
    super(message);
    this.code = code;
    this.fields = fields;
  }
}
