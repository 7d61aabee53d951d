interface Schema {
  readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
}

/** The parameters that differ from the strategy's defaults, as short texts: `variant BAA-G4`. */
export function differencesOf(
  parameters: Readonly<Record<string, unknown>> | null,
  schema: Readonly<Record<string, unknown>> | undefined,
): readonly string[] {
  const { properties = {} } = (schema ?? {}) as Schema;
  const axes = axesOf(parameters);
  if (axes !== null) return axes.map((axis) => `${axis} …`);
  return Object.entries(parameters ?? {}).flatMap(([name, value]) => {
    const usual = properties[name]?.default ?? null;
    return JSON.stringify(value ?? null) === JSON.stringify(usual) ? [] : [`${name} ${shortly(value)}`];
  });
}

/** The parameters that a sweep varies; null if the execution is not a sweep. */
function axesOf(parameters: Readonly<Record<string, unknown>> | null): readonly string[] | null {
  const { grid, objective } = (parameters ?? {}) as { grid?: { axes?: object }; objective?: unknown };
  return grid?.axes === undefined || objective === undefined ? null : Object.keys(grid.axes);
}

function shortly(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}
