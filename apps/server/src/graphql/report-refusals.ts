import { errorTypeMap } from "@pothos/plugin-errors";
import { DomainError } from "@strategy-executor/core";
import {
  defaultFieldResolver,
  getNamedType,
  type GraphQLField,
  type GraphQLSchema,
  isObjectType,
  isUnionType,
} from "graphql";
import type { GraphqlContext } from "./context.ts";
import { causeOf } from "./errors.ts";

/**
 * Reports refusals to the connection, whether a field returns them in its union or throws them, so that the response can carry
 * `Retry-After` as over the other transports.
 */
export function reportRefusals(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
    for (const field of Object.values(type.getFields())) if (isRoot || canBeRefused(field)) report(field);
  }
  return schema;
}

type Field = GraphQLField<unknown, GraphqlContext>;

function canBeRefused({ type }: Field): boolean {
  const named = getNamedType(type);
  return isUnionType(named) && named.getTypes().some(({ name }) => name === DomainError.name);
}

function report(field: Field): void {
  const { resolve = defaultFieldResolver } = field;
  field.resolve = async (source, args, context, info) => {
    try {
      const result: unknown = await resolve(source, args, context, info);
      // The errors plugin wraps the error, which hides its class.
      if (errorTypeMap.has(result as object)) context.connection.refused((result as DomainError).code);
      return result;
    } catch (error) {
      const cause = causeOf(error);
      if (cause instanceof DomainError) context.connection.refused(cause.code);
      throw error;
    }
  };
}
