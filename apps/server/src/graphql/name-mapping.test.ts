import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toArgumentPath, toCamelCase, toInput, toSnakeCase } from "./name-mapping.ts";

const word = fc.stringMatching(/^[a-z]{1,8}$/);

describe("the mapping of names", () => {
  it.each([
    ["execution_id", "executionId"],
    ["url", "url"],
    ["first_day_of_month", "firstDayOfMonth"],
  ])("writes %s as %s, and back", (wire, graphql) => {
    expect(toCamelCase(wire)).toBe(graphql);
    expect(toSnakeCase(graphql)).toBe(wire);
  });

  it("round-trips every snake_case name", () => {
    const name = fc.array(word, { minLength: 1 }).map((words) => words.join("_"));
    fc.assert(
      fc.property(name, (wire) => {
        expect(toSnakeCase(toCamelCase(wire))).toBe(wire);
      }),
    );
  });

  it("treats null as absent, and does not change JSON values", () => {
    const parameters = { aCamel: null, a_snake: { b_c: 1 } };
    expect(toInput({ strategyName: "S", callbackUrl: null, after: undefined, parameters })).toEqual({
      strategy_name: "S",
      parameters,
    });
  });

  it("reports the path of a bad field with the caller's names", () => {
    expect(toArgumentPath("callback_url")).toBe("callbackUrl");
    expect(toArgumentPath("limit")).toBe("first");
    expect(toArgumentPath("parameters.short_window")).toBe("parameters.short_window");
    expect(toArgumentPath("")).toBe("");
  });
});
