import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";

/** The part of an OpenAPI document that tests read. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, DocumentedResponse>>;
  };
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
    readonly schema: object & { readonly examples?: readonly unknown[] };
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, DocumentedResponse | { readonly $ref: string }>>;
  /** Callbacks by name, address and method. */
  readonly callbacks?: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>>
  >;
}

export interface DocumentedResponse {
  readonly content?: Content;
}

/** Bodies by media type. */
export type Content = Readonly<Record<string, MediaType>>;

interface MediaType {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

/** The operations of the document, callbacks excluded. */
export function operationsOf(document: Document) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

/** The documented response for a status, or undefined. */
export function responseOf(
  document: Document,
  operation: DocumentedOperation,
  status: string | number,
): DocumentedResponse | undefined {
  const response = operation.responses[status];
  if (response === undefined || !("$ref" in response)) return response;
  return document.components.responses[response.$ref.replace("#/components/responses/", "")];
}

/**
 * Creates a function that lists how a value differs from a schema of the document. Undocumented fields are accepted
 * only if the schema allows them and `closed` is not set.
 */
export function schemaChecker(
  document: Document,
  { closed = false } = {},
): (schema: object, value: unknown) => string[] {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, keywords: ["discriminator", "components"] });
  formats.default(ajv);
  const prepare = closed ? close : <T>(value: T): T => value;
  // Once, so that each component is compiled once for all schemas.
  ajv.addSchema({ components: prepare(document.components) }, documentId);
  const compiled = new Map<object, ValidateFunction>();
  return (schema, value) => {
    const validate = compiled.get(schema) ?? ajv.compile(withDocumentId(prepare(schema)));
    compiled.set(schema, validate);
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || "the value"} ${message}`);
  };
}

const documentId = "document";

function withDocumentId(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${documentId}#/`));
}

/** Closes the objects in a schema that do not explicitly allow more fields. */
function close<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(close) as T;
  const closed = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, close(inner)]));
  const isOpen = closed["type"] === "object" && "properties" in closed && !("additionalProperties" in closed);
  return (isOpen ? { ...closed, additionalProperties: false } : closed) as T;
}
