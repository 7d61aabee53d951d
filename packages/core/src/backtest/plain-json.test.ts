import fc from "fast-check";
import { expect, it } from "vitest";
import { isPlainJson } from "./plain-json.ts";

it("values said to be plain are what JSON makes of them", () => {
  const odd = fc.constantFrom<unknown>(
    undefined,
    Number.NaN,
    Infinity,
    -0,
    Symbol("x"),
    1n,
    () => 1,
    new Date(0),
    new Map(),
  );
  const leaf = fc.oneof({ weight: 6, arbitrary: fc.jsonValue({ maxDepth: 1 }) }, odd);
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom("__proto__", "toJSON")), tie("tree"), {
        maxKeys: 4,
      }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const isSaid = isPlainJson(value);
      expect(isSaid ? JSON.parse(JSON.stringify(value)) : value).toStrictEqual(value);
    }),
    { numRuns: 2_000 },
  );
});

it("what JSON says is plain, but for one name", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      let isPlain = true;
      const value: unknown = JSON.parse(text, (name, inner: unknown) => {
        if (name === "__proto__" || Object.is(inner, -0)) isPlain = false;
        return inner;
      });
      expect(isPlainJson(value)).toBe(isPlain);
    }),
  );
});

it("circles are left to JSON", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  expect(isPlainJson(circle)).toBe(false);
});
