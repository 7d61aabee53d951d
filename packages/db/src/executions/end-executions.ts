import { sql } from "drizzle-orm";
import { isOwner, type Owner } from "../access/owner.ts";
import type { PendingCallback } from "../callbacks/execution-callback.ts";
import { plainArray, splitTexts, textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import type { TerminalStatus } from "./status.ts";
import { mayBecome, nextEvent, transitions } from "./transitions.ts";

/** Outcome of an attempt: the result as JSON text, the series as bytes whose format is the caller's. */
export type Outcome =
  | { readonly status: "completed"; readonly result: string; readonly series: Uint8Array }
  | { readonly status: "failed"; readonly errorMessage: string };

export interface Settlement {
  readonly id: number;
  readonly attempt: number;
  readonly outcome: Outcome;
  /** Also records the first delivery attempt, which the caller then sends at once. */
  readonly opensDelivery: boolean;
}

export interface SettledExecution {
  readonly id: number;
  readonly completedAt: Date;
  /** Id of the delivery attempt that was recorded in the same statement, or null. */
  readonly attemptId: number | null;
}

/**
 * Ends running executions with the outcomes of their attempts. One statement writes status, event and series and makes the
 * callback due. It leaves out executions that are not running or that a newer attempt has taken over.
 */
export async function settleExecutions(db: Db, items: readonly Settlement[]): Promise<SettledExecution[]> {
  const column = <T>(read: (item: Settlement) => T) => items.map(read);
  const series = items.flatMap(({ outcome }) => (outcome.status === "completed" ? outcome.series : []));
  let end = 0;
  /** The place of each series within all of them, from 1. */
  const places = items.map(({ outcome }) => {
    if (outcome.status !== "completed") return null;
    const start = end + 1;
    end += outcome.series.length;
    return { start, length: outcome.series.length };
  });
  const rows = rowsOf<SettledRow>(
    await db.execute(sql`
      with outcome as (
        select * from unnest(
          ${plainArray(column(({ id }) => id))}::text::bigint[],
          ${plainArray(column(({ attempt }) => attempt))}::text::int[],
          ${plainArray(column(({ outcome }) => outcome.status))}::text::text[],
          ${splitTexts(column(({ outcome }) => (outcome.status === "completed" ? outcome.result : null)))},
          ${textArray(column(({ outcome }) => (outcome.status === "failed" ? storableText(outcome.errorMessage) : null)))}::text::text[],
          ${plainArray(places.map((place) => place?.start ?? null))}::text::int[],
          ${plainArray(places.map((place) => place?.length ?? null))}::text::int[],
          ${plainArray(column(({ opensDelivery }) => String(opensDelivery)))}::text::boolean[])
        as outcome (id, attempt, status, result, error_message, series_start, series_length, opens)
      ), settled as (
        update executions
        set status = outcome.status, result = outcome.result::json, error_message = outcome.error_message,
          completed_at = now(), progress = null, ${nextEvent}
        from outcome
        where executions.id = outcome.id and executions.attempt = outcome.attempt
          and ${mayBecome("complete", "fail")}
        returning executions.id, executions.status, completed_at, event_count, event_transaction, outcome.series_start,
          outcome.series_length, outcome.opens
      ), event as (
        insert into execution_events (execution_id, number, status, transaction)
        select id, event_count, status, event_transaction from settled
      ), kept as (
        insert into execution_series (execution_id, series)
        select id, substring(${Buffer.concat(series)}::bytea from series_start for series_length) from settled
        where series_start is not null
      ), due as (
        update callbacks set state = 'due' from settled where callbacks.execution_id = settled.id
        returning callbacks.execution_id, callbacks.url, settled.opens
      ), opened as (
        insert into delivery_attempts (execution_id, number, url)
        select execution_id, 1, url from due where opens
        returning id, execution_id
      )
      select settled.id::float8 as id, completed_at, opened.id::float8 as attempt_id
      from settled left join opened on opened.execution_id = settled.id`),
  );
  return rows.map(({ id, completed_at, attempt_id }) => ({
    id,
    completedAt: new Date(completed_at),
    attemptId: attempt_id,
  }));
}

export interface Cancelled {
  /** The callback that became due, or null when the execution has none. */
  readonly callback: PendingCallback | null;
}

/** Cancels an execution. Null when it is already terminal or the owner has none with this id; nothing is written then. */
export async function cancelExecution(db: Db, id: number, owner: Owner): Promise<Cancelled | null> {
  const rows = rowsOf<{ url: string | null; webhook_id: string | null }>(
    await db.execute(sql`
      with cancelled as (
        update executions
        set status = ${transitions.cancel.to}, error_message = 'Cancelled', completed_at = now(), progress = null,
          parked = false, ${nextEvent}
        where id = ${id} and ${mayBecome("cancel")} and ${isOwner(owner, sql`client`)}
        returning id, event_count, event_transaction
      ), event as (
        insert into execution_events (execution_id, number, status, transaction)
        select id, event_count, ${transitions.cancel.to}, event_transaction from cancelled
      ), due as (
        update callbacks set state = 'due' from cancelled where callbacks.execution_id = cancelled.id
        returning callbacks.url, callbacks.webhook_id
      )
      select due.url, due.webhook_id from cancelled left join due on true`),
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { url, webhook_id: webhookId } = row;
  return { callback: url === null || webhookId === null ? null : { url, webhookId } };
}

export interface EndedExecutionStatus {
  readonly id: number;
  readonly status: TerminalStatus;
}

/** Returns those of the executions that have ended. */
export async function endedExecutions(db: Db, ids: readonly number[]): Promise<EndedExecutionStatus[]> {
  return rowsOf<EndedExecutionStatus>(
    await db.execute(sql`
      select id::float8 as id, status from executions
      where id = any(${plainArray(ids)}::text::bigint[]) and completed_at is not null`),
  );
}

interface SettledRow {
  readonly id: number;
  readonly completed_at: string;
  readonly attempt_id: number | null;
}

/**
 * The text as PostgreSQL returns it once it was stored: without NUL, and with a replacement for half of a character. What is sent
 * before it is stored must be the same.
 */
export function storableText(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}
