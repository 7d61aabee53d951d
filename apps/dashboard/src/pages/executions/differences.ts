interface Schema {
  readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
}

/** What differs from a strategy's defaults, as short texts: `variant BAA-G4`. */
export function differencesOf(
  parameters: Readonly<Record<string, unknown>> | null,
  schema: Readonly<Record<string, unknown>> | undefined,
): readonly string[] {
  const { properties = {} } = (schema ?? {}) as Schema;
  return Object.entries(parameters ?? {}).flatMap(([name, value]) => {
    const usual = properties[name]?.default ?? null;
    return JSON.stringify(value ?? null) === JSON.stringify(usual) ? [] : [`${name} ${shortly(value)}`];
  });
}

function shortly(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}
