import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { connectDatabase } from "../connection/connect.ts";
import { vacuumBloatedTables } from "./embedded-vacuum.ts";
import { rowsOf } from "../connection/rows.ts";
import { createTestDatabase } from "../testing/index.ts";

it("reuses the space of deleted rows in bloated tables", async () => {
  await using test = await createTestDatabase("pglite");
  await using database = await connectDatabase(test.options);
  const { db } = database;
  for (const [table, rows] of [
    ["much", 5000],
    ["little", 500],
  ] as const) {
    await db.execute(sql.raw(`create table ${table} (n int)`));
    await db.execute(sql.raw(`insert into ${table} select generate_series(1, ${rows})`));
    await db.execute(sql.raw(`delete from ${table}`));
  }
  const sizes = async () => {
    const [row] = rowsOf(
      await db.execute(sql`select pg_relation_size('much')::int as much, pg_relation_size('little')::int as little`),
    );
    return row as { much: number; little: number };
  };
  const before = await sizes();
  await vacuumBloatedTables(db);
  expect(await sizes()).toEqual({ much: 0, little: before.little });
});
