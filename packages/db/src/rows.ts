/** The rows of a raw statement: PGlite wraps them in a result, postgres.js answers with them. */
export function rowsOf<Row>(answer: unknown): Row[] {
  return Array.isArray(answer) ? (answer as Row[]) : (answer as { rows: Row[] }).rows;
}
