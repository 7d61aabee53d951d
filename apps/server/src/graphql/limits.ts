import { maxAliasesPlugin } from "@escape.tech/graphql-armor-max-aliases";
import { createComplexityRule } from "@pothos/plugin-complexity";
import { type ExecutionArgs, GraphQLError, NoSchemaIntrospectionCustomRule, parse, validate } from "graphql";
import { isAsyncIterable, type Plugin } from "graphql-yoga";

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

/**
 * Checked at execution, because validation results are cached by document and the cost depends on variables. Answers to queries and
 * mutations tell their cost.
 */
const limitCost: Plugin = {
  onExecute({ args, setResultAndStopExecution }) {
    const { errors, extensions } = costOf(args);
    if (errors.length > 0) return setResultAndStopExecution({ errors, extensions });
    return {
      onExecuteDone({ result, setResult }) {
        if (!isAsyncIterable(result)) setResult({ ...result, extensions: { ...result.extensions, ...extensions } });
      },
    };
  },
  onSubscribe({ args, setResultAndStopExecution }) {
    const { errors, extensions } = costOf(args);
    if (errors.length > 0) setResultAndStopExecution({ errors, extensions });
  },
};

/** What the client is told about the cost of its request. */
interface Cost {
  readonly errors: readonly GraphQLError[];
  readonly extensions: { readonly cost?: { readonly requested: number; readonly limit: number } };
}

function costOf({ schema, document, variableValues, operationName, contextValue }: ExecutionArgs): Cost {
  let requested: number | undefined;
  const rule = createComplexityRule({
    maxComplexity: limits.cost,
    maxDepth: limits.depth,
    variableValues: variableValues ?? {},
    context: contextValue as object,
    ...(typeof operationName === "string" && { operationName }),
    onResult: ({ complexity }) => {
      requested = complexity;
    },
  });
  const errors = validate(schema, document, [rule]).map(({ message, nodes, extensions }) => {
    const http = { spec: true, status: 400 };
    return new GraphQLError(message, { nodes: nodes ?? [], extensions: { ...extensions, http } });
  });
  return { errors, extensions: requested === undefined ? {} : { cost: { requested, limit: limits.cost } } };
}

const withoutIntrospection: Plugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(NoSchemaIntrospectionCustomRule);
  },
};
