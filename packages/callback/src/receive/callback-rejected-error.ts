import type { FieldIssue } from "../contract/field-issues.ts";

/** The request is not a valid callback. The message may be shown to the sender. */
export class CallbackRejectedError extends Error {
  override readonly name = "CallbackRejectedError";
  /** The HTTP status of the response. */
  readonly status: number;
  /** The invalid fields, when the body or the headers do not match the definition. */
  readonly issues: readonly FieldIssue[];

  constructor(status: number, reason: string, options: { cause?: unknown; issues?: readonly FieldIssue[] } = {}) {
    super(`Callback rejected: ${reason}`, { cause: options.cause });
    this.status = status;
    this.issues = options.issues ?? [];
  }
}
