import { and, asc, eq, gt, isNotNull, sql } from "drizzle-orm";
import { isOwner, type Owner } from "../access/owner.ts";
import { plainArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import type { BoundedCount } from "../executions/activity.ts";
import { boundedCount } from "../executions/count-executions.ts";
import type { Json } from "../executions/executions.ts";
import { lastChange } from "./runs.ts";
import { scheduleRuns, schedules } from "../schema.ts";

/** A schedule as it is stored. Instants are dates; null where there is none. */
export interface ScheduleRecord {
  readonly id: number;
  readonly client: string;
  readonly name: string;
  readonly spec: Json;
  readonly pausedAt: Date | null;
  readonly pauseNote: string | null;
  readonly version: number;
  readonly nextAt: Date | null;
  readonly decision: Json | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The definition of a schedule and its next fire. */
export interface ScheduleContent {
  readonly name: string;
  readonly spec: Json;
  readonly nextAt: Date | null;
}

/** The clock that decides what is due, in milliseconds since 1970. */
export async function databaseNow(db: Db): Promise<number> {
  const [row] = rowsOf<{ now: number }>(
    await db.execute(sql`select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now`),
  );
  return row!.now;
}

/** Stores a schedule. Null when the client has one of this name. */
export async function insertSchedule(
  db: Db,
  client: string,
  { name, spec, nextAt }: ScheduleContent,
): Promise<ScheduleRecord | null> {
  const [row] = await db
    .insert(schedules)
    .values({ client, name, spec, nextAt })
    .onConflictDoNothing({ target: [schedules.client, schedules.name] })
    .returning(columns);
  return row ?? null;
}

export async function getSchedule(db: Db, id: number, owner: Owner): Promise<ScheduleRecord | null> {
  const [row] = await db.select(columns).from(schedules).where(of(id, owner));
  return row ?? null;
}

/** Those of the ids that are schedules of the owner. */
export function getSchedules(db: Db, ids: readonly number[], owner: Owner): Promise<ScheduleRecord[]> {
  return db
    .select(columns)
    .from(schedules)
    .where(
      and(sql`${schedules.id} = any(${plainArray(ids)}::text::bigint[])`, isOwner(owner, sql`${schedules.client}`)),
    );
}

/** Schedules in the order of their creation, after the id `after`. */
export function listSchedules(db: Db, owner: Owner, after: number, limit: number): Promise<ScheduleRecord[]> {
  return db
    .select(columns)
    .from(schedules)
    .where(and(gt(schedules.id, after), isOwner(owner, sql`${schedules.client}`)))
    .orderBy(asc(schedules.id))
    .limit(limit);
}

/** The owner's schedules that have decided, in the order of their creation. */
export function listDecidedSchedules(db: Db, owner: Owner, limit: number): Promise<ScheduleRecord[]> {
  return db
    .select(columns)
    .from(schedules)
    .where(and(isNotNull(schedules.decision), isOwner(owner, sql`${schedules.client}`)))
    .orderBy(asc(schedules.id))
    .limit(limit);
}

/** Counts the owner's schedules, up to `limit`. */
export async function countSchedules(db: Db, owner: Owner, limit: number): Promise<BoundedCount> {
  const own = isOwner(owner, sql`schedules.client`);
  const [row] = rowsOf<{ found: number }>(
    await db.execute(sql`
      select count(*)::int as found from (select from schedules where ${own} limit ${limit + 1}) as part`),
  );
  return boundedCount(row!.found, limit);
}

/**
 * Replaces the definition of a schedule. Null when it has another version by now; "name taken" when its client has another
 * one of that name.
 */
export async function updateSchedule(
  db: Db,
  id: number,
  version: number,
  { name, spec, nextAt }: ScheduleContent,
): Promise<ScheduleRecord | "name taken" | null> {
  return db.transaction(async (tx) => {
    const [current] = await tx.select(columns).from(schedules).where(eq(schedules.id, id)).for("update");
    if (current === undefined || current.version !== version) return null;
    const [other] = await tx
      .select({ id: schedules.id })
      .from(schedules)
      .where(and(eq(schedules.client, current.client), eq(schedules.name, name), sql`${schedules.id} <> ${id}`));
    if (other !== undefined) return "name taken";
    const [row] = await tx
      .update(schedules)
      .set({ name, spec, nextAt, version: version + 1, updatedAt: sql`now()` })
      .where(eq(schedules.id, id))
      .returning(columns);
    return row ?? null;
  });
}

/** Pauses a schedule and cancels its waiting runs. Null when the owner has no schedule with this id. */
export async function pauseSchedule(
  db: Db,
  id: number,
  owner: Owner,
  note: string | null,
): Promise<ScheduleRecord | null> {
  return db.transaction(async (tx) => {
    const [row] = await tx
      .update(schedules)
      .set({ pausedAt: sql`coalesce(${schedules.pausedAt}, now())`, pauseNote: note, updatedAt: sql`now()` })
      .where(of(id, owner))
      .returning(columns);
    if (row !== undefined) await cancelWaiting(tx, id, "The schedule was paused");
    return row ?? null;
  });
}

/** Resumes a schedule from `nextAt` on. Changes nothing when it is not paused. */
export async function resumeSchedule(db: Db, id: number, nextAt: Date | null): Promise<void> {
  await db
    .update(schedules)
    .set({ pausedAt: null, pauseNote: null, nextAt, updatedAt: sql`now()` })
    .where(and(eq(schedules.id, id), sql`${schedules.pausedAt} is not null`));
}

/** Removes a schedule and cancels its waiting runs. Returns the removed schedule, or null when the owner has none with this id. */
export async function deleteSchedule(db: Db, id: number, owner: Owner): Promise<ScheduleRecord | null> {
  return db.transaction(async (tx) => {
    const [row] = await tx.delete(schedules).where(of(id, owner)).returning(columns);
    if (row !== undefined) await cancelWaiting(tx, id, "The schedule was deleted");
    return row ?? null;
  });
}

async function cancelWaiting(tx: Db, id: number, reason: string): Promise<void> {
  await tx
    .update(scheduleRuns)
    .set({ state: "cancelled", reason, transaction: lastChange })
    .where(and(eq(scheduleRuns.scheduleId, id), eq(scheduleRuns.state, "waiting")));
}

function of(id: number, owner: Owner) {
  return and(eq(schedules.id, id), isOwner(owner, sql`${schedules.client}`));
}

const columns = {
  id: schedules.id,
  client: schedules.client,
  name: schedules.name,
  spec: schedules.spec,
  pausedAt: schedules.pausedAt,
  pauseNote: schedules.pauseNote,
  version: schedules.version,
  nextAt: schedules.nextAt,
  decision: schedules.decision,
  createdAt: schedules.createdAt,
  updatedAt: schedules.updatedAt,
};
