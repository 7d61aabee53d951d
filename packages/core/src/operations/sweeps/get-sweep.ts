import { getExecution, getSweeps } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { ExecutionId } from "../../engine/lifecycle/execution.ts";
import { Sweep, toSweep } from "../../engine/lifecycle/sweep.ts";
import { type Ctx, ownerFor, query } from "../operation.ts";
import { executionNotFound } from "../executions/get-execution.ts";

export const getSweep = query({
  name: "getSweep",
  summary: "Read the state of a sweep, its result and the status of its callback.",
  scope: "read",
  input: z.strictObject({ execution_id: ExecutionId }),
  output: Sweep,
  run: (ctx, { execution_id }) => findSweep(ctx, execution_id),
});

/** @throws DomainError `not_found` when the client has no sweep with this id */
export async function findSweep(ctx: Ctx, id: number): Promise<Sweep> {
  const { db } = ctx.database;
  const owner = ownerFor(ctx);
  const execution = await getExecution(db, id, owner);
  if (execution === null) throw executionNotFound(id);
  const [sweep] = await getSweeps(db, [id], owner);
  if (sweep === undefined) throw notASweep(id);
  return toSweep(sweep, execution, ctx.client);
}

/** Why the client has no sweep with this id. */
export async function noSweep(ctx: Pick<Ctx, "client" | "database">, id: number): Promise<DomainError> {
  const execution = await getExecution(ctx.database.db, id, ownerFor(ctx));
  return execution === null ? executionNotFound(id) : notASweep(id);
}

function notASweep(id: number): DomainError {
  return new DomainError("not_found", `Execution ${id} is not a sweep`);
}
