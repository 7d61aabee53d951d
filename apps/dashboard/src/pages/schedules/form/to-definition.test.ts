import { describe, expect, it } from "vitest";
import { toWhen } from "./rule.ts";
import { toChanges, toDefinition, typedSchedule } from "./to-definition.ts";

type Schedule = Parameters<typeof typedSchedule>[0];

const schedule: Schedule = {
  schedule_id: 1,
  client: "local",
  name: "by month",
  strategy_name: "BoldAssetAllocation",
  parameters: { variant: "BAA-G4" },
  label: "by schedule",
  priority: "low",
  when: {
    days: "month_end",
    offset: 0,
    exchange: "XNYS",
    time: { after_close: 30 },
    time_zone: "America/New_York",
    day_offset: 0,
  },
  prices: { refresh: false, wait_minutes: 60 },
  catch_up: "all",
  catch_up_hours: 24,
  callback: { url: "http://localhost:9/", format: "json", max_attempts: 5, when: "always", min_turnover: 0.1 },
  warnings: [],
  version: 1,
  description: "",
  paused_at: null,
  pause_note: null,
  next_at: null,
  decision: null,
  decided_on: null,
  created_at: "2026-11-29T00:00:00.000Z",
  updated_at: "2026-11-29T00:00:00.000Z",
};
const schema = { properties: { variant: { type: "string" } } };
const typed = typedSchedule(schedule, schema);
const definition = toDefinition(typed, schedule.parameters, toWhen(typed.rule));

describe("the fields of a schedule", () => {
  it("keep what the form does not show", () => {
    const { name, strategy_name, parameters, label, priority, prices, catch_up, catch_up_hours, callback } = schedule;
    expect(definition).toMatchObject({
      name,
      strategy_name,
      parameters,
      label,
      priority,
      prices,
      catch_up,
      catch_up_hours,
      callback,
    });
  });

  it("leave a callback alone that stays, because its address may be masked", () => {
    expect(toChanges(schedule, definition)).not.toHaveProperty("callback");
    const other = { ...definition, callback: { ...definition.callback!, when: "never" as const } };
    expect(toChanges(schedule, other)).toHaveProperty("callback.when", "never");
  });

  it("take a callback away whose address was deleted", () => {
    const without = toDefinition({ ...typed, callback: " " }, {}, toWhen(typed.rule));
    expect(toChanges(schedule, without)).toHaveProperty("callback", null);
    expect(toChanges({ ...schedule, callback: null }, without)).not.toHaveProperty("callback");
  });
});
