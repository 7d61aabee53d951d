import { PgDialect } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { readJobInsertion } from "./boss-statements.ts";

describe("the insertion of jobs", () => {
  it("takes the jobs from the statement around it", async () => {
    const insertion = await readJobInsertion((db) =>
      db.executeSql("insert into job select * from f($1::text)", ["[]"]),
    );
    const query = new PgDialect().sqlToQuery(sql`with job as (${insertion(sql`(select ${7}::text)`)}) select 1`);
    expect(query).toMatchObject({
      sql: "with job as (insert into job select * from f((select $1::text)::text)) select 1",
      params: [7],
    });
  });

  it.each([
    ["other parameters", ["insert into job values ($1, $2)"]],
    ["no parameter", ["insert into job default values"]],
    ["several statements", ["begin", "insert into job values ($1)"]],
    ["no statement", []],
  ])("is refused with %s", async (_, texts) => {
    const reading = readJobInsertion(async (db) => {
      for (const text of texts) await db.executeSql(text, []);
    });
    await expect(reading).rejects.toThrow("another way than expected");
  });
});
