import { sql } from "drizzle-orm";
import { plainArray } from "./array-literal.ts";
import type { Db } from "./connect.ts";
import type { Json } from "./executions.ts";
import { isOwner, type Owner } from "./owner.ts";
import { rowsOf } from "./rows.ts";

export interface OpenedAttempt {
  readonly attemptId: number;
  /** 1, 2, 3 ... within the callback. */
  readonly number: number;
  readonly url: string;
  readonly webhookId: string;
}

/**
 * Records an attempt before it is sent. An earlier one without an answer belongs to a process that died: it is closed as
 * `Interrupted`. Null when nothing is to be sent: no callback, the execution not ended, or the delivery has ended.
 */
export async function openAttempt(db: Db, executionId: number): Promise<OpenedAttempt | null> {
  const rows = rowsOf<{ id: number | string; number: number; url: string; webhook_id: string }>(
    await db.execute(sql`
      with due as (
        select execution_id, url, webhook_id from callbacks where execution_id = ${executionId} and state = 'due' for update
      ), interrupted as (
        update delivery_attempts set ended_at = now(), error = 'Interrupted'
        from due where delivery_attempts.execution_id = due.execution_id and ended_at is null
      ), opened as (
        insert into delivery_attempts (execution_id, number, url)
        select execution_id, 1 + (select count(*) from delivery_attempts a where a.execution_id = due.execution_id), url from due
        returning id, number
      )
      select opened.id, opened.number, due.url, due.webhook_id from opened, due`),
  );
  const row = rows[0];
  if (row === undefined) return null;
  return { attemptId: Number(row.id), number: row.number, url: row.url, webhookId: row.webhook_id };
}

export interface AttemptOutcome {
  readonly statusCode: number | null;
  readonly responseText: string | null;
  readonly headers: Record<string, string> | null;
  readonly error: string | null;
  /** Whether the receiver took it: a 2xx answer. */
  readonly accepted: boolean;
}

/**
 * Records what came back and ends the callback. False, and nothing written, when the attempt was closed before
 * (as interrupted, by a process that took this one for dead).
 */
export async function closeAttempt(
  db: Db,
  executionId: number,
  attemptId: number,
  outcome: AttemptOutcome,
): Promise<boolean> {
  const response: Json =
    outcome.error === null
      ? { status_code: outcome.statusCode, response_text: outcome.responseText, headers: outcome.headers }
      : { error: outcome.error };
  const rows = rowsOf<{ id: unknown }>(
    await db.execute(sql`
      with closed as (
        update delivery_attempts
        set ended_at = now(), status_code = ${outcome.statusCode}::int, response_text = ${outcome.responseText}::text,
          headers = ${outcome.headers === null ? null : JSON.stringify(outcome.headers)}::text::json, error = ${outcome.error}::text
        where id = ${attemptId} and ended_at is null
        returning execution_id
      )
      update callbacks
      set state = 'ended', response = ${JSON.stringify(response)}::text::json, sent = ${outcome.accepted},
        sent_at = case when ${outcome.accepted} then now() end
      from closed where callbacks.execution_id = closed.execution_id and callbacks.execution_id = ${executionId}
      returning callbacks.execution_id as id`),
  );
  return rows.length > 0;
}

export interface AttemptRecord {
  readonly number: number;
  readonly url: string;
  readonly startedAt: Date;
  /** Null while the answer is awaited. */
  readonly endedAt: Date | null;
  readonly statusCode: number | null;
  readonly responseText: string | null;
  readonly headers: Record<string, string> | null;
  readonly error: string | null;
}

export interface AttemptPage {
  /** The number to go on below. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** The attempts made for a callback of the owner, newest first. */
export async function listAttempts(
  db: Db,
  executionId: number,
  owner: Owner,
  page: AttemptPage,
): Promise<AttemptRecord[]> {
  const [attempts = []] = await listAttemptPages(db, owner, [{ executionId, ...page }]);
  return attempts;
}

/** For each callback asked about, the attempts made for it, newest first; none for what the owner does not have. One statement. */
export async function listAttemptPages(
  db: Db,
  owner: Owner,
  asked: readonly ({ readonly executionId: number } & AttemptPage)[],
): Promise<AttemptRecord[][]> {
  const rows = rowsOf<AttemptRow>(
    await db.execute(sql`
      select asked.position::int as position, attempt.*
      from unnest(
          ${plainArray(asked.map(({ executionId }) => executionId))}::text::bigint[],
          ${plainArray(asked.map(({ before }) => before ?? null))}::text::bigint[],
          ${plainArray(asked.map(({ limit }) => limit))}::text::int[])
        with ordinality as asked (execution_id, before, most, position)
      join executions on executions.id = asked.execution_id and ${isOwner(owner, sql`executions.client`)}
      cross join lateral (
        select number, url, started_at, ended_at, status_code, response_text, headers, error
        from delivery_attempts
        where delivery_attempts.execution_id = asked.execution_id
          and (asked.before is null or delivery_attempts.number < asked.before)
        order by number desc
        limit asked.most
      ) attempt
      order by asked.position, attempt.number desc`),
  );
  const pages = asked.map((): AttemptRecord[] => []);
  for (const row of rows) pages[row.position - 1]?.push(fromRow(row));
  return pages;
}

interface AttemptRow {
  readonly position: number;
  readonly number: number;
  readonly url: string;
  /** PGlite gives dates, postgres.js under Drizzle their text. */
  readonly started_at: Date | string;
  readonly ended_at: Date | string | null;
  readonly status_code: number | null;
  readonly response_text: string | null;
  readonly headers: Record<string, string> | null;
  readonly error: string | null;
}

function fromRow(row: AttemptRow): AttemptRecord {
  return {
    number: row.number,
    url: row.url,
    startedAt: new Date(row.started_at),
    endedAt: row.ended_at === null ? null : new Date(row.ended_at),
    statusCode: row.status_code,
    responseText: row.response_text,
    headers: row.headers,
    error: row.error,
  };
}
