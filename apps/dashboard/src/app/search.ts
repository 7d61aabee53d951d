/** The query of an address as plain text: `?status=failed&label=005930`. */
export type Search<Key extends string> = { readonly [Name in Key]?: string | undefined };

/** Parses a query. All values are text; pages parse numbers themselves. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

/** Writes a query and omits empty values. */
export function stringifySearch(search: Record<string, unknown>): string {
  const written = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== "") written.set(name, String(value));
  }
  const text = written.toString();
  return text === "" ? "" : `?${text}`;
}

/** The fields of the query that a page uses; all others are dropped. */
export function only<Key extends string>(...keys: readonly Key[]) {
  return (search: Record<string, unknown>): Search<Key> =>
    Object.fromEntries(
      keys.flatMap((key) => {
        const value = search[key];
        return value === undefined || value === null || value === "" ? [] : [[key, String(value)]];
      }),
    ) as Search<Key>;
}
