import { createTestDatabase } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import type { Log } from "../../common/log.ts";
import { createSchedule, listScheduleRuns } from "../../operations/index.ts";
import { installTestClock, setTestClock } from "../../testing/schedules/test-clock.ts";
import { startService } from "../../testing/service.ts";
import { noopObserver } from "../lifecycle/observer.ts";
import { fireDue } from "./fire-due.ts";

it("a fire beyond the known holidays of its exchange is logged as a warning", async () => {
  await using test = await createTestDatabase("postgres");
  await installTestClock(test.options, Date.parse("2027-12-28T00:00:00Z"));
  await using service = await startService(test.options, { works: false });
  const { ctx, database } = service;
  const { schedule_id, warnings } = await createSchedule.call(ctx, {
    name: "Korea",
    strategy_name: "BoldAssetAllocation",
    when: { days: "every_session", exchange: "XKRX" },
  });
  expect(warnings).toEqual([expect.stringContaining("Holidays of XKRX are known until 2027-12-31")]);
  const warned: unknown[] = [];
  const log: Log = { ...ctx.log, warn: (fields: object, message?: string) => void warned.push({ ...fields, message }) };
  const fire = async (iso: string) => {
    await setTestClock(database.db, Date.parse(iso));
    await fireDue({ database, observer: noopObserver, log });
    return (await listScheduleRuns.call(ctx, { schedule_id })).runs.map(({ trading_day }) => trading_day);
  };
  expect(await fire("2027-12-28T07:05:00Z")).toEqual(["2027-12-28"]);
  expect(warned).toEqual([]);
  expect(await fire("2028-01-03T07:05:00Z")).toContain("2028-01-03");
  expect(warned).toEqual([
    {
      schedule_id,
      exchange: "XKRX",
      known_until: "2027-12-31",
      message: "schedule fired beyond the known holidays of its exchange",
    },
  ]);
});
