import { type AnyOperation, type ErrorCode, type FieldError, operations } from "@strategy-executor/core";
import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
} from "graphql";
import { z } from "zod";
import { toCamelCase, toSnakeCase, wireNamesOf } from "../graphql/mapping/name-mapping.ts";
import { schema } from "../graphql/schema.ts";
import { type OfferedOperation, Refusal, toFields, type Transport, withKey } from "./transport.ts";

/**
 * The field of each operation. GraphQL has its own shapes: details of an execution are linked fields, and lists are
 * either plain or connections.
 */
const places: Readonly<Record<string, Place>> = {
  listStrategies: { path: ["strategies"], list: "strategies" },
  getStrategy: { path: ["strategy"] },
  executeStrategy: { path: ["executeStrategy"] },
  cancelExecution: { path: ["cancelExecution"] },
  cancelExecutions: { path: ["cancelExecutions"] },
  retryExecution: { path: ["retryExecution"] },
  listExecutions: { path: ["executions"], list: "executions" },
  getExecution: { path: ["execution"] },
  getReport: { path: ["execution", "report", "analysis"] },
  getSession: { path: ["session"] },
  getActivity: { path: ["activity"] },
  listWorkers: { path: ["workers"], list: "workers" },
  getQueue: { path: ["queue"] },
  listExecutionAttempts: { path: ["execution", "runAttempts"], list: "attempts" },
  checkParameters: { path: ["checkParameters"] },
  getCallbackRequest: { path: ["execution", "callbackRequest"] },
  listApiKeys: { path: ["apiKeys"], list: "api_keys" },
  createApiKey: { path: ["createApiKey"] },
  revokeApiKey: { path: ["revokeApiKey"] },
  getSeries: { path: ["execution", "series"] },
  listDeliveryAttempts: { path: ["execution", "deliveryAttempts"], list: "attempts" },
  redeliverCallback: { path: ["redeliverCallback"] },
  redeliverCallbacks: { path: ["redeliverCallbacks"] },
  listReceivers: { path: ["receivers"], list: "receivers" },
  createSigningSecret: { path: ["createSigningSecret"] },
  rotateSigningSecret: { path: ["rotateSigningSecret"] },
  listSigningSecrets: { path: ["signingSecrets"], list: "secrets" },
  endSigningSecret: { path: ["endSigningSecret"] },
  listPrices: { path: ["prices"], list: "prices" },
  importPrices: { path: ["importPrices"] },
  refreshPrices: { path: ["refreshPrices"] },
  getPrices: { path: ["tickerPrices"] },
  deletePrices: { path: ["deletePrices"] },
  listDataSeries: { path: ["dataSeries"], list: "data_series" },
  importDataSeries: { path: ["importDataSeries"] },
  deleteDataSeries: { path: ["deleteDataSeries"] },
  getCalendar: { path: ["calendar"] },
  previewSchedule: { path: ["previewSchedule"] },
  createSchedule: { path: ["createSchedule"] },
  listSchedules: { path: ["schedules"], list: "schedules" },
  getSchedule: { path: ["schedule"] },
  updateSchedule: { path: ["updateSchedule"] },
  pauseSchedule: { path: ["pauseSchedule"] },
  resumeSchedule: { path: ["resumeSchedule"] },
  deleteSchedule: { path: ["deleteSchedule"] },
  triggerSchedule: { path: ["triggerSchedule"] },
  backfillSchedule: { path: ["backfillSchedule"] },
  listScheduleRuns: { path: ["schedule", "runs"], list: "runs" },
  getToday: { path: ["today"], list: "schedules" },
  setExchangeDay: { path: ["setExchangeDay"] },
  submitSweep: { path: ["submitSweep"] },
  cancelSweep: { path: ["cancelSweep"] },
  listSweeps: { path: ["sweeps"], list: "sweeps" },
  getSweep: { path: ["sweep"] },
  getSweepTable: { path: ["sweep", "table"] },
};

interface Place {
  /** Path from the root type. */
  readonly path: readonly [string, ...string[]];
  /** The output field that holds the elements. */
  readonly list?: string;
  /** Arguments that exist only in GraphQL. */
  readonly besides?: readonly string[];
}

export const graphqlTransport: Transport = {
  name: "GraphQL",
  besides: ["node"],
  offers: () => [
    ...Object.entries(places).map(([name, place]) => toOffered(name, place)),
    ...rootFields()
      .filter(({ name }) => !Object.values(places).some(({ path }) => path[0] === name))
      .map((field) => ({ name: field.name, kind: kindOf(field.name), fields: [] })),
  ],

  async call(address, name, input, apiKey) {
    const place = places[name];
    const operation = operations.find((candidate) => candidate.name === name);
    if (place === undefined || operation === undefined) throw new Error(`There is no ${name}`);
    const response = await fetch(`${address}/graphql`, {
      method: "POST",
      headers: { ...withKey(apiKey), "content-type": "application/json" },
      body: JSON.stringify({ query: toDocument(operation, place), variables: toVariables(operation, place, input) }),
    });
    const { data, errors } = (await response.json()) as Answer;
    const arrived = (told: Told) => refused(operation, told);
    if (errors !== undefined) throw toRefusal(errors, arrived);
    let found: Fields = data;
    for (const step of place.path) {
      found = found[step] as Fields;
      if (found["__typename"] === "DomainError") throw arrived(found as unknown as Told);
    }
    return toOutput(operation, place, found);
  },
};

type Fields = Readonly<Record<string, unknown>>;
type Told = { readonly code: ErrorCode; readonly message: string; readonly fields: readonly FieldError[] };

interface Answer {
  readonly data: Fields;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Partial<Told> }[];
}

interface Connection {
  readonly edges: readonly { readonly node: unknown }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

function toOffered(name: string, { path, besides = [] }: Place): OfferedOperation {
  const operation = operations.find((candidate) => candidate.name === name)!;
  const args = fieldsAlong(path)
    .flatMap(({ args: own }) => own.flatMap(parametersOf))
    .filter((arg) => !besides.includes(arg.name));
  const fields = args.map((arg) => ({ name: toWire(operation, arg.name), required: arg.required }));
  return { name, kind: kindOf(path[0]), fields: toFields(fields) };
}

/** The fields of an argument that holds those of the operation; null for others. */
function fieldsInside(arg: GraphQLArgument) {
  const type = getNamedType(arg.type);
  return isInputObjectType(type) && ["input", "filter"].includes(arg.name) ? Object.values(type.getFields()) : null;
}

/** The argument itself, or the fields of an input object. */
function parametersOf(arg: GraphQLArgument): { readonly name: string; readonly required: boolean }[] {
  const inside = fieldsInside(arg);
  if (inside === null) return [{ name: arg.name, required: isRequiredArgument(arg) }];
  return inside.map((field: GraphQLInputField) => ({
    name: field.name,
    required: isRequiredInputField(field),
  }));
}

function toVariables(operation: AnyOperation, { path }: Place, input: Fields): Fields {
  const args = fieldsAlong(path).flatMap((field) => field.args);
  const given = ({ name, type }: { readonly name: string; readonly type: GraphQLInputType }) =>
    [name, toGraphql(type, input[toWire(operation, name)])] as const;
  const values = args.map((arg) => {
    const inside = fieldsInside(arg);
    return inside === null ? given(arg) : ([arg.name, Object.fromEntries(inside.map(given))] as const);
  });
  return Object.fromEntries(values) as Fields;
}

/** Converts a value of an operation as a client would write it. What no client could write is sent as it is. */
function toGraphql(type: GraphQLInputType, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (isNonNullType(type)) return toGraphql(type.ofType, value);
  if (isListType(type)) {
    const elements = typeof value === "string" && value.includes(",") ? value.split(",") : value;
    const inner = type.ofType as GraphQLInputType;
    return Array.isArray(elements) ? elements.map((element) => toGraphql(inner, element)) : toGraphql(inner, elements);
  }
  if (isEnumType(type)) return type.getValues().find((option) => option.value === value)?.name ?? value;
  if (!isInputObjectType(type)) return value;
  const fields = type.getFields();
  if (typeof value !== "object") return fields["at"] === undefined ? value : { at: value };
  const entries = Object.entries(value).map(([wire, inner]) => {
    const name = toCamelCase(wire);
    const field = fields[name];
    return [name, field === undefined ? inner : toGraphql(field.type, inner)];
  });
  return Object.fromEntries(entries) as Fields;
}

const refusal = "{ code message fields { path message } }";

function toDocument({ output }: AnyOperation, { path, list }: Place): string {
  const fields = fieldsAlong(path);
  const last = fields.at(-1)!;
  const elements = list === undefined ? output : fieldsOf(output).get(list)!;
  const innermost = isConnection(last)
    ? `{ edges { node ${selectionOf(elements, elementOf(last))} } pageInfo { hasNextPage endCursor } }`
    : selectionOf(elements, answerOf(last));
  const selection = fields.reduceRight((inner, field) => {
    const args = field.args.map(({ name }) => `${name}: $${name}`);
    return `{ __typename ${field.name}${args.length > 0 ? `(${args.join(", ")})` : ""} ${wrapped(field, inner)} }`;
  }, innermost);
  const variables = fields.flatMap(({ args }) => args.map(({ name, type }) => `$${name}: ${String(type)}`));
  return `${kindOf(path[0])} Call${variables.length > 0 ? `(${variables.join(", ")})` : ""} ${selection}`;
}

/** Asks for the refusal too where the field can answer with one. */
function wrapped(field: Field, inner: string): string {
  const isRefusable = isUnionType(getNamedType(field.type));
  return isRefusable ? `{ __typename ... on DomainError ${refusal} ... on ${answerOf(field).name} ${inner} }` : inner;
}

function toOutput({ output }: AnyOperation, { path, list }: Place, value: unknown): unknown {
  const last = fieldsAlong(path).at(-1)!;
  if (list === undefined) return fromGraphql(output, answerOf(last), value);
  const elements = fieldsOf(output).get(list)!;
  if (!isConnection(last)) return { [list]: fromGraphql(elements, answerOf(last), value) };
  const { edges, pageInfo } = value as Connection;
  const nodes = edges.map(({ node }) => node);
  return {
    [list]: fromGraphql(elements, elementOf(last), nodes),
    next_cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null,
  };
}

/** Selects every field of the output schema, by its camelCase name. */
function selectionOf(output: z.core.$ZodType, type: Type): string {
  if (isLeafType(type)) return "";
  const selected = [...fieldsOf(output)].map(([name, field]) => {
    const counterpart = fieldOf(type, toCamelCase(name));
    return `${counterpart.name} ${selectionOf(field, getNamedType(counterpart.type))}`;
  });
  return `{ ${selected.join(" ")}${isOpen(output) ? " own" : ""} }`;
}

/** Converts a result back. GraphQL returns null where the schemas expect absence. */
function fromGraphql(output: z.core.$ZodType, type: Type, value: unknown): unknown {
  if (value === null) return value;
  if (Array.isArray(value)) return value.map((element) => fromGraphql(output, type, element));
  if (isEnumType(type)) return type.getValue(String(value))?.value as unknown;
  if (isLeafType(type)) return type.name === "ID" && unwrapped(output) instanceof z.ZodNumber ? Number(value) : value;
  const isAlternative = unwrapped(output) instanceof z.ZodUnion;
  const { at } = value as { readonly at?: unknown };
  if (isAlternative && typeof at === "string") return at;
  const entries = [...fieldsOf(output)].flatMap(([name, field]) => {
    const counterpart = fieldOf(type, toCamelCase(name));
    const inner = (value as Fields)[counterpart.name];
    // A user's strategy may report null where built-in ones report nothing; GraphQL has one null for both.
    const isReported = field instanceof z.ZodOptional && field.unwrap() instanceof z.ZodUnion && isOpen(output);
    const isAbsent = inner === null && (isAlternative || isReported || !z.safeParse(field, null).success);
    return isAbsent ? [] : [[name, fromGraphql(field, getNamedType(counterpart.type), inner)]];
  });
  const { own } = value as { readonly own?: unknown };
  return { ...Object.fromEntries(entries), ...(isOpen(output) && typeof own === "object" ? own : {}) };
}

/** The fields of an object type, or of all members of a union. */
function fieldsOf(output: z.core.$ZodType): Map<string, z.core.$ZodType> {
  const inner = unwrapped(output);
  // GraphQL has no alternative that is a text: it becomes a field.
  if (inner instanceof z.ZodString) return new Map([["at", z.string().optional()]]);
  if (inner instanceof z.ZodUnion) return new Map(inner.options.flatMap((option) => [...fieldsOf(option)]));
  if (!(inner instanceof z.ZodObject)) throw new Error("GraphQL has an object where the operation has none");
  return new Map(Object.entries(inner.shape));
}

function unwrapped(output: z.core.$ZodType): z.core.$ZodType {
  const isWrapped =
    output instanceof z.ZodOptional || output instanceof z.ZodNullable || output instanceof z.ZodDefault;
  if (isWrapped) return unwrapped(output.unwrap());
  if (output instanceof z.ZodArray) return unwrapped(output.element);
  // A user's strategy may report anything in place of what is known.
  const [known, anything] = output instanceof z.ZodUnion ? output.options : [];
  return known !== undefined && anything instanceof z.ZodUnknown ? unwrapped(known) : output;
}

/** Whether strategies may add fields, which GraphQL has as `own`. */
function isOpen(output: z.core.$ZodType): boolean {
  const inner = unwrapped(output);
  return inner instanceof z.ZodObject && inner.def.catchall instanceof z.ZodUnknown;
}

type Field = GraphQLField<unknown, unknown>;
type Type = ReturnType<typeof getNamedType> & { readonly name: string };

function rootFields(): readonly Field[] {
  return [schema.getQueryType(), schema.getMutationType()].flatMap((root) => Object.values(root?.getFields() ?? {}));
}

function kindOf(field: string): "query" | "mutation" {
  return field in schema.getQueryType()!.getFields() ? "query" : "mutation";
}

function fieldsAlong([root, ...links]: Place["path"]): readonly Field[] {
  const first = rootFields().find(({ name }) => name === root)!;
  return links.reduce<readonly Field[]>(
    (fields, link) => [...fields, fieldOf(answerOf(fields.at(-1)!), link)],
    [first],
  );
}

function fieldOf(type: Type, name: string): Field {
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  if (field === undefined) throw new Error(`${type.name} has no field ${name}`);
  return field;
}

/** The type of a field's result, refusals aside. */
function answerOf(field: Field): Type {
  const type = getNamedType(field.type);
  return isUnionType(type) ? type.getTypes().find(({ name }) => name !== "DomainError")! : type;
}

function isConnection(field: Field): boolean {
  return answerOf(field).name.endsWith("Connection");
}

function elementOf(field: Field): Type {
  const edge = getNamedType(fieldOf(answerOf(field), "edges").type);
  return getNamedType(fieldOf(edge, "node").type);
}

function toWire({ input }: AnyOperation, argument: string): string {
  return wireNamesOf(argument).find((name) => name in input.shape) ?? toSnakeCase(argument);
}

function toRefusal([error]: NonNullable<Answer["errors"]>, arrived: (told: Told) => Refusal): Error {
  const { code, fields } = error?.extensions ?? {};
  if (error === undefined || code === undefined || fields === undefined) {
    return new Error(`Answered with errors: ${error?.message}`);
  }
  return arrived({ code, message: error.message, fields });
}

/** The refusal as the other transports tell it: codes and names as they are on the wire. */
function refused(operation: AnyOperation, { code, message, fields }: Told): Refusal {
  let plain = message;
  const onTheWire = fields.map((field) => {
    const names = field.path.split(".");
    const [name = "", ...within] = ["input", "filter"].includes(names[0]!) ? names.slice(1) : names;
    const isJson = ["parameters", "grid"].includes(name);
    const path = [toWire(operation, name), ...(isJson ? within : within.map(toSnakeCase))].join(".");
    plain = plain.replace(`${field.path}: `, `${path}: `);
    return { ...field, path };
  });
  return new Refusal(code.toLowerCase() as ErrorCode, plain, onTheWire);
}
