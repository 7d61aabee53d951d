import { DomainError } from "@strategy-executor/core";
import { buildSchema } from "graphql";
import { describe, expect, it } from "vitest";
import { inArgumentNames } from "./argument-names.ts";

const schema = buildSchema(`
  scalar JSON
  enum DayOrder { DMY MDY }
  input Walk { trainDays: Int }
  input Submission { callbackUrl: String, maxAttempts: Int, parameters: JSON, dayOrder: DayOrder, walks: [Walk!], label: String }
  type Query { list(first: Int, after: String, scheduleId: ID): Int, submit(input: Submission!): Int, pause(id: ID!): Int }
`);
const refused = (
  field: string,
  paths: readonly string[],
  message = paths.map((path) => `${path}: is wrong`).join("; "),
) => {
  const { args } = schema.getQueryType()!.getFields()[field]!;
  const fields = paths.map((path) => ({ path, message: "is wrong" }));
  const refusal = inArgumentNames(new DomainError("invalid", message, fields), args);
  return { message: refusal.message, paths: refusal.fields.map(({ path }) => path) };
};

describe("a refusal", () => {
  it.each([
    ["submit", "callback_url", "input.callbackUrl"],
    ["submit", "walks.1.train_days", "input.walks.1.trainDays"],
    ["submit", "parameters.short_window", "input.parameters.short_window"],
    ["submit", "nonsense", "nonsense"],
    ["submit", "", ""],
    ["list", "limit", "first"],
    ["list", "cursor", "after"],
    ["list", "schedule_id", "scheduleId"],
    ["pause", "schedule_id", "id"],
  ])("of %s at %s names %s", (field, wire, path) => {
    expect(refused(field, [wire])).toEqual({ message: `${path}: is wrong`, paths: [path] });
  });

  it("names every field of a message once", () => {
    expect(refused("submit", ["callback_url", "label", "max_attempts"]).message).toBe(
      "input.callbackUrl: is wrong; input.label: is wrong; input.maxAttempts: is wrong",
    );
  });

  it("uses the names of GraphQL within the text, and leaves what is no argument", () => {
    expect(refused("submit", [], "give a callback_url, not a short_window").message).toBe(
      "give a callbackUrl, not a short_window",
    );
  });

  it("names fields of objects as GraphQL does, and keeps what the client has named", () => {
    const { args } = schema.getQueryType()!.getFields()["submit"]!;
    const told = (code: "conflict" | "not_found", message: string) =>
      inArgumentNames(new DomainError(code, message), args).message;
    expect(told("conflict", "Execution 3 has no callback_url")).toBe("Execution 3 has no callbackUrl");
    expect(told("not_found", "Unknown strategy: callback_url")).toBe("Unknown strategy: callback_url");
  });
});
