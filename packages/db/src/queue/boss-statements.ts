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

/**
 * The insert of jobs by pg-boss, to be part of another statement. `jobs`: an expression for the JSON array of the jobs. `taken`: an
 * expression for whether they count as fetched by this process.
 */
export type JobInsertion = (jobs: SQL, taken: SQL) => SQL;

/**
 * Reads the statement by which pg-boss inserts jobs, without running it, and adds to it what its fetch writes.
 * @throws Error when the statement is not of the form expected
 */
export async function readJobInsertion(insert: (statements: BossDb) => Promise<unknown>): Promise<JobInsertion> {
  const texts: string[] = [];
  await insert({
    async executeSql(text) {
      texts.push(text);
      return { rows: [] };
    },
  });
  const [text = "", ...others] = texts;
  const parts = insertionForm.exec(text)?.groups;
  const parameters = text.match(/\$\d+/g) ?? [];
  if (others.length > 0 || parameters.length !== 1 || parts === undefined)
    throw new Error("pg-boss inserts jobs in another way than expected");
  const { columns, values, rest } = parts;
  return (jobs, taken) => {
    const since = sql`case when ${taken} then pgboss.job_now() end`;
    return sql`${sql.raw(columns!)}, state, started_on, heartbeat_on) ${sql.raw(values!)},
      (case when ${taken} then 'active' else 'created' end)::pgboss.job_state, ${since}, ${since}
      ${composed(rest!, [jobs])}`;
  };
}

const insertionForm = /^(?<columns>\s*INSERT INTO \S+ \([^()]+)\)\s*(?<values>SELECT[^$]+?)(?<rest>\sFROM \([^]+)$/;

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
