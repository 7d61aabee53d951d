import { startReceiver } from "@strategy-executor/core/testing";
import { connectDatabase } from "@strategy-executor/db";
import { audit, createEmptyDatabase, describeDatabases, fillAsRecorded, recorded } from "@strategy-executor/db/testing";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { runServerToItsEnd } from "../testing/server-process.ts";
import { startTestServer } from "../testing/test-server.ts";

const lastRecordedExecution = 9;
const terminal = /^(completed|failed|cancelled)$/;

describeDatabases(
  "a database that commit 2418846 left, with rows in every table and executions open,",
  (_create, kind) => {
    it("is brought up to date, finishes what was open and keeps what was done", async () => {
      await using test = await createEmptyDatabase(kind);
      await using receiver = await startReceiver();
      await fillAsRecorded(test.options, receiver.url);
      {
        await using server = await startTestServer(test.options, { AUTH: "on", SECRETS_KEY: recorded.secretsKey });
        const ask = (path: string, request: RequestInit = {}) =>
          fetch(`${server.address}${path}`, {
            ...request,
            headers: {
              authorization: `Bearer ${recorded.apiKey}`,
              "content-type": "application/json",
              ...request.headers,
            },
          });
        // oxlint-disable-next-line typescript/no-explicit-any -- What the API answers is checked, not typed.
        const read = async (path: string) => (await (await ask(path)).json()) as Record<string, any>;

        // Two executions and a sweep were open; the callbacks of the executions are signed with the secret of that time.
        await expect
          .poll(async () => (await read("/executions/")).executions.map((one: { status: string }) => one.status), {
            timeout: 50_000,
          })
          .toEqual(Array.from({ length: lastRecordedExecution }, () => expect.stringMatching(terminal)));
        await receiver.arrived(2);
        const webhook = new Webhook(recorded.signingSecret);
        for (const { text, headers } of receiver.received) webhook.verify(text, headers as Record<string, string>);
        expect(receiver.received.map(({ body }) => `${body.execution_id} ${body.status}`).toSorted()).toEqual([
          "7 completed",
          "8 completed",
        ]);

        // The same request gives the same result, so what was computed then equals what is computed now.
        const [then, now] = [await read("/executions/1/"), await read("/executions/8/")];
        expect(now.result.final_value).toBe(then.result.final_value);
        const series = [await read("/executions/1/series/"), await read("/executions/8/series/")];
        expect(series[0]!.dates.length).toBeGreaterThan(50);
        // Newer series know more.
        expect(series[1]).toMatchObject(series[0]!);
        const table = async (id: number) => columnsOf(await (await ask(`/sweeps/${id}/table/`)).text());
        const [old, fresh] = [await table(4), await table(9)];
        expect(old["final_value"]).toHaveLength(4);
        expect(fresh).toMatchObject(old);

        expect(await read("/executions/3/")).toMatchObject({ status: "failed", callback: { sent: true } });
        expect(await read("/executions/5/")).toMatchObject({ status: "cancelled" });
        expect(await read("/executions/2/callback/attempts/")).toMatchObject({
          attempts: [{ number: 1, response: { status_code: 503, response_text: "later" } }],
        });
        expect((await read("/prices/")).prices).toMatchObject([{ ticker: "AAA", rows: 3, last_day: "2024-01-04" }]);
        const accepted = await ask("/strategies/execute/", {
          method: "POST",
          body: JSON.stringify({ strategy_name: "BoldAssetAllocation", parameters: { variant: "X" } }),
        });
        expect(await accepted.json()).toMatchObject({ execution_id: lastRecordedExecution + 1 });
        await expect
          .poll(async () => (await read(`/executions/${lastRecordedExecution + 1}/`)).status, { timeout: 30_000 })
          .toMatch(terminal);
      }
      await using database = await connectDatabase(test.options);
      expect((await audit(database.db)).violations).toEqual([]);
    });
  },
);

describe("a server on a database of a newer version", () => {
  it("ends with one line and exit code 1", async () => {
    await using test = await createEmptyDatabase("pglite");
    {
      await using database = await connectDatabase(test.options);
      await database.db.execute(
        `insert into drizzle.__drizzle_migrations (hash, created_at) select 'later', max(created_at) + 1 from drizzle.__drizzle_migrations`,
      );
    }
    const { code, err } = await runServerToItsEnd([], { DATA_DIR: test.options.dataDir!, PORT: "0" });
    expect(code).toBe(1);
    expect(err).toMatch(/^The database is of a newer version \(migration \d+, this one knows \d+\)\n$/);
  });
});

/** The columns of a table in CSV, by name. */
function columnsOf(csv: string): Record<string, string[]> {
  const [names = [], ...rows] = csv
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  return Object.fromEntries(names.map((name, column) => [name, rows.map((row) => row[column] ?? "")]));
}
