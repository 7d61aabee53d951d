import type { FieldIssue } from "../contract/field-issues.ts";

/** A request that is no valid callback. Its message can be shown to the sender. */
export class CallbackRejectedError extends Error {
  override readonly name = "CallbackRejectedError";
  /** The HTTP status to answer with. */
  readonly status: number;
  /** The fields at fault, when the body or the headers do not match the definition. */
  readonly issues: readonly FieldIssue[];

  constructor(status: number, reason: string, options: { cause?: unknown; issues?: readonly FieldIssue[] } = {}) {
    super(`Callback rejected: ${reason}`, { cause: options.cause });
    this.status = status;
    this.issues = options.issues ?? [];
  }
}
