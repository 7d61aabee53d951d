import { moveDatabase } from "@strategy-executor/core";
import { startReceiver } from "@strategy-executor/core/testing";
import { bossStatements, connectDatabase } from "@strategy-executor/db";
import { audit, createEmptyDatabase, fillAsRecorded, recorded } from "@strategy-executor/db/testing";
import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";
import { startTestServer } from "../testing/test-server.ts";
import { runCommand } from "../testing/command.ts";

const bulk = 100_000;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

it("an embedded database moves into PostgreSQL, interrupted and resumed, and goes on there", async () => {
  await using source = await createEmptyDatabase("pglite");
  await using target = await createEmptyDatabase("postgres");
  await using receiver = await startReceiver();
  const dataDir = source.options.dataDir!;
  const databaseUrl = target.options.databaseUrl!;
  await fillAsRecorded(source.options, receiver.url);
  {
    await using embedded = await connectDatabase(source.options);
    await bossStatements(embedded.db).executeSql(insertBulk);
  }

  // Interrupted in the middle of several tables, and each time nobody can start on what is there.
  for (const [table, from] of [
    ["execution_events", 100_000],
    ["executions", 20_000],
    ["prices", 0],
  ] as const) {
    const onProgress = (progress: { table: string; rows: number }) => {
      if (progress.table === table && progress.rows >= from) throw new Error("interrupted");
    };
    await expect(moveDatabase({ dataDir, databaseUrl, log: silent, onProgress })).rejects.toThrow("interrupted");
    await expect(connectDatabase({ databaseUrl })).rejects.toThrow(/The move .* is not finished: repeat the command/);
  }
  const { code, out, err } = await runCommand("database", source.options, ["move", "--to", databaseUrl]);
  expect({ code, err }).toEqual({
    code: 0,
    err: expect.stringMatching(/number and contents of all rows are equal\. 3 jobs are taken over/),
  });
  expect(out).toMatch(new RegExp(`^executions +${bulk + 9}$`, "m"));
  expect(out).toMatch(/^prices +3$/m);

  {
    await using server = await startTestServer(target.options, { AUTH: "on", SECRETS_KEY: recorded.secretsKey });
    const read = async (path: string) => {
      const headers = { authorization: `Bearer ${recorded.apiKey}` };
      return (await (await fetch(`${server.address}${path}`, { headers })).json()) as Record<string, unknown>;
    };
    for (const id of [7, 8, 9]) {
      await expect
        .poll(async () => (await read(`/executions/${id}/`))["status"], { timeout: 50_000 })
        .toBe("completed");
    }
    await receiver.arrived(2);
    const webhook = new Webhook(recorded.signingSecret);
    for (const { text, headers } of receiver.received) webhook.verify(text, headers as Record<string, string>);
    const accepted = await fetch(`${server.address}/strategies/execute/`, {
      method: "POST",
      headers: { authorization: `Bearer ${recorded.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ strategy_name: "BoldAssetAllocation", parameters: { variant: "X" } }),
    });
    const { execution_id } = (await accepted.json()) as { execution_id: number };
    expect(execution_id).toBe(bulk + 10);
    await expect
      .poll(async () => (await read(`/executions/${execution_id}/`))["status"], { timeout: 20_000 })
      .toBe("failed");
  }
  await using moved = await connectDatabase(target.options);
  expect((await audit(moved.db)).violations).toEqual([]);

  const again = await runCommand("database", source.options, ["move", "--to", databaseUrl]);
  expect(again).toMatchObject({ code: 1, err: expect.stringMatching(/other processes use it|is not empty/) });
}, 300_000);

it("only an embedded database moves, and only into PostgreSQL", async () => {
  const to = "postgres://postgres@127.0.0.1:1/there";
  const refusals = [
    [
      ["move", "--to", to],
      { DATABASE_URL: to },
      /^DATABASE_URL is set, so this database is a PostgreSQL: only an embedded one/,
    ],
    [["move", "--to", "./data"], {}, /^--to \.\/data is not a postgres:\/\/ address/],
    [["move", "--to", to], { DATA_DIR: "/nowhere" }, /^There is no embedded database in DATA_DIR=\/nowhere/],
  ] as const;
  for (const [args, environment, message] of refusals) {
    const { code, err } = await runCommand("database", {}, [...args], environment);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(message) });
  }
});

/** Failed executions with their events, of another client. */
const insertBulk = `
  with failed as (
    insert into executions (client, strategy, version, status, parameters, execution_parameters, error_message, attempt,
      event_count, started_at, completed_at)
    select 'bulk', 'S', '1', 'failed', '{"text": "a \\"quoted\\" \\\\ one, {nested}"}', '{}', 'null', 1, 3, now(), now()
    from generate_series(1, ${bulk}) returning id, event_transaction
  )
  insert into execution_events (execution_id, number, status, transaction)
  select id, number, case number when 1 then 'pending' when 2 then 'running' else 'failed' end, event_transaction
  from failed, generate_series(1, 3) number`;
