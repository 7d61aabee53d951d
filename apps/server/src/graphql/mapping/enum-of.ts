import { builder } from "../builder.ts";
import { inGraphqlWords } from "./field-descriptions.ts";
import { toEnumName } from "./name-mapping.ts";

interface EnumOptions<Value extends string> {
  readonly description: string | undefined;
  /** What each value means. */
  readonly meanings?: Readonly<Record<Value, string>>;
}

/**
 * Defines an enumeration from the values of operations. Clients see them in upper case; GraphQL itself converts them, so resolvers get and
 * return the values of the operations.
 */
export function enumOf<Value extends string>(
  name: string,
  values: readonly Value[],
  { description, meanings }: EnumOptions<Value>,
) {
  const known = values.map((value) => {
    const meaning = meanings?.[value];
    return [toEnumName(value), { value, ...(meaning !== undefined && { description: meaning }) }] as const;
  });
  const ref = builder.enumType(name, {
    ...(description !== undefined && { description: inGraphqlWords(description, values) }),
    values: Object.fromEntries(known) as Record<string, { readonly value: Value; readonly description?: string }>,
  });
  byValues.set(keyOf(values), ref);
  return ref;
}

/** The enumeration of these values, where one was defined; otherwise a new one. */
export function enumWith(name: string, values: readonly string[], description: string | undefined) {
  return byValues.get(keyOf(values)) ?? enumOf(name, values, { description });
}

type AnyEnum = ReturnType<typeof enumOf<string>>;

/** The same list of values is the same enumeration everywhere. */
const byValues = new Map<string, AnyEnum>();

function keyOf(values: readonly string[]): string {
  return values.join("|");
}
