/** What a person at a command line is told of an error. Of a failed query only the reason is for them. */
export function oneLine(error: unknown): string {
  if (error instanceof AggregateError) return oneLine(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  if ("query" in error && error.cause !== undefined) return oneLine(error.cause);
  return error.message.split("\n", 1)[0]!;
}
