/** The part of JSON Schema that parameters of strategies use. */
export interface FieldSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly items?: FieldSchema;
}

export interface ParametersSchema {
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
}

/** How a value is entered. All other types are entered as JSON. */
export type FieldKind = "choice" | "yes or no" | "number" | "integer" | "day" | "list" | "text" | "json";

export function kindOf({ enum: choices, type, format, items }: FieldSchema): FieldKind {
  if (choices !== undefined) return "choice";
  if (type === "boolean") return "yes or no";
  if (type === "integer") return "integer";
  if (type === "number") return "number";
  if (type === "string") return format === "date" ? "day" : "text";
  if (type === "array" && items?.type === "string") return "list";
  return "json";
}

/** Parses the text of a field; undefined for an empty one. @throws SyntaxError for invalid JSON */
export function fromText(text: string, schema: FieldSchema): unknown {
  if (text === "") return undefined;
  switch (kindOf(schema)) {
    case "choice":
      return schema.enum!.find((choice) => String(choice) === text) ?? text;
    case "yes or no":
      return text === "true";
    case "integer":
    case "number":
      return Number.isNaN(Number(text)) ? text : Number(text);
    case "list":
      return text.split(/[\s,]+/).filter((part) => part !== "");
    case "json":
      return JSON.parse(text);
    case "day":
    case "text":
      return text;
  }
}

/** A value as the text of its field. */
export function toText(value: unknown, schema: FieldSchema): string {
  if (value === undefined || value === null) return "";
  if (kindOf(schema) === "list" && Array.isArray(value)) return value.join(", ");
  return typeof value === "string" ? value : typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Parses all fields. Fields that cannot be parsed are returned by name. */
export function toParameters(
  { properties = {} }: ParametersSchema,
  typed: Readonly<Record<string, string>>,
): { readonly parameters: Record<string, unknown>; readonly unreadable: ReadonlySet<string> } {
  const parameters: Record<string, unknown> = {};
  const unreadable = new Set<string>();
  for (const [name, text] of Object.entries(typed)) {
    try {
      const value = fromText(text, properties[name] ?? {});
      if (value !== undefined) parameters[name] = value;
    } catch {
      unreadable.add(name);
    }
  }
  return { parameters, unreadable };
}
