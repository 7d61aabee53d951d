import { sql, type SQL } from "drizzle-orm";
import type { Db as BossDb } from "pg-boss";
import { textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/**
 * Runs the statements of pg-boss on this connection or open transaction. Each array becomes one text parameter, so that the
 * statement text does not depend on the number of jobs and is prepared once.
 */
export function bossStatements(db: Db): BossDb {
  return {
    async executeSql(text, values = []) {
      return { rows: rowsOf(await db.execute(composed(text, values.map(toParameter)))) };
    },
  };
}

/** pg-boss's statement that adds jobs, for embedding in another statement so that both take effect or neither. */
export interface JobInsertion {
  readonly text: string;
  /** The only parameter: the jobs as JSON. */
  readonly jobs: unknown;
}

/** Captures the statement that pg-boss sends to add jobs. @throws Error when it is not a single insertion with the jobs as JSON. */
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

/** The insertion as SQL for a `with` clause. `jobs`: expression for the JSON of the jobs, in place of the captured ones. */
export function insertionOf(insertion: JobInsertion, jobs: SQL): SQL {
  return composed(insertion.text, [jobs]);
}

/** The captured jobs whose execution is in `ids`, a query. */
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

/** Drizzle disables the serialization of postgres.js, so objects must become text here. */
function toText(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}
