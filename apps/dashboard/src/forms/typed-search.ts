/** Parameters in an address: `p.variant=BAA-G4`. */
export interface TypedSearch {
  readonly strategy?: string | undefined;
  readonly [parameter: `p.${string}`]: string | undefined;
}

/** The given fields of a query and all its parameters. */
export function withTyped<Key extends string>(...keys: readonly Key[]) {
  return (search: Record<string, unknown>): { readonly [Name in Key]?: string | undefined } & TypedSearch =>
    Object.fromEntries(
      Object.entries(search).filter(
        ([name, value]) => (name.startsWith("p.") || keys.includes(name as Key)) && value !== "" && value !== undefined,
      ),
    ) as { readonly [Name in Key]?: string | undefined } & TypedSearch;
}

/** The parameters of a query, by name. */
export function typedOf(search: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(search).flatMap(([name, value]) => (name.startsWith("p.") ? [[name.slice(2), String(value)]] : [])),
  );
}

/** Parameters as fields of a query. */
export function toTypedSearch(typed: Readonly<Record<string, string>>): Record<`p.${string}`, string> {
  return Object.fromEntries(Object.entries(typed).map(([name, text]) => [`p.${name}`, text]));
}
