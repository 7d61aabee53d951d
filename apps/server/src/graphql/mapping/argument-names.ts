import { DomainError, type FieldError } from "@strategy-executor/core";
import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from "graphql";
import { inGraphqlWords } from "./field-descriptions.ts";
import { toSnakeCase, wireNamesOf } from "./name-mapping.ts";

/** What a refusal says about arguments: the part that clients see. */
type Told = Pick<DomainError, "code" | "message" | "fields">;

/** An argument, or a field of an input object. */
interface Named {
  readonly name: string;
  readonly type: GraphQLInputType;
}

/**
 * A refusal in the words of the client that gave the arguments: `callback_url: …` becomes `input.callbackUrl: …`. Names inside JSON are
 * kept.
 */
export function inArgumentNames({ code, message, fields }: Told, args: readonly GraphQLArgument[]): DomainError {
  // Other refusals without a field are about an object, not about what the request says.
  if (code === "conflict" && fields.length === 0) return new DomainError(code, inGraphqlWords(message));
  if (code !== "invalid" && fields.length === 0) return new DomainError(code, message);
  const known = namesWithin(args, new Map());
  const told = fields.map((field) => ({ path: toPath(field.path, args), message: inWords(field.message, known) }));
  return new DomainError(code, inWords(withPaths(message, fields, told), known), told);
}

function toPath(path: string, args: readonly GraphQLArgument[]): string {
  if (path === "") return "";
  const [first = "", ...rest] = path.split(".");
  for (const { name, type } of args) {
    if (wireNamesOf(name).includes(first)) return [name, ...within(type, rest)].join(".");
  }
  // An operation's fields are those of the argument `input` or `filter`.
  for (const { name, type } of args) {
    const found = fieldOf(type, first);
    if (found !== undefined) return [name, found.name, ...within(found.type, rest)].join(".");
  }
  return path;
}

function within(type: GraphQLInputType, path: readonly string[]): readonly string[] {
  const [first, ...rest] = path;
  if (first === undefined) return [];
  const inner = isNonNullType(type) ? type.ofType : type;
  if (isListType(inner)) return [first, ...within(inner.ofType as GraphQLInputType, rest)];
  const found = fieldOf(inner, first);
  return found === undefined ? path : [found.name, ...within(found.type, rest)];
}

function fieldOf(type: GraphQLInputType, wire: string): Named | undefined {
  const named = getNamedType(type);
  if (!isInputObjectType(named) || isListType(isNonNullType(type) ? type.ofType : type)) return undefined;
  return Object.values(named.getFields()).find(({ name }) => toSnakeCase(name) === wire);
}

/** Messages begin with the path of the field at fault; several are separated by semicolons. */
function withPaths(message: string, before: readonly FieldError[], after: readonly FieldError[]): string {
  let changed = message;
  let from = 0;
  before.forEach(({ path }, index) => {
    const other = after[index]!.path;
    const at = path === "" ? -1 : changed.indexOf(`${path}: `, from);
    if (at < 0 || (at > 0 && !changed.slice(0, at).endsWith("; "))) return;
    changed = changed.slice(0, at) + other + changed.slice(at + path.length);
    from = at + other.length;
  });
  return changed;
}

/** The input fields in these arguments by their wire name, where that differs from the name of GraphQL. */
function namesWithin(fields: readonly Named[], found: Map<string, Named>): Map<string, Named> {
  for (const field of fields) {
    const wire = toSnakeCase(field.name);
    if (wire !== field.name) found.set(wire, field);
    const named = getNamedType(field.type);
    if (isInputObjectType(named)) namesWithin(Object.values(named.getFields()), found);
  }
  return found;
}

/** Names in the middle of a message, and the values that it suggests for them: `day_order=dmy`. */
function inWords(message: string, known: ReadonlyMap<string, Named>): string {
  return message.replaceAll(/\b[a-z]+(?:_[a-z0-9]+)+\b(?:=(\w+))?/g, (text, value: string | undefined) => {
    const field = known.get(value === undefined ? text : text.slice(0, -value.length - 1));
    if (field === undefined) return text;
    if (value === undefined) return field.name;
    const type = getNamedType(field.type);
    const option = isEnumType(type) ? type.getValues().find((candidate) => candidate.value === value) : undefined;
    return `${field.name}: ${option?.name ?? value}`;
  });
}
