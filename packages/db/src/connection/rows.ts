/** The rows of a raw statement, of which Drizzle does not know the type. Instants are text in them. */
export function rowsOf<Row>(answer: unknown): Row[] {
  return answer as Row[];
}
