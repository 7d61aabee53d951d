import { errorTypeMap, wrapOrThrow } from "@pothos/plugin-errors";
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
import { inArgumentNames } from "./mapping/argument-names.ts";

/**
 * Puts refusals into the names of the field's arguments, and reports them to the connection, so that the response can carry `Retry-After`
 * as over the other transports. A field returns a refusal in its union, or throws it.
 */
export function reportRefusals(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
    for (const field of Object.values(type.getFields())) {
      if (isRoot || field.args.length > 0 || canBeRefused(field)) report(field);
    }
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
  const told = (context: GraphqlContext, refusal: DomainError) => {
    context.connection.refused(refusal.code);
    return inArgumentNames(refusal, field.args);
  };
  field.resolve = async (source, args, context, info) => {
    try {
      const result: unknown = await resolve(source, args, context, info);
      // The errors plugin wraps the error, which hides its class.
      if (!errorTypeMap.has(result as object)) return result;
      return wrapOrThrow(told(context, result as DomainError), [DomainError]);
    } catch (error) {
      const cause = causeOf(error);
      throw cause instanceof DomainError ? told(context, cause) : error;
    }
  };
}
