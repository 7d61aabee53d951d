import { PgDialect } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { readJobInsertion } from "./boss-statements.ts";

describe("the insertion of jobs", () => {
  it("takes the jobs, and whether they are fetched, from the statement around it", async () => {
    const insertion = await readJobInsertion((db) =>
      db.executeSql("INSERT INTO job (id) SELECT f(id) as id FROM (select * from g($1::text)) as j", ["[]"]),
    );
    const { sql: text, params } = new PgDialect().sqlToQuery(insertion(sql`(select ${7}::text)`, sql`${true}`));
    expect(text.replaceAll(/\s+/g, " ")).toBe(
      "INSERT INTO job (id, state, started_on, heartbeat_on) SELECT f(id) as id, " +
        "(case when $1 then 'active' else 'created' end)::pgboss.job_state, " +
        "case when $2 then pgboss.job_now() end, case when $3 then pgboss.job_now() end " +
        "FROM (select * from g((select $4::text)::text)) as j",
    );
    expect(params).toEqual([true, true, true, 7]);
  });

  it.each([
    ["other parameters", ["INSERT INTO job (id) SELECT id FROM (select f($1, $2)) as j"]],
    ["no parameter", ["INSERT INTO job (id) SELECT id FROM (select f()) as j"]],
    ["another form", ["INSERT INTO job (id) values ($1)"]],
    ["several statements", ["begin", "INSERT INTO job (id) SELECT id FROM (select f($1)) as j"]],
    ["no statement", []],
  ])("is refused with %s", async (_, texts) => {
    const reading = readJobInsertion(async (db) => {
      for (const text of texts) await db.executeSql(text, []);
    });
    await expect(reading).rejects.toThrow("another way than expected");
  });
});
