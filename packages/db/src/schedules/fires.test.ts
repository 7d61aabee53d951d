import { expect, it } from "vitest";
import { connectDatabase } from "../connection/connect.ts";
import { describeDatabases } from "../testing/index.ts";
import { dueSchedules, scheduleWork } from "./fires.ts";
import { insertSchedule, pauseSchedule } from "./schedules.ts";

describeDatabases("the work for schedules", (create) => {
  it("is none without a schedule, and none of a paused one", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const nothing = { nextInMs: null, waiting: false, executing: false };
    expect(await scheduleWork(db)).toEqual(nothing);

    const due = await insertSchedule(db, "local", { name: "due", spec: {}, nextAt: new Date("2026-01-01T00:00:00Z") });
    expect(await scheduleWork(db)).toEqual({ ...nothing, nextInMs: 0 });
    expect(await dueSchedules(db, 10)).toMatchObject([{ id: due!.id, dueAt: Date.parse("2026-01-01T00:00:00Z") }]);
    await pauseSchedule(db, due!.id, "local", null);
    expect(await scheduleWork(db)).toEqual(nothing);
    expect(await dueSchedules(db, 10)).toEqual([]);

    await insertSchedule(db, "local", { name: "later", spec: {}, nextAt: new Date(Date.now() + 3_600_000) });
    const { nextInMs } = await scheduleWork(db);
    expect(nextInMs).toBeGreaterThan(3_000_000);
    expect(await dueSchedules(db, 10)).toEqual([]);
  });
});
