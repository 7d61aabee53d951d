import { describe, expect, it } from "vitest";
import { readSeries } from "./read-series.ts";

describe("a data series", () => {
  it("is read by months or days, oldest or newest first, with periods that were never published", async () => {
    const read = async (csv: string) => (await readSeries(stream(csv), { name: "f.csv" }, "UNRATE")).points;
    const january = { day: "2020-01-01", knownOn: "2020-01-01", value: 3.6 };
    const march = { day: "2020-03-01", knownOn: "2020-03-01", value: 4.4 };
    for (const csv of [
      "month,value\n2020-01,3.6\n2020-02,\n2020-03,4.4\n",
      "Date,Value\n2020-03-01,4.4\n2020-01-01,3.6\n",
      "observation_date,UNRATE\n2020-01-01,3.6\n2020-02-01,.\n2020-03-01,4.4\n",
      "date;unrate\n2020-01-01;3,6\n2020-03-01;4,4\n",
    ]) {
      expect(await read(csv)).toEqual([january, march]);
    }
    expect(await read("known_on,month,value\n2020-02-07,2020-01,3.6\n")).toEqual([
      { ...january, knownOn: "2020-02-07" },
    ]);
    expect(await readSeries(stream("month,value\n2020-01,-1\n2020-02,\n"), { name: "f" }, "X")).toMatchObject({
      points: [{ value: -1 }],
      blankRows: 1,
    });
  });

  it.each([
    ["", "line 1: the file is empty"],
    ["month,value\n", "f.csv: no row has a value"],
    ["month,value\n2020-01,\n", "f.csv: no row has a value"],
    ["month,price\n2020-01,1\n", 'line 1: the column value is missing from the header "month,price"'],
    ["value\n1\n", 'line 1: the column date is missing from the header "value"'],
    ["month,value\n2020-01,1\n2020-01,2\n", "line 3: 2020-01-01 is there twice"],
    ["month,value\n2020-01,1\n2020-03,2\n2020-02,1\n", "line 4: 2020-02-01 after 2020-03-01: the days ascended so far"],
    ["month,value\n2020-13,1\n", 'line 2: the date is not a calendar day written as YYYY-MM-DD: "2020-13-01"'],
    ["month,value\n2020-01,x\n", 'line 2: value is not a number: "x"'],
    ["month,value\n2020-01,1,2\n", "line 2: 3 fields, another number than in the header"],
    ["month,value,known_on\n2020-02,1,2020-01-31\n", "line 2: known_on 2020-01-31 is before 2020-02-01"],
  ])("is refused: %j", async (csv, message) => {
    await expect(readSeries(stream(csv), { name: "f.csv" }, "UNRATE")).rejects.toThrow(message);
  });
});

async function* stream(csv: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(csv);
}
