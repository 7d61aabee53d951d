import { z } from "zod";
import { ExecutionId } from "../../engine/lifecycle/execution.ts";
import { Sweep } from "../../engine/lifecycle/sweep.ts";
import { mutation } from "../operation.ts";
import { cancelExecution } from "../executions/cancel-execution.ts";
import { findSweep } from "./get-sweep.ts";

export const cancelSweep = mutation({
  name: "cancelSweep",
  summary: "Cancel a sweep that has not ended.",
  scope: "execute",
  input: z.strictObject({ execution_id: ExecutionId }),
  output: Sweep,
  async run(ctx, input) {
    // Other executions must not be cancelled here.
    await findSweep(ctx, input.execution_id);
    await cancelExecution.run(ctx, input);
    return findSweep(ctx, input.execution_id);
  },
});
