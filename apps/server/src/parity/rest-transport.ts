import type { ErrorCode } from "@strategy-executor/core";
import { openapiDocument } from "../rest/openapi.ts";
import { formatField } from "../rest/routes.ts";
import type { Problem } from "../rest/problem.ts";
import { type OfferedOperation, Refusal, toFields, type Transport, withKey } from "./transport.ts";

const statusOf = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  invalid: 422,
  conflict: 409,
  cursor_expired: 410,
  payload_too_large: 413,
  too_many_requests: 429,
  unavailable: 503,
  not_configured: 501,
} satisfies Record<ErrorCode, number>;

export const restTransport: Transport = {
  name: "REST",
  besides: ["watchExecution", "getHealth", "getReadiness", "getMetrics", "getOpenapiJson", "getOpenapiYaml"],
  offers: () => documented().map(({ name, kind, fields }) => ({ name, kind, fields })),

  async call(address, operation, input, apiKey) {
    const found = documented().find(({ name }) => name === operation);
    if (found === undefined) throw new Error(`${operation} is not documented`);
    const { method, path, mediaType } = found;
    const left = new Map(Object.entries(input));
    const take = (name: string) => {
      const value = left.get(name);
      left.delete(name);
      return value;
    };
    const url = new URL(address + path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(take(name)))));
    const body = mediaType === "text/csv" ? String(take("csv")) : JSON.stringify(Object.fromEntries(left));
    if (mediaType !== "application/json") for (const [name, value] of left) url.searchParams.set(name, String(value));
    const response = await fetch(url, {
      method,
      headers: {
        ...withKey(apiKey),
        accept: "application/json",
        ...(mediaType !== undefined && { "content-type": mediaType }),
      },
      ...(mediaType !== undefined && { body }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw toRefusal(answer as Problem);
    return answer;
  },
};

interface DocumentedOperation extends OfferedOperation {
  readonly method: string;
  readonly path: string;
  /** The content type of the body, if there is one. */
  readonly mediaType: string | undefined;
}

let read: readonly DocumentedOperation[] | undefined;

/** The operations as a client reads them from the OpenAPI document. */
function documented(): readonly DocumentedOperation[] {
  read ??= readDocument();
  return read;
}

function readDocument(): readonly DocumentedOperation[] {
  const { paths, components } = JSON.parse(JSON.stringify(openapiDocument())) as Document;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], requestBody, security }]) => {
      const [mediaType, body] = Object.entries(requestBody?.content ?? {})[0] ?? [];
      const parts = [
        ...parameters.filter((parameter) => parameter.in !== "header" && parameter.name !== formatField),
        ...(mediaType === "text/csv" ? [{ name: "csv", required: true }] : []),
        ...(mediaType === "application/json" ? propertiesOf(resolve(components, body?.schema)) : []),
      ];
      const fields = toFields(parts.map(({ name, required = false }) => ({ name, required })));
      return {
        name: operationId,
        kind: kindOf(method, security),
        method: method.toUpperCase(),
        path,
        mediaType,
        fields,
      };
    }),
  );
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, ObjectSchema>> };
}

interface Operation {
  readonly operationId: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

type Schema = ObjectSchema | { readonly $ref: string };

function resolve({ schemas }: Document["components"], schema: Schema = {}): ObjectSchema {
  return "$ref" in schema ? (schemas[schema.$ref.replace("#/components/schemas/", "")] ?? {}) : schema;
}

function propertiesOf({ properties = {}, required = [] }: ObjectSchema) {
  return Object.keys(properties).map((name) => ({ name, required: required.includes(name) }));
}

/** A POST with scope `read` is a query whose input is too large for a URL. */
function kindOf(method: string, security: Operation["security"] = []): "query" | "mutation" {
  const scopes = security.flatMap((scheme) => Object.values(scheme).flat());
  return method === "get" || (scopes.length > 0 && scopes.every((scope) => scope === "read")) ? "query" : "mutation";
}

function toRefusal({ status, detail, errors = [] }: Problem): Error {
  const code = (Object.keys(statusOf) as ErrorCode[]).find((key) => statusOf[key] === status);
  return code === undefined ? new Error(`Answered ${status}: ${detail}`) : new Refusal(code, detail, errors);
}
