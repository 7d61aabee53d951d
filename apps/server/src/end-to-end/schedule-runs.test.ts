import { createSchedule, type Ctx, listScheduleRuns, pauseSchedule, triggerSchedule } from "@strategy-executor/core";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newClient } from "../testing/api-keys.ts";
import { type Data, follows } from "../testing/graphql-client.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

const subscription = `subscription ($scheduleId: ID, $after: String) { scheduleRuns(scheduleId: $scheduleId, after: $after) {
  type: __typename
  ... on FeedStart { cursor }
  ... on ScheduleRunUpdate { cursor run { scheduleId origin state executionId changed notification } }
  ... on DomainError { code message fields { path } }
} }`;

const baa = { strategy_name: "BoldAssetAllocation", parameters: { variant: "BAA-G4" } };

interface Seen {
  readonly cursor: string;
  readonly run?: { readonly schedule_id: number; readonly state: string; readonly changed: boolean | null };
}

describeDatabases("the feed of runs", (create) => {
  let database: TestDatabase;
  let app: TestApp;
  let names = 0;
  beforeAll(async () => {
    database = await create();
    app = await startTestApp(database.options, { auth: "on" });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  async function* overTrpc(key: string, input: { schedule_id?: number; after?: string }): AsyncGenerator<Seen> {
    const leaving = new AbortController();
    const url = `${app.address}/trpc/watchScheduleRuns?input=${encodeURIComponent(JSON.stringify(input))}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${key}` }, signal: leaving.signal });
    let text = "";
    try {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        const frames = (text + chunk).split("\n\n");
        text = frames.pop() ?? "";
        for (const frame of frames) {
          if (frame.includes("event: serialized-error")) throw new Error(frame);
          const [, data = "{}"] = /^data: (.*)$/m.exec(frame) ?? [];
          const update = JSON.parse(data === "" ? "{}" : data) as Partial<Seen>;
          if (update.cursor !== undefined) yield update as Seen;
        }
      }
    } finally {
      leaving.abort();
    }
  }

  const transports: { name: string; open: typeof overTrpc }[] = [
    { name: "tRPC", open: overTrpc },
    ...follows.map(({ name, follow }) => ({
      name: `GraphQL over ${name}`,
      async *open(key: string, { schedule_id: scheduleId, after }: { schedule_id?: number; after?: string }) {
        for await (const { data } of follow(app.address, subscription, { scheduleId, after }, key)) {
          const { cursor, run, code } = (data as Data).scheduleRuns;
          if (code !== undefined) throw new Error(code);
          const seen = run && { ...run, schedule_id: Number(run.scheduleId), state: run.state.toLowerCase() };
          yield { cursor, ...(seen && { run: seen }) } as Seen;
        }
      },
    })),
  ];

  describe.each(transports)("over $name", ({ open }) => {
    it("tells of a run from its fire to its end, to its client alone, and resumes at any cursor", async () => {
      const mine = await clientOf();
      const other = await clientOf();
      const scheduleId = await schedule(mine.ctx);
      await using updates = open(mine.key, {});
      const { value: start } = await updates.next();
      await triggerSchedule.call(other.ctx, { schedule_id: await schedule(other.ctx) });
      await triggerSchedule.call(mine.ctx, { schedule_id: scheduleId });
      const seen: Seen[] = [];
      for await (const update of updates) {
        seen.push(update);
        if (update.run?.state === "ended") break;
      }
      expect(new Set(seen.map(({ run }) => run?.schedule_id))).toEqual(new Set([scheduleId]));
      expect(seen.at(-1)!.run).toMatchObject({ state: "ended", changed: true });
      for (const after of [start!.cursor, seen.at(-2)?.cursor ?? start!.cursor]) {
        await using again = open(mine.key, { after, schedule_id: scheduleId });
        for await (const update of again) {
          if (update.run?.state !== "ended") continue;
          expect(update).toEqual(seen.at(-1));
          break;
        }
      }
    });

    it("tells of a run that a pause cancels", async () => {
      const { ctx, key } = await clientOf();
      const parameters = { symbol: "NEVER", short_window: 1, long_window: 2, use_real_data: true };
      const scheduleId = await schedule(ctx, { strategy_name: "MovingAverageCrossover", parameters });
      await using updates = open(key, {});
      await updates.next();
      const { fire_at } = await triggerSchedule.call(ctx, { schedule_id: scheduleId });
      for await (const { run } of updates) {
        if (run?.state === "cancelled") break;
        expect(run?.state ?? "waiting").toBe("waiting");
        // Nothing else changes the run once it has said what it waits for.
        const { runs } = await listScheduleRuns.call(ctx, { schedule_id: scheduleId });
        expect(runs.map((one) => one.fire_at)).toEqual([fire_at]);
        if (runs[0]!.reason !== null) await pauseSchedule.call(ctx, { schedule_id: scheduleId });
      }
    });

    it("tells of a run that is refused", async () => {
      const { ctx, key } = await clientOf();
      const scheduleId = await schedule(ctx);
      await app.ctx.database.db.execute(`
        update schedules set spec = jsonb_set(spec::jsonb, '{strategy_name}', '"Gone"')::json where id = ${scheduleId}`);
      await using updates = open(key, {});
      await updates.next();
      await triggerSchedule.call(ctx, { schedule_id: scheduleId });
      for await (const { run } of updates) if (run?.state === "ended") break;
      const { runs } = await listScheduleRuns.call(ctx, { schedule_id: scheduleId });
      expect(runs).toMatchObject([{ state: "ended", reason: "There is no strategy Gone", execution_id: null }]);
    });

    it("refuses a foreign cursor", async () => {
      const { key } = await clientOf();
      await expect(Array.fromAsync(open(key, { after: "x" }))).rejects.toThrow(/invalid|is not a cursor of this feed/i);
    });
  });

  async function clientOf(): Promise<{ readonly key: string; readonly ctx: Ctx }> {
    const client = newClient(app.ctx.database.db);
    const { key } = await client.key(["read", "execute"]);
    const scopes = new Set(["read", "execute"] as const);
    return { key, ctx: { ...app.ctx, client: { id: client.client, scopes } } };
  }

  async function schedule(ctx: Ctx, strategy: object = baa): Promise<number> {
    const created = await createSchedule.call(ctx, {
      name: `${(names += 1)}`,
      ...baa,
      ...strategy,
      when: { days: "year_end" },
    });
    return created.schedule_id;
  }
});
