import fc from "fast-check";
import { expect, it } from "vitest";
import { findLosses } from "./lossy-json.ts";

const messages = (text: string) => findLosses(text, 10).map(({ path, message }) => `${path.join(".")} ${message}`);

it("finds nothing in what JSON.stringify writes", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(0, 2), (value, space) => {
      const text = JSON.stringify(value, null, space);
      fc.pre(!text.includes("__proto__"));
      expect(messages(text)).toEqual([]);
    }),
  );
});

it("finds every name that is repeated, wherever it is", () => {
  const name = fc.string({ maxLength: 4 }).filter((text) => text !== "__proto__");
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), name, name, (value, outer, inner) => {
      const [text, repeated] = [JSON.stringify(value), JSON.stringify(inner)];
      fc.pre(!text.includes("__proto__"));
      const body = `{ ${JSON.stringify(outer)}: [${text}, { ${repeated}: ${text}, ${repeated} : null }] }`;
      expect(messages(body)).toEqual([`${outer}.1.${inner} is there twice`]);
    }),
  );
});

it("reads numbers as a double keeps them", () => {
  expect(
    messages("[0, -0, 0.0, 1.7e308, 5e-324, 9007199254740991, 0.1000000000000000055511151231257827, 1e22]"),
  ).toEqual([]);
  expect(messages("[100000000000000000000, 36893488147419103232]")).toEqual([]);
  expect(messages("[1e309, -1e309, 1e-324, 36893488147419103233]")).toEqual([
    "0 1e309 is too large for a number",
    "1 -1e309 is too large for a number",
    "2 1e-324 is too small for a number",
    "3 36893488147419103233 has more digits than a number keeps: it would become 36893488147419103000",
  ]);
});

it("walks what is nested deeper than the stack, and stops at the limit", () => {
  const depth = 200_000;
  expect(findLosses(`${"[".repeat(depth)}1e400${"]".repeat(depth)}`, 1)[0]?.path).toHaveLength(depth);
  expect(findLosses(`[${Array.from({ length: 99 }, () => "1e400").join()}]`, 10)).toHaveLength(10);
});
