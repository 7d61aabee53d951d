import { operations } from "@strategy-executor/core";
import { describe, expect, it } from "vitest";
import { expectedOperations } from "./operation-names.ts";
import { fieldsOf } from "./transport.ts";
import { transports } from "./transports.ts";

const names = Object.keys(expectedOperations);

describe("the operations", () => {
  it("are those that are expected", () => {
    expect(operations.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  it.each(operations)("$name is of its kind and takes its fields", ({ name, kind, input }) => {
    expect({ kind, fields: fieldsOf(input) }).toEqual(expectedOperations[name]);
  });
});

describe.each(transports)("$name", ({ offers, besides }) => {
  it("offers the operations and nothing else", () => {
    expect(
      offers()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual([...names, ...besides].toSorted());
  });

  it.each(names)("offers %s as what it is, with the same fields", (expected) => {
    const { kind, fields } = offers().find(({ name }) => name === expected)!;
    expect({ kind, fields }).toEqual(expectedOperations[expected]);
  });
});
