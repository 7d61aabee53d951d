import { sql, type SQL } from "drizzle-orm";
import type { Db as BossDb } from "pg-boss";
import { textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/**
 * Lets pg-boss use this connection or open transaction. Its arrays are passed as one text parameter each, so that statements
 * over many jobs and over few are the same statement, which is prepared once.
 */
export function bossStatements(db: Db): BossDb {
  return {
    async executeSql(text, values = []) {
      return { rows: rowsOf(await db.execute(composed(text, values.map(toParameter)))) };
    },
  };
}

/** A statement of pg-boss that adds jobs, to be sent as a part of another one: both happen, or none. */
export interface JobInsertion {
  readonly text: string;
  /** JSON of the jobs: its one parameter. */
  readonly jobs: unknown;
}

/** What pg-boss would send to add jobs. @throws when that is not the one insertion, with the jobs as JSON, that it has been */
export async function jobInsertion(add: (db: BossDb) => Promise<unknown>): Promise<JobInsertion> {
  const sent: { text: string; values: readonly unknown[] }[] = [];
  await add({
    executeSql(text, values = []) {
      sent.push({ text, values });
      return Promise.resolve({ rows: [] });
    },
  });
  const [insertion, ...others] = sent;
  if (
    insertion === undefined ||
    others.length > 0 ||
    insertion.values.length !== 1 ||
    !isInsertion.test(insertion.text)
  )
    throw new Error("pg-boss adds jobs in another way than it did");
  return { text: insertion.text, jobs: insertion.values[0] };
}

/** The insertion as SQL, to stand in a `with`. `jobs`: what yields the JSON of the jobs, in the place of its own. */
export function insertionOf(insertion: JobInsertion, jobs: SQL): SQL {
  return composed(insertion.text, [jobs]);
}

/** Those of the insertion's own jobs that are of one of the executions. `ids`: a query. */
export function jobsOfExecutions(insertion: JobInsertion, ids: SQL): SQL {
  return sql`(
        select json_agg(item.value)::text from json_array_elements(${toParameter(insertion.jobs)}::text::json) item
        where (item.value -> 'data' ->> 'execution_id')::bigint in (${ids}))`;
}

const isInsertion = /^\s*insert into /i;

function composed(text: string, values: readonly SQL[]): SQL {
  const [first = "", ...others] = text.split(/\$(\d+)/);
  const query = sql.raw(first);
  for (let index = 0; index < others.length; index += 2) {
    query.append(values[Number(others[index]) - 1] ?? sql`null`);
    query.append(sql.raw(others[index + 1] ?? ""));
  }
  return query;
}

function toParameter(value: unknown): SQL {
  return Array.isArray(value) ? sql`${textArray(value as string[])}::text` : sql`${sql.param(toText(value))}`;
}

/** Drizzle takes from postgres.js what makes text of objects. */
function toText(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}
