import { DomainError, type ErrorCode, type FieldError } from "@strategy-executor/core";
import { type ExecutionResult, GraphQLError } from "graphql";
import { maskError } from "graphql-yoga";
import { builder } from "./builder.ts";
import { enumOf } from "./mapping/enum-of.ts";
import { toEnumName } from "./mapping/name-mapping.ts";

const meanings = {
  unauthenticated: "The request has no valid API key.",
  forbidden: "The API key lacks the required scope.",
  not_found: "The requested object does not exist.",
  invalid: "The input is invalid; `fields` lists the invalid fields.",
  conflict: "The current state does not allow the request.",
  cursor_expired:
    "The cursor is of a history that was replaced, for example by a restore; read the list and begin a new feed.",
  payload_too_large: "The request is too large.",
  too_many_requests: "The client exceeds a limit.",
  unavailable: "Temporarily unavailable; try again later.",
  not_configured: "The server lacks a setting, which the message names.",
} satisfies Record<ErrorCode, string>;

const codes = Object.keys(meanings) as ErrorCode[];

const Code = enumOf("ErrorCode", codes, { description: "The reasons for a refusal.", meanings });

const Field = builder.objectRef<FieldError>("FieldError").implement({
  description: "An invalid field.",
  fields: (t) => ({
    path: t.exposeString("path", {
      description: "The argument and the field in it, such as `input.callbackUrl`; empty for the whole.",
    }),
    message: t.exposeString("message", { description: "What is wrong with the field." }),
  }),
});

/** A refusal as a value: fields that can be refused return a union with this type. */
export const DomainErrorRef = builder.objectType(DomainError, {
  name: "DomainError",
  description: "A refused request, with the reason.",
  fields: (t) => ({
    code: t.expose("code", { type: Code, description: "Machine-readable reason." }),
    message: t.exposeString("message", { description: "Human-readable explanation." }),
    fields: t.expose("fields", { type: [Field], description: "The invalid fields; may be empty." }),
  }),
});

/**
 * Converts an error for the client. Where the schema has no union for refusals, as in Relay connections, an error
 * carries the code and the fields. Internal errors are masked.
 */
export function toClientError(error: unknown, message: string): Error {
  const cause = causeOf(error);
  if (!(cause instanceof DomainError)) return maskError(error, message, false);
  const place = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {};
  return new GraphQLError(cause.message, {
    ...place,
    extensions: { code: toEnumName(cause.code), fields: cause.fields },
  });
}

type Result = { readonly [Part in keyof ExecutionResult]: ExecutionResult[Part] | undefined };

/** A result as it goes to the client: extensions of errors for the HTTP layer are removed. */
export function toClientResult({ data, errors, extensions }: Result) {
  return {
    ...(data !== undefined && { data }),
    ...(errors !== undefined && { errors: errors.map(withoutInternals) }),
    ...(extensions !== undefined && { extensions }),
  };
}

/** An error without extensions for the HTTP layer. */
export function withoutInternals(error: GraphQLError) {
  const { extensions, ...withoutExtensions } = error.toJSON();
  const { http: _http, unexpected: _unexpected, ...forClients } = extensions ?? {};
  return Object.keys(forClients).length === 0 ? withoutExtensions : { ...withoutExtensions, extensions: forClients };
}

/** GraphQL wraps errors that resolvers throw. */
export function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined ? causeOf(error.originalError) : error;
}
