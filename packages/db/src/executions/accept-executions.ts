import { sql } from "drizzle-orm";
import { plainArray, splitTexts, textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import type { JobInsertion } from "../queue/boss-statements.ts";
import { type SubmissionKey, takeKeys } from "./idempotency-keys.ts";
import type { Json } from "./json.ts";
import type { StartedExecution } from "./start-executions.ts";
import { transitions } from "./transitions.ts";

/** Priority class of an execution: -1 low, 0 normal, 1 high. A higher class runs first. */
export type Urgency = -1 | 0 | 1;

export interface NewExecution {
  /** The client that owns the execution. */
  readonly client: string;
  readonly strategy: string;
  readonly version: string;
  readonly parameters: Json;
  readonly executionParameters: Json;
  readonly callbackUrl: string | null;
  /** Form of the callback's body. `json` when absent. */
  readonly callbackFormat?: string;
  /** Limit of delivery attempts for the callback. 1 when absent. */
  readonly maxAttempts?: number;
  /** 0 when absent. */
  readonly urgency?: Urgency;
  /** Time limit of one attempt, besides the service's own. */
  readonly timeLimitMs?: number | null;
  /** `traceparent` of the request, as in W3C Trace Context. */
  readonly traceParent?: string | null;
  /** Label given by its client. */
  readonly label?: string | null;
  /** The schedule that makes it. */
  readonly scheduleId?: number | null;
  /** The execution that it repeats. */
  readonly retryOf?: number | null;
}

/** An execution that a client submits. Without a key it is always a new one. */
export interface NewSubmission extends NewExecution {
  readonly key: SubmissionKey | null;
}

export interface InsertedExecution {
  readonly id: number;
  /** Priority of its job. A higher priority runs sooner. */
  readonly priority: number;
  /** The first attempt, when it began with the acceptance; null while the execution waits for a worker. */
  readonly begun: BegunExecution | null;
}

export interface BegunExecution {
  readonly started: StartedExecution;
  /** Id of its job, which counts as fetched. */
  readonly job: string;
}

export interface Acceptance {
  /** How jobs of the execution queue are inserted; null for executions that get other jobs. */
  readonly jobInsertion: JobInsertion | null;
  /** Begins the first attempts of all of them at once unless other executions wait; null when it has no room for them. */
  readonly worker?: number | null;
  /** How long to wait for a transaction that has just taken one of the keys. As long as for any lock when absent. */
  readonly keyWaitMs?: number | null;
}

/** Accepts executions without keys, all of which are new: see `acceptExecutions`. */
export async function insertExecutions(
  db: Db,
  items: readonly NewExecution[],
  jobInsertion: JobInsertion | null,
  worker: number | null = null,
): Promise<InsertedExecution[]> {
  const submissions = items.map((item) => ({ ...item, key: null }));
  return (await acceptExecutions(db, submissions, { jobInsertion, worker })) as InsertedExecution[];
}

/**
 * Writes pending executions with their first events, callbacks, jobs and keys, in the given order, as one statement. An item whose key was
 * used before writes nothing, and its answer is null; no two items of a client may have the same key. Clients take turns: a client's
 * executions queue behind its own, and a client without pending executions goes first.
 *
 */
export async function acceptExecutions(
  db: Db,
  items: readonly NewSubmission[],
  { jobInsertion, worker = null, keyWaitMs = null }: Acceptance,
): Promise<(InsertedExecution | null)[]> {
  const column = <T>(read: (item: NewSubmission) => T) => items.map(read);
  const hasKeys = items.some(({ key }) => key !== null);
  const admitted = hasKeys ? sql`admitted` : sql`requested`;
  const rows = rowsOf<InsertedRow>(
    await db.execute(sql`
      with requested as materialized (
        select nextval(pg_get_serial_sequence('executions', 'id')) as id, gen_random_uuid() as job, item.* from (
          select * from unnest(
            ${textArray(column((item) => item.client))}::text::text[],
            ${textArray(column((item) => item.strategy))}::text::text[],
            ${textArray(column((item) => item.version))}::text::text[],
            ${splitTexts(column((item) => JSON.stringify(item.parameters)))},
            ${splitTexts(column((item) => JSON.stringify(item.executionParameters)))},
            ${textArray(column((item) => item.callbackUrl))}::text::text[],
            ${plainArray(column((item) => item.callbackFormat ?? "json"))}::text::text[],
            ${plainArray(column((item) => item.maxAttempts ?? 1))}::text::int[],
            ${plainArray(column((item) => item.urgency ?? 0))}::text::smallint[],
            ${plainArray(column((item) => item.timeLimitMs ?? null))}::text::int[],
            ${textArray(column((item) => item.traceParent ?? null))}::text::text[],
            ${textArray(column((item) => item.label ?? null))}::text::text[],
            ${plainArray(column((item) => item.scheduleId ?? null))}::text::bigint[],
            ${plainArray(column((item) => item.retryOf ?? null))}::text::bigint[],
            ${textArray(column((item) => item.key?.key ?? null))}::text::text[],
            ${textArray(column((item) => item.key?.fingerprint ?? null))}::text::text[])
          with ordinality as item
            (client, strategy, version, parameters, execution_parameters, url, format, max_attempts, urgency, time_limit_ms,
              trace_parent, label, schedule_id, retry_of, key, fingerprint, position)
          order by position
        ) item
      )${hasKeys ? sql`, taken as (${takeKeys(sql`requested`, keyWaitMs)}), admitted as materialized (select * from requested where key is null or id in (select execution_id from taken))` : sql``},
      start as materialized (
        select ${worker}::int is not null and not exists (select from executions where status = 'pending') as at_once
      ), first_turns as materialized (
        select client, urgency, greatest(
            (select min(turn) from executions waiting where status = 'pending' and waiting.urgency = own.urgency),
            (select max(turn) + 1 from executions waiting
              where status = 'pending' and waiting.client = own.client and waiting.urgency = own.urgency),
            0) as first
        from (select distinct client, urgency from ${admitted}) own
      ), accepted as (
        insert into executions (id, status, attempt, started_at, event_count,
          client, strategy, version, parameters, execution_parameters, time_limit_ms, trace_parent, label, schedule_id, retry_of, urgency, turn)
        overriding system value
        select id, case when at_once then ${transitions.start.to} else 'pending' end, at_once::int, case when at_once then now() end, 1 + at_once::int,
          client, strategy, version, parameters::json, execution_parameters::json, time_limit_ms,
          trace_parent, label, schedule_id, retry_of, urgency, least(first - 1 + row_number() over (partition by client, urgency order by position), ${maxTurn})
        from start, ${admitted} item join first_turns using (client, urgency)
        returning id, ${priority} as priority, started_at, event_count, event_transaction
      ), event as (
        insert into execution_events (execution_id, number, status, transaction, worker)
        select id, 1, 'pending', event_transaction, null from accepted
        union all
        select id, event_count, ${transitions.start.to}, event_transaction, ${worker}::int from accepted where started_at is not null
      ), callback as (
        insert into callbacks (execution_id, url, format, max_attempts)
        select id, url, format, max_attempts from ${admitted} item where url is not null
        returning execution_id, webhook_id
      )${jobInsertion === null ? sql`` : sql`, inserted_job as (${jobInsertion(jobsOfAccepted, sql`(select at_once from start)`)})`}
      select position::int as position, accepted.id::float8 as id, priority, started_at, requested.job, callback.webhook_id
      from accepted join requested on requested.id = accepted.id left join callback on callback.execution_id = accepted.id`),
  );
  const answers: (InsertedExecution | null)[] = items.map(() => null);
  for (const row of rows) answers[row.position - 1] = insertedOf(row, items[row.position - 1]!);
  return answers;
}

function insertedOf({ id, priority, ...row }: InsertedRow, item: NewExecution): InsertedExecution {
  const begun =
    row.started_at === null ? null : { started: firstAttempt(id, item, row.started_at, row.webhook_id), job: row.job };
  return { id, priority, begun };
}

interface InsertedRow {
  /** Of the item, from 1. */
  readonly position: number;
  readonly id: number;
  readonly priority: number;
  readonly started_at: string | null;
  readonly job: string;
  readonly webhook_id: string | null;
}

/** What a worker needs to run an execution that began when it was accepted. */
function firstAttempt(
  id: number,
  execution: NewExecution,
  startedAt: string,
  webhookId: string | null,
): StartedExecution {
  const {
    client,
    strategy,
    version,
    callbackUrl: url,
    label = null,
    timeLimitMs = null,
    traceParent = null,
  } = execution;
  const { callbackFormat: format = "json", maxAttempts = 1 } = execution;
  return {
    id,
    attempt: 1,
    countedAttempts: 1,
    strategy,
    version,
    parameters: asStored(execution.parameters),
    executionParameters: asStored(execution.executionParameters),
    startedAt: new Date(startedAt),
    waitedMs: 0,
    timeLimitMs,
    traceParent,
    callback: url === null || webhookId === null ? null : { client, label, url, format, webhookId, maxAttempts },
  };
}

/** As a later attempt reads it from the database. */
function asStored(json: Json): Json {
  return JSON.parse(JSON.stringify(json)) as Json;
}

/** The jobs of the accepted executions, as pg-boss takes them. */
const jobsOfAccepted = sql`(
  select json_agg(
    json_build_object('id', requested.job, 'data', json_build_object('execution_id', id, 'priority', priority), 'priority', priority) order by id)
  from accepted join requested using (id))`;

/** Executions beyond this turn wait in the order of their submission. */
const maxTurn = 999_999_999;

/** Distance between the job priorities of two urgencies. It exceeds every turn, so urgency always decides first. */
export const urgencyStep = maxTurn + 1;

/** Priority of an execution's job: by urgency first, then by turn. */
export const priority = sql.raw(`urgency * ${urgencyStep} - turn`);
