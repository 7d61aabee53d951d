import { anybody, listExecutions } from "@strategy-executor/db";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { expect, it, vi } from "vitest";
import { createSchedule, listScheduleRuns } from "../../operations/index.ts";
import { startService } from "../../testing/service.ts";

const baa = { strategy_name: "BoldAssetAllocation", parameters: { variant: "BAA-G4" } };

it("schedules of several processes make one execution a fire", async () => {
  await using test = await createTestDatabase("postgres");
  await using first = await startService(test.options);
  await using second = await startService(test.options);
  await using third = await startService(test.options);
  const services = [first, second, third];
  const count = 15;
  const made = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      createSchedule.call(services[index % 3]!.ctx, { name: `${index}`, ...baa, when: { cron: "0 0 1 1 *" } }),
    ),
  );
  await first.database.db.execute(`
    update schedules set next_at = date_trunc('year', now() at time zone 'UTC') at time zone 'UTC', spec = jsonb_set(spec::jsonb, '{catch_up_hours}', '8760')::json`);
  for (const { ctx } of services) ctx.schedules.changed();
  const lastRuns = await vi.waitFor(
    async () => {
      const lists = await Promise.all(
        made.map(({ schedule_id }, index) => listScheduleRuns.call(services[index % 3]!.ctx, { schedule_id })),
      );
      expect(lists.map(({ runs }) => runs.map(({ state }) => state))).toEqual(made.map(() => ["ended"]));
      return lists.flatMap(({ runs }) => runs.map(({ execution_id }) => execution_id));
    },
    { timeout: 90_000, interval: 20 },
  );
  const { items: executions } = await listExecutions(first.database.db, { owner: anybody, limit: 1_000 });
  expect(executions.map(({ id }) => id).toSorted()).toEqual(lastRuns.toSorted());
});
