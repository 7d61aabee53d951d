/** Parameters in an address: `p.variant=BAA-G4`. */
export interface TypedSearch {
  readonly strategy?: string | undefined;
  readonly [parameter: `p.${string}`]: string | undefined;
}

/** Keeps the fields and every parameter of an address. */
export function withTyped<Key extends string>(...keys: readonly Key[]) {
  return (search: Record<string, unknown>): { readonly [Name in Key]?: string | undefined } & TypedSearch =>
    Object.fromEntries(
      Object.entries(search).filter(
        ([name, value]) => (name.startsWith("p.") || keys.includes(name as Key)) && value !== "" && value !== undefined,
      ),
    ) as { readonly [Name in Key]?: string | undefined } & TypedSearch;
}

/** What was typed, by the names of the parameters. */
export function typedOf(search: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(search).flatMap(([name, value]) => (name.startsWith("p.") ? [[name.slice(2), String(value)]] : [])),
  );
}

/** The same for an address. */
export function toTypedSearch(typed: Readonly<Record<string, string>>): Record<`p.${string}`, string> {
  return Object.fromEntries(Object.entries(typed).map(([name, text]) => [`p.${name}`, text]));
}
