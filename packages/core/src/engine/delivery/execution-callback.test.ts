import type { EndedExecution } from "@strategy-executor/db";
import { describe, expect, it } from "vitest";
import { toCompletedMessage, toCallbackMessage } from "./execution-callback.ts";
import { resultMismatch } from "../lifecycle/execution-result.ts";

const result = { strategy: "Fixed", final_value: 100_000, return: 0, extra: { of: "its own" } };
const execution: EndedExecution = {
  id: 7,
  strategy: "Fixed",
  version: "1.0.0",
  status: "completed",
  executionParameters: { initial_capital: 100_000 },
  result,
  errorMessage: null,
  startedAt: new Date("2026-01-02T03:04:05.678Z"),
  completedAt: new Date("2026-01-02T03:04:06Z"),
  traceParent: null,
};

describe("the message of an execution that a thread has just completed", () => {
  const validated = (text: string) => ({ result: text, mismatch: resultMismatch(JSON.parse(text) as object, text) });

  it("equals the message built from the database", () => {
    const message = toCompletedMessage(execution, validated(JSON.stringify(result)));
    message.validate();
    expect(message.body).toBe(toCallbackMessage(execution).body);
    expect((JSON.parse(message.body) as { result: unknown }).result).toEqual(result);
  });

  it.each([
    ["a value of another type", { ...result, final_value: "much" }, "final_value"],
    ["what JSON has no number for", { ...result, return: Number.NaN }, "return"],
    ["no name", { ...result, strategy: undefined }, "strategy"],
  ])("is refused when its result has %s", (_, wrong, field) => {
    const text = JSON.stringify(wrong);
    expect(toCompletedMessage(execution, validated(text)).validate).toThrow(field);
    expect(toCallbackMessage({ ...execution, result: JSON.parse(text) }).validate).toThrow(field);
  });

  it("is refused when a field beside the result is wrong", () => {
    const nameless = { ...execution, strategy: null as unknown as string };
    expect(toCompletedMessage(nameless, validated(JSON.stringify(result))).validate).toThrow("strategy");
  });
});
