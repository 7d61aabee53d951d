import { describe, expect, it } from "vitest";
import { toCsv, toTabs } from "./csv.ts";

describe("a table as CSV", () => {
  it("quotes what RFC 4180 wants quoted, and leaves out what is absent", () => {
    expect(
      toCsv(
        ["name", "value"],
        [
          ['a, "b"\nc', 0.1],
          [null, undefined],
          [true, -1],
        ],
      ),
    ).toBe('name,value\r\n"a, ""b""\nc",0.1\r\n,\r\ntrue,-1\r\n');
  });

  it.each(["=1+1", "+1", "-1", "@a", "\ta"])("gives the text %j an apostrophe", (text) => {
    expect(toCsv(["a"], [[text]])).toBe(`a\r\n'${text}\r\n`);
  });
});

describe("a table to paste", () => {
  it("has a line for each row and a tab between cells, whatever they hold", () => {
    expect(
      toTabs(
        ["Asset", "Weight"],
        [
          ["SPY", 0.25],
          ["two\twords\nand more", null],
        ],
      ),
    ).toBe("Asset\tWeight\nSPY\t0.25\ntwo words and more\t");
  });

  it("holds no formulas", () => {
    expect(toTabs(["Asset"], [["=1+1"], [-0.5]])).toBe("Asset\n'=1+1\n-0.5");
  });
});
