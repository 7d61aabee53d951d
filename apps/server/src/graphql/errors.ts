import { DomainError, type ErrorCode, type FieldError } from "@strategy-executor/core";
import { GraphQLError } from "graphql";
import { builder } from "./builder.ts";
import { toArgumentPath } from "./names.ts";

const meanings = {
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
 * Tells a refusal in the list of errors. For connections: Relay wants them as they are, not in a union, and only a bad
 * argument is refused there.
 */
export async function tellRefusal<T>(answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, message, fields } = error;
    const atFault = fields.map((field) => ({ ...field, path: toArgumentPath(field.path) }));
    throw new GraphQLError(message, { extensions: { code, fields: atFault } });
  }
}
