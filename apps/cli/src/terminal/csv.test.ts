import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toCsv } from "./csv.ts";

describe("CSV", () => {
  it("leaves numbers, quotes what needs it, and disarms what a spreadsheet would run", () => {
    expect(
      toCsv([
        ["a", "b"],
        [-1.5, "x,y"],
        [null, 'say "hi"'],
        [true, "=1+1"],
        [undefined, "-1"],
      ]),
    ).toBe(`a,b\n-1.5,"x,y"\n,"say ""hi"""\ntrue,'=1+1\n,'-1\n`);
  });

  it("can be read back, whatever text is in it", () => {
    const row = fc.array(fc.string({ unit: "binary-ascii" }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const disarmed = rows.map((cells) => cells.map((cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell)));
        expect(parse(toCsv(rows), { record_delimiter: "\n" })).toEqual(disarmed);
      }),
    );
  });
});
