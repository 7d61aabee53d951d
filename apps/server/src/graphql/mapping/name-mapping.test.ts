import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toCamelCase, toEnumName, toSnakeCase, wireNamesOf } from "./name-mapping.ts";

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const snake = fc.array(word, { minLength: 1 }).map((words) => words.join("_"));

describe("the mapping of names", () => {
  it.each([
    ["execution_id", "executionId", "EXECUTION_ID"],
    ["url", "url", "URL"],
    ["first_day_of_month", "firstDayOfMonth", "FIRST_DAY_OF_MONTH"],
  ])("writes %s as %s and %s, and back", (wire, graphql, value) => {
    expect(toCamelCase(wire)).toBe(graphql);
    expect(toSnakeCase(graphql)).toBe(wire);
    expect(toEnumName(wire)).toBe(value);
    expect(wireNamesOf(graphql)).toContain(wire);
  });

  it("round-trips every snake_case name", () => {
    fc.assert(
      fc.property(snake, (wire) => {
        expect(toSnakeCase(toCamelCase(wire))).toBe(wire);
      }),
    );
  });

  it("names values as GraphQL allows", () => {
    expect(toEnumName("month-end")).toBe("MONTH_END");
    fc.assert(
      fc.property(snake, (value) => {
        expect(toEnumName(value)).toMatch(/^[_A-Z][_A-Z0-9]*$/);
      }),
    );
  });

  it("knows the conventional names of arguments", () => {
    expect(wireNamesOf("first")).toContain("limit");
    expect(wireNamesOf("after")).toEqual(["cursor", "after"]);
    expect(wireNamesOf("id")).toContain("schedule_id");
  });
});
