import { expect } from "vitest";
import { watchExecutions } from "../operations/executions/watch-executions.ts";
import { executeStrategy, getExecution } from "../operations/index.ts";
import type { Ctx } from "../operations/operation.ts";

/** Follows the feed until this many have ended. Returns the highest number that ran at once, by strategy. */
export async function maxAtOnce(
  ctx: Ctx,
  count: number,
  submitAll: () => Promise<void>,
): Promise<[most: Map<string, number>, ended: number]> {
  const running = new Map<string, Set<number>>();
  const most = new Map<string, number>();
  let ended = 0;
  const submitted = submitAll();
  for await (const { event } of watchExecutions(ctx, { after: "0-0-0" }, new AbortController().signal)) {
    const own = running.get(event.strategy) ?? new Set();
    running.set(event.strategy, own);
    if (event.status === "running") own.add(event.execution_id);
    else own.delete(event.execution_id);
    most.set(event.strategy, Math.max(most.get(event.strategy) ?? 0, own.size));
    if (event.status !== "running" && event.status !== "pending") ended += 1;
    if (ended === count) break;
  }
  await submitted;
  return [most, ended];
}

/** The context of another client. */
export function as(ctx: Ctx, client: string): Ctx {
  return { ...ctx, client: { ...ctx.client, id: client } };
}

/** Submits an execution. Returns its id. */
export async function submit(ctx: Ctx, submission: object): Promise<number> {
  return (await executeStrategy.call(ctx, submission)).execution_id;
}

/** The start time, once the execution has ended. */
export async function startOf(ctx: Ctx, id: number): Promise<number> {
  let startedAt = Number.NaN;
  await expect
    .poll(
      async () => {
        const { status, started_at } = await getExecution.call(ctx, { execution_id: id });
        startedAt = Date.parse(started_at ?? "");
        return status;
      },
      { timeout: 30_000, interval: 20 },
    )
    .toBe("completed");
  return startedAt;
}
