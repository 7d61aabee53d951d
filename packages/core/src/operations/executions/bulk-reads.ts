import {
  type Db,
  type ExecutionStatus,
  getExecutions,
  getSeriesOf,
  listAttemptPages,
  listExecutionAttemptPages,
  listExecutionPages,
  type Owner,
} from "@strategy-executor/db";
import type { z } from "zod";
import type { DomainError } from "../../common/domain-error.ts";
import {
  type DeliveryAttempt,
  type Execution,
  type ExecutionSummary,
  toDeliveryAttempt,
  toExecution,
  toExecutionSummary,
} from "../../engine/lifecycle/execution.ts";
import { type Ctx, ensureScope, orUnavailable, ownerFor } from "../operation.ts";
import { openSeries, type StoredSeries } from "../../backtest/series/open-series.ts";
import { executionNotFound } from "./get-execution.ts";
import { type ExecutionAttempt, toExecutionAttempt } from "./list-execution-attempts.ts";
import { seriesUnavailable } from "./get-series.ts";
import { type Page, type PageRequest, toPage } from "../page.ts";

/*
 * Reads the targets of GraphQL links for many objects at once: one statement each, in the requested order. Every result equals that of the
 * operation for a single object.
 */

/** Like `getExecution`. */
export async function linkedExecutions(ctx: Reading, ids: readonly number[]): Promise<(Execution | DomainError)[]> {
  const records = await read(ctx, "linkedExecutions", (db, owner) => getExecutions(db, ids, owner));
  const byId = new Map(records.map((record) => [record.id, record]));
  return ids.map((id) => {
    const record = byId.get(id);
    return record === undefined ? executionNotFound(id) : toExecution(record, ctx.client);
  });
}

/** Like `getSeries`, for executions that exist, and not yet unpacked. */
export async function linkedSeries(
  ctx: Reading,
  executions: readonly Pick<ExecutionSummary, "execution_id" | "status">[],
): Promise<(StoredSeries | DomainError)[]> {
  const ids = executions.map(({ execution_id }) => execution_id);
  const byId = await read(ctx, "linkedSeries", (db, owner) => getSeriesOf(db, ids, owner));
  return executions.map(({ execution_id, status }) => {
    const bytes = byId.get(execution_id);
    return bytes === undefined ? seriesUnavailable(execution_id, status) : openSeries(bytes);
  });
}

/** Like `listDeliveryAttempts`, for executions that exist. */
export async function linkedDeliveryAttempts(
  ctx: Reading,
  requests: readonly (PageRequest & { readonly executionId: number })[],
): Promise<Page<z.output<typeof DeliveryAttempt>>[]> {
  const pages = await read(ctx, "linkedDeliveryAttempts", (db, owner) =>
    listAttemptPages(db, owner, requests.map(oneMore)),
  );
  return requests.map(({ limit }, index) => {
    const { page, next_cursor } = toPage(pages[index] ?? [], limit, (attempt) => attempt.number);
    return { page: page.map((attempt) => toDeliveryAttempt(attempt, ctx.client)), next_cursor };
  });
}

/** Like `listExecutionAttempts`, for executions that exist. */
export async function linkedExecutionAttempts(
  ctx: Reading,
  requests: readonly (PageRequest & { readonly executionId: number })[],
): Promise<Page<z.output<typeof ExecutionAttempt>>[]> {
  const pages = await read(ctx, "linkedExecutionAttempts", (db, owner) =>
    listExecutionAttemptPages(db, owner, requests.map(oneMore)),
  );
  return requests.map(({ limit }, index) => {
    const { page, next_cursor } = toPage(pages[index] ?? [], limit, (attempt) => attempt.number);
    return { page: page.map(toExecutionAttempt), next_cursor };
  });
}

/** Like `listExecutions`. */
export async function linkedExecutionPages(
  ctx: Reading,
  requests: readonly (PageRequest & { readonly strategy: string; readonly status: ExecutionStatus | undefined })[],
): Promise<Page<ExecutionSummary>[]> {
  const pages = await read(ctx, "linkedExecutionPages", (db, owner) =>
    listExecutionPages(
      db,
      requests.map(({ status, ...one }) => ({
        ...oneMore(one),
        statuses: status === undefined ? undefined : [status],
        owner,
      })),
    ),
  );
  return requests.map(({ limit }, index) => {
    const { page, next_cursor } = toPage(pages[index]?.items ?? [], limit, (record) => record.id);
    return { page: page.map((record) => toExecutionSummary(record, ctx.client)), next_cursor };
  });
}

type Reading = Pick<Ctx, "client" | "database" | "log">;

function read<T>(ctx: Reading, what: string, answer: (db: Db, owner: Owner) => Promise<T>): Promise<T> {
  return orUnavailable(ctx, what, async () => {
    ensureScope(ctx, "read");
    return answer(ctx.database.db, ownerFor(ctx));
  });
}

/** One element more than requested tells whether there is a next page. */
function oneMore<Asked extends PageRequest>(requests: Asked): Asked {
  return { ...requests, limit: requests.limit + 1 };
}
