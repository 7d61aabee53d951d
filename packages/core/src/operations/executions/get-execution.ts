import { getExecution as findExecution } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { Execution, ExecutionId, toExecution } from "../../engine/lifecycle/execution.ts";
import { ownerFor, query } from "../operation.ts";

export const getExecution = query({
  name: "getExecution",
  summary: "Read the state of an execution, its result and the status of its callback.",
  scope: "read",
  input: z.strictObject({ execution_id: ExecutionId }),
  output: Execution,
  async run(ctx, { execution_id }) {
    const record = await findExecution(ctx.database.db, execution_id, ownerFor(ctx));
    if (record === null) throw executionNotFound(execution_id);
    return toExecution(record, ctx.client);
  },
});

export function executionNotFound(id: number): DomainError {
  return new DomainError("not_found", `There is no execution ${id}`);
}
