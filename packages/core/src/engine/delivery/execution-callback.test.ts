import type { ExecutionRecord } from "@strategy-executor/db";
import { describe, expect, it } from "vitest";
import { toCompletedExecution, toEndedExecution } from "./execution-callback.ts";
import { resultMismatch } from "../lifecycle/execution-result.ts";

const result = { strategy: "Fixed", final_value: 100_000, return: 0, extra: { of: "its own" } };
const record: ExecutionRecord = {
  id: 7,
  strategy: "Fixed",
  version: "1.0.0",
  status: "completed",
  executionParameters: { initial_capital: 100_000 },
  result,
  errorMessage: null,
  progress: null,
  startedAt: new Date("2026-01-02T03:04:05.678Z"),
  completedAt: new Date("2026-01-02T03:04:06Z"),
  traceParent: null,
  callback: null,
};

describe("the callback of an execution that a thread has just completed", () => {
  const checked = (text: string) => ({ text, mismatch: resultMismatch(text) });

  it("is the same as read from the database", () => {
    const completed = toCompletedExecution(record, checked(JSON.stringify(result)));
    completed.ensureDocumented();
    expect(completed.body).toBe(toEndedExecution(record).body);
    expect((JSON.parse(completed.body) as { result: unknown }).result).toEqual(result);
  });

  it.each([
    ["a value of another type", { ...result, final_value: "much" }, "final_value"],
    ["what JSON has no number for", { ...result, return: Number.NaN }, "return"],
    ["no name", { ...result, strategy: undefined }, "strategy"],
  ])("is refused when its result has %s", (_, wrong, field) => {
    const text = JSON.stringify(wrong);
    expect(toCompletedExecution(record, checked(text)).ensureDocumented).toThrow(field);
    expect(toEndedExecution({ ...record, result: JSON.parse(text) }).ensureDocumented).toThrow(field);
  });

  it("is refused when what is beside the result is wrong", () => {
    const nameless = { ...record, strategy: null as unknown as string };
    expect(toCompletedExecution(nameless, checked(JSON.stringify(result))).ensureDocumented).toThrow("strategy");
  });
});
