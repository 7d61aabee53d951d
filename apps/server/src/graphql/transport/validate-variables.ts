import { coerceInputValue, type ExecutionArgs, GraphQLError, type GraphQLInputType, Kind, typeFromAST } from "graphql";
import type { Plugin } from "graphql-yoga";

/** Refuses variables of the wrong type as operations refuse invalid input: with a code and the invalid fields. */
export const validateVariables: Plugin = {
  onExecute({ args, setResultAndStopExecution }) {
    const refusal = refusalOf(args);
    if (refusal !== null) setResultAndStopExecution({ errors: [refusal] });
  },
  onSubscribe({ args, setResultAndStopExecution }) {
    const refusal = refusalOf(args);
    if (refusal !== null) setResultAndStopExecution({ errors: [refusal] });
  },
};

function refusalOf({ schema, document, operationName, variableValues }: ExecutionArgs): GraphQLError | null {
  const operation = document.definitions.find(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      (operationName === undefined || operationName === null || definition.name?.value === operationName),
  );
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return null;
  const fields: { path: string; message: string }[] = [];
  for (const { variable, type: node } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const value = variableValues?.[name];
    if (value === undefined) continue;
    const type = typeFromAST(schema, node as Parameters<typeof typeFromAST>[1]) as GraphQLInputType;
    coerceInputValue(value, type, (within, _invalid, { message }) => {
      fields.push({ path: [name, ...within].join("."), message });
    });
  }
  if (fields.length === 0) return null;
  const message = fields.map((field) => `${field.path}: ${field.message}`).join("; ");
  return new GraphQLError(message, { extensions: { code: "INVALID", fields, http: { spec: true, status: 400 } } });
}
