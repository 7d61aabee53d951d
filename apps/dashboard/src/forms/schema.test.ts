import { describe, expect, it } from "vitest";
import { type FieldSchema, fromText, kindOf, toParameters, toText } from "./schema.ts";

const schemas: readonly (readonly [FieldSchema, string, unknown])[] = [
  [{ type: "string", enum: ["BAA-G12", "BAA-G4"] }, "BAA-G4", "BAA-G4"],
  [{ enum: [1, 2] }, "2", 2],
  [{ type: "boolean" }, "true", true],
  [{ type: "boolean" }, "false", false],
  [{ type: "integer", minimum: 1 }, "12", 12],
  [{ type: "number" }, "-0.5", -0.5],
  [{ type: "string", format: "date" }, "2024-02-29", "2024-02-29"],
  [{ type: "string" }, "005930", "005930"],
  [{ type: "array", items: { type: "string" } }, "SPY, QQQ", ["SPY", "QQQ"]],
  [{ type: "object" }, '{"a":[1]}', { a: [1] }],
  [{ anyOf: [{ type: "number" }] } as FieldSchema, "3", 3],
];

describe("a field of parameters", () => {
  it.each(schemas)("%j reads %s, and writes it again", (schema, text, value) => {
    expect(fromText(text, schema)).toEqual(value);
    expect(toText(value, schema)).toBe(text);
  });

  it("is absent when nothing is typed", () => {
    for (const [schema] of schemas) expect(fromText("", schema)).toBeUndefined();
    for (const [schema] of schemas) expect(toText(null, schema)).toBe("");
  });

  it("leaves it to the service to refuse what is no number", () => {
    expect(fromText("many", { type: "integer" })).toBe("many");
    expect(kindOf({ type: "integer" })).toBe("integer");
  });

  it("is named where it cannot be read", () => {
    const properties = { a: { type: "object" }, b: { type: "number" } };
    const { parameters, unreadable } = toParameters({ properties }, { a: "{", b: "1", c: "2" });
    expect(parameters).toEqual({ b: 1, c: 2 });
    expect([...unreadable]).toEqual(["a"]);
  });
});
