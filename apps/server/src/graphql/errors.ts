import { DomainError, type ErrorCode, type FieldError } from "@strategy-executor/core";
import { GraphQLError } from "graphql";
import { maskError } from "graphql-yoga";
import { builder } from "./builder.ts";
import { toArgumentPath } from "./name-mapping.ts";

const meanings = {
  unauthenticated: "The request names nobody who may come in.",
  forbidden: "The client may not do this.",
  not_found: "What was asked for does not exist.",
  invalid: "The input is wrong; the fields at fault are listed.",
  conflict: "It cannot be done in the state that things are in.",
  payload_too_large: "More was sent than is taken.",
  too_many_requests: "The client holds or asks for too much at once.",
  unavailable: "It cannot be done now; later it may.",
} satisfies Record<ErrorCode, string>;

const codes = Object.keys(meanings) as ErrorCode[];

const Code = builder.enumType("ErrorCode", {
  description: "Every way in which a request can be refused.",
  values: Object.fromEntries(codes.map((code) => [code, { value: code, description: meanings[code] }])) as Record<
    ErrorCode,
    { value: ErrorCode; description: string }
  >,
});

const Field = builder.objectRef<FieldError>("FieldError").implement({
  description: "One field at fault.",
  fields: (t) => ({
    path: t.string({
      description: "The argument, or the place in it; empty for the whole.",
      resolve: ({ path }) => toArgumentPath(path),
    }),
    message: t.exposeString("message", { description: "What is wrong with it." }),
  }),
});

/** A refusal as a value of the schema: fields that can be refused answer a union with it. */
export const DomainErrorRef = builder.objectType(DomainError, {
  name: "DomainError",
  description: "A request that was refused, and why.",
  fields: (t) => ({
    code: t.expose("code", { type: Code, description: "For programs." }),
    message: t.exposeString("message", { description: "For people." }),
    fields: t.expose("fields", { type: [Field], description: "The fields at fault; empty where no field is." }),
  }),
});

/**
 * What clients get to see of an error. A refusal where the schema has no union for it, as in connections, which Relay wants
 * as they are, is told with its code and fields; what nobody refused is masked.
 */
export function toClientError(error: unknown, message: string): Error {
  const cause = causeOf(error);
  if (!(cause instanceof DomainError)) return maskError(error, message, false);
  const fields = cause.fields.map((field) => ({ ...field, path: toArgumentPath(field.path) }));
  const place = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {};
  return new GraphQLError(cause.message, { ...place, extensions: { code: cause.code, fields } });
}

/** GraphQL wraps what resolvers throw. */
export function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined ? causeOf(error.originalError) : error;
}
