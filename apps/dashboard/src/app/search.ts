/** The search of an address as plain text: `?status=failed&label=005930`. */
export type Search<Key extends string> = { readonly [Name in Key]?: string | undefined };

/** Reads an address. Everything is text; pages read numbers out of it themselves. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

/** Writes an address, without what is empty. */
export function stringifySearch(search: Record<string, unknown>): string {
  const written = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== "") written.set(name, String(value));
  }
  const text = written.toString();
  return text === "" ? "" : `?${text}`;
}

/** What a page knows of an address; everything else is dropped. */
export function only<Key extends string>(...keys: readonly Key[]) {
  return (search: Record<string, unknown>): Search<Key> =>
    Object.fromEntries(
      keys.flatMap((key) => {
        const value = search[key];
        return value === undefined || value === null || value === "" ? [] : [[key, String(value)]];
      }),
    ) as Search<Key>;
}
