import type { z } from "zod";

/** One field that does not match a schema. */
export interface FieldIssue {
  /** Such as `result.weights[0]`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** The fields at fault, with the paths that a person would write. */
export function toFieldIssues(error: z.ZodError): FieldIssue[] {
  return error.issues.map(({ path, message }) => ({ path: printPath(path), message }));
}

/** The fields at fault in one line. */
export function describeIssues(error: z.ZodError): string {
  return toFieldIssues(error)
    .map(({ path, message }) => (path ? `${path}: ${message}` : message))
    .join("; ");
}

function printPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`));
  return steps.join("").replace(/^\./, "");
}
