import type { z } from "zod";

/** A field that does not match a schema. */
export interface FieldIssue {
  /** The path, such as `result.weights[0]`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** The invalid fields, with readable paths. */
export function toFieldIssues(error: z.ZodError): FieldIssue[] {
  return error.issues.map(({ path, message }) => ({ path: printPath(path), message }));
}

/** The invalid fields in one line. */
export function describeIssues(error: z.ZodError): string {
  return toFieldIssues(error)
    .map(({ path, message }) => (path ? `${path}: ${message}` : message))
    .join("; ");
}

function printPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`));
  return steps.join("").replace(/^\./, "");
}
