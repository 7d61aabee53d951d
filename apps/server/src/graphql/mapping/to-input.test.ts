import {
  cancelExecutions,
  executeStrategy,
  getSchedule,
  listExecutions,
  updateSchedule,
} from "@strategy-executor/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toInput } from "./to-input.ts";

describe("toInput", () => {
  it("treats null as absent, and does not change JSON", () => {
    const parameters = { aCamel: null, a_snake: { b_c: 1 } };
    const args = { strategyName: "S", callbackUrl: null, label: undefined, parameters };
    expect(toInput(executeStrategy.input, args)).toEqual({ strategy_name: "S", parameters });
  });

  it("keeps null where it means something, at any depth", () => {
    const args = { scheduleId: "3", version: 1, label: null, callback: { url: "http://a", maxAttempts: null } };
    expect(toInput(updateSchedule.input, args, { keepsNull: true })).toEqual({
      schedule_id: 3,
      version: 1,
      label: null,
      callback: { url: "http://a", max_attempts: null },
    });
  });

  it("converts ids to numbers, and lists to what addresses have", () => {
    expect(toInput(getSchedule.input, { id: "7" })).toEqual({ schedule_id: 7 });
    expect(
      toInput(listExecutions.input, { first: 2, after: "9", ids: ["1", "2"], status: ["failed", "cancelled"] }),
    ).toEqual({ limit: 2, cursor: "9", ids: "1,2", status: "failed,cancelled" });
    expect(toInput(cancelExecutions.input, { ids: ["1", "2"] })).toEqual({ ids: [1, 2] });
  });

  it.each([
    [{ at: "16:30" }, "16:30"],
    [{ at: null, afterClose: 30 }, { after_close: 30 }],
    [
      { at: "16:30", afterClose: 30 },
      { at: "16:30", after_close: 30 },
    ],
  ])("converts a time of day %j to %j", (time, expected) => {
    expect(toInput(updateSchedule.input, { when: { days: "month_end", time } })).toEqual({
      when: { days: "month_end", time: expected },
    });
  });

  it("keeps every number that an id can have, and refuses all other texts", () => {
    const schema = z.strictObject({ execution_id: z.int().positive() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (id) => {
        const global = Buffer.from(`Execution:${id}`).toString("base64");
        for (const text of [String(id), global]) expect(toInput(schema, { id: text })).toEqual({ execution_id: id });
      }),
    );
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/^0*[1-9]\d{0,15}$/.test(text)),
        (text) => {
          expect(() => toInput(schema, { id: text })).toThrow(/^execution_id: must be the number of an execution/);
        },
      ),
    );
  });
});
