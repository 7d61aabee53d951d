/** Types the rows of a raw statement. Instants in them are text. */
export function rowsOf<Row>(answer: unknown): Row[] {
  return answer as Row[];
}
