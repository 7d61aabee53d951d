import { builder } from "../builder.ts";

/** The argument that identifies an execution. */
export const executionIdArg = builder.args((t) => ({
  id: t.id({ required: true, description: "Number of an execution, or its global id." }),
}));
