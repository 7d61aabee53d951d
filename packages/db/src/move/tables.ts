import { sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** SQL expressions that order the rows in the same way in every database. */
  readonly key: readonly { readonly column: string; readonly expression: string; readonly type: string }[];
}

interface Column {
  readonly name: string;
  readonly type: string;
}

/** Of the process or the cluster that wrote them, or copied by means of their own. */
const notCopied = new Set(["prices", "feed_epoch", "rate_limits", "receiver_reports", "unfinished_move"]);

/** The tables that are copied as they are, referenced ones first. */
export async function copiedTables(db: Db): Promise<Table[]> {
  const rows = rowsOf<{ name: string; columns: Column[]; key: Column[]; references: string[] }>(
    await db.execute(sql`
      select relname as name,
        (select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod)) order by attnum)
          from pg_attribute where attrelid = pg_class.oid and attnum > 0 and not attisdropped) as columns,
        (select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod))
            order by array_position(indkey::int2[], attnum))
          from pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey)
          where indrelid = pg_class.oid and indisprimary) as key,
        coalesce((select json_agg(distinct confrelid::regclass::text) from pg_constraint
          where conrelid = pg_class.oid and contype = 'f'), '[]') as references
      from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname`),
  );
  const ordered: Table[] = [];
  let waiting = rows.filter(({ name }) => !notCopied.has(name));
  while (waiting.length > 0) {
    const isReady = (references: string[]) => references.every((name) => !waiting.some((other) => other.name === name));
    ordered.push(...waiting.filter(({ references }) => isReady(references)).map(toTable));
    waiting = waiting.filter(({ references }) => !isReady(references));
  }
  return ordered;
}

function toTable({ name, columns, key }: { name: string; columns: Column[]; key: Column[] }): Table {
  return {
    name,
    columns,
    key: key.map(({ name: column, type }) => ({
      column,
      // Databases may have different collations.
      expression: type === "text" ? `"${column}" collate "C"` : `"${column}"`,
      type,
    })),
  };
}
