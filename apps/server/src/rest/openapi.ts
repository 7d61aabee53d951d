import { STATUS_CODES } from "node:http";
import { toCallbacksObject } from "@strategy-executor/callback";
import { stringify } from "yaml";
import { z } from "zod";
import {
  createDocument,
  type CreateDocumentOptions,
  type ZodOpenApiExamplesObject,
  type ZodOpenApiMediaTypeObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from "zod-openapi";
import manifest from "../../package.json" with { type: "json" };
import { eventStreamPath } from "./event-stream-path.ts";
import { examples } from "./openapi-examples.ts";
import { type ProblemStatus, problemResponses } from "./problem-responses.ts";
import { formatField, type Route, routes } from "./routes.ts";
import { apiKeyScheme, apiKeySecurity, securityOf } from "./openapi-security.ts";
import { servicePaths } from "./service-paths.ts";

/** The OpenAPI document of the REST API, generated from the route table and its schemas. */
export function openapiDocument(basePath = "") {
  return createDocument(
    {
      openapi: "3.1.0",
      info: {
        title: "Strategy executor",
        version: manifest.version,
        license: { name: "Apache License 2.0", identifier: manifest.license },
        description,
      },
      servers: [{ url: basePath || "/", description: "The server that serves this document" }],
      security: [],
      components: { securitySchemes: { [apiKeySecurity]: apiKeyScheme } },
      tags: [
        { name: "Strategies", description: "Available strategies, and their execution." },
        { name: "Executions", description: "The state of executions and of their callbacks." },
        { name: "Callbacks", description: "Signing secrets, and the health of receivers." },
        { name: "Sweeps", description: "One strategy over a grid of parameters. A sweep is an execution." },
        { name: "Prices", description: "Daily prices that strategies run on when `use_real_data` is true." },
        { name: "Schedules", description: "Rules that submit executions automatically." },
        { name: "Calendar", description: "When exchanges trade." },
        { name: "Access", description: "The caller's identity, and API keys." },
        { name: "Service", description: "State of the service, and this document." },
      ],
      paths: { ...routePaths(), ...eventStreamPath, ...servicePaths },
    },
    { override: tidy },
  );
}

/** The document as text, as served and committed. */
export function openapiText(document: ReturnType<typeof openapiDocument>): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The document as YAML. YAML 1.1 readers parse unquoted dates, times and `on` as other types than strings. */
export function openapiYaml(document: ReturnType<typeof openapiDocument>): string {
  return stringify(document, { aliasDuplicateObjects: false, compat: "yaml-1.1" });
}

const description = `\
Runs quantitative investment strategies in the background and sends you the results.

1. Submit an execution with \`POST /strategies/execute/\`. The answer comes at once and names the execution.
2. When the execution has ended, completed, failed or cancelled, the server POSTs its outcome to the \`callback_url\` of the \
request. The callback is documented with that request, under Callbacks.
3. \`GET /executions/{execution_id}/\` shows the same at any time, with the state of the callback.

A request that cannot be accepted is answered with \`application/problem+json\` (RFC 9457). Invalid parameters of a \
strategy do not refuse the request: they fail the execution, and its \`error_message\` says why. A trailing slash is optional on every path. \
Days are ISO dates, instants ISO 8601 in UTC with milliseconds.`;

function routePaths(): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: toOperation(route) };
  return paths;
}

function toOperation(route: Route): ZodOpenApiOperationObject {
  const { operation, status, tag, callbacks, text } = route;
  const { requests, answers } = examples[operation.name] ?? {};
  const { path, query, header, body } = split(route);
  return {
    operationId: operation.name,
    summary: operation.summary,
    tags: [tag],
    security: securityOf(operation.scope),
    ...((path ?? query ?? header) && {
      requestParams: { ...(path && { path }), ...(query && { query }), ...(header && { header }) },
    }),
    ...(body && { requestBody: { required: true, content: { [mediaType(route)]: media(body, requests) } } }),
    responses: {
      [status]: {
        description: STATUS_CODES[status]!,
        content: {
          ...(text && { [text.type]: { schema: z.string(), example: text.example } }),
          "application/json": media(operation.output, answers),
        },
      },
      ...problemResponses(problemsOf(route)),
    },
    ...(callbacks && { callbacks: toCallbacksObject(callbacks) }),
  };
}

/** Maps the input fields to path, query, headers and body. */
function split({ path, body, headers, text, operation: { input } }: Route) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, field]) => field!);
  const elsewhere = Object.keys(input.shape).filter((field) => !inPath.includes(field));
  const inQuery = body === "json" ? [] : elsewhere.filter((field) => field !== body);
  const query = inQuery.length > 0 ? pick(input, inQuery) : undefined;
  return {
    path: inPath.length > 0 ? pick(input, inPath) : undefined,
    query: text === undefined ? query : (query ?? z.strictObject({})).extend(formatIn(text.format)),
    header: headers && z.object(mapValues(headers, (field) => withoutNull(input.shape[field] as z.ZodType))),
    body: body === "json" ? pick(input, elsewhere) : body && (input.shape[body] as z.ZodType),
  };
}

function formatIn(format: string) {
  const says = "Format of the answer. When absent, the header `Accept` decides.";
  return { [formatField]: z.enum(["json", format]).optional().meta({ description: says }) };
}

function mapValues<T>(object: Readonly<Record<string, string>>, read: (value: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, read(value)]));
}

/** A header is present or absent, never null. */
function withoutNull(field: z.ZodType): z.ZodType {
  if (field instanceof z.ZodOptional) return withoutNull(field.unwrap() as z.ZodType).optional();
  return field instanceof z.ZodNullable ? (field.unwrap() as z.ZodType) : field;
}

/** Kept as one schema, so that it stays one component. */
function pick(input: z.ZodObject, fields: readonly string[]): z.ZodObject {
  if (fields.length === Object.keys(input.shape).length) return input;
  return z.strictObject(Object.fromEntries(fields.map((field) => [field, input.shape[field]!])));
}

function mediaType({ body }: Route): string {
  return body === "csv" ? "text/csv" : "application/json";
}

function media(schema: z.core.$ZodType, shown: object | undefined): ZodOpenApiMediaTypeObject {
  return { schema, ...(shown && { examples: { ...shown } as ZodOpenApiExamplesObject }) };
}

function problemsOf({ path, body, problems = [] }: Route): ProblemStatus[] {
  const statuses: ProblemStatus[] = [...problems, 401, 403, 422, 429, 500];
  if (path.includes("{")) statuses.push(404);
  if (body === "json") statuses.push(400);
  if (body !== undefined) statuses.push(413, 415);
  return statuses;
}

/**
 * Responses may gain fields, so their schemas stay open. Patterns that repeat a format are dropped, and so is the
 * constraint that property names are strings. Swagger UI shows a schema by its title, so the id becomes the title.
 */
const tidy: NonNullable<CreateDocumentOptions["override"]> = ({ zodSchema, jsonSchema, io }) => {
  if (io === "output" && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  delete jsonSchema.propertyNames;
  const { id } = z.globalRegistry.get(zodSchema) ?? {};
  if (id !== undefined) jsonSchema.title = id;
};
