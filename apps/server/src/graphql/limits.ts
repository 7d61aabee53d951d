import { maxAliasesPlugin } from "@escape.tech/graphql-armor-max-aliases";
import { createComplexityRule } from "@pothos/plugin-complexity";
import { type ExecutionArgs, GraphQLError, NoSchemaIntrospectionCustomRule, parse, validate } from "graphql";
import type { Plugin } from "graphql-yoga";

export const limits = {
  /** Names, punctuators and values in a document. */
  tokens: 2_000,
  aliases: 30,
  depth: 12,
  /** Objects that a response can hold, counting pages at full length and expensive objects more. */
  cost: 10_000,
  bodyBytes: 1_048_576,
};

/** Plugins that refuse excessive requests before any data is read. */
export function limitPlugins({ introspection }: { readonly introspection: boolean }): Plugin[] {
  return [
    limitTokens,
    maxAliasesPlugin({
      n: limits.aliases,
      propagateOnRejection: false,
      onReject: [(context, error) => context?.reportError(error)],
    }) as Plugin,
    limitCost,
    ...(introspection ? [] : [withoutIntrospection]),
  ];
}

const limitTokens: Plugin = {
  onParse({ setParseFn }) {
    setParseFn((source, options) => parse(source, { ...options, maxTokens: limits.tokens }));
  },
};

/** Checked at execution, because validation results are cached by document and the cost depends on variables. */
const limitCost: Plugin = {
  onExecute({ args, setResultAndStopExecution }) {
    const errors = costErrors(args);
    if (errors.length > 0) setResultAndStopExecution({ errors });
  },
  onSubscribe({ args, setResultAndStopExecution }) {
    const errors = costErrors(args);
    if (errors.length > 0) setResultAndStopExecution({ errors });
  },
};

function costErrors({ schema, document, variableValues, operationName, contextValue }: ExecutionArgs): GraphQLError[] {
  const rule = createComplexityRule({
    maxComplexity: limits.cost,
    maxDepth: limits.depth,
    variableValues: variableValues ?? {},
    context: contextValue as object,
    ...(typeof operationName === "string" && { operationName }),
  });
  return validate(schema, document, [rule]).map(({ message, nodes, extensions }) => {
    const http = { spec: true, status: 400 };
    return new GraphQLError(message, { nodes: nodes ?? [], extensions: { ...extensions, http } });
  });
}

const withoutIntrospection: Plugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(NoSchemaIntrospectionCustomRule);
  },
};
