import { type AnyOperation, executeStrategy, operations } from "@strategy-executor/core";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { describeTransports } from "./describe-transports.ts";

/** Their year in UTC, which decides, is 0 or 10000. No database and no calendar holds such times. */
const outside: Readonly<Record<string, readonly string[]>> = {
  "date-time": ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-02:00"],
  date: ["0000-01-01"],
};

/** What the operations need besides. */
const needed: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  createApiKey: { client: "a", scopes: ["read"] },
  getSeries: { execution_id: 1 },
  getPrices: { ticker: "SPY" },
  getCalendar: { exchange: "XNYS" },
  setExchangeDay: { exchange: "XNYS", day: "2024-01-02", session: true },
  previewSchedule: { when: { cron: "* * * * *" } },
  backfillSchedule: { schedule_id: 1, from: "2024-01-02", to: "2024-01-03" },
};

const fields = operations.flatMap((operation) => timesOf(operation).map((field) => ({ operation, ...field })));

describeTransports("times outside of the years 1 to 9999", ({ call }) => {
  // GraphQL reads series through their execution.
  beforeAll(() => call(executeStrategy, { strategy_name: "MovingAverageCrossover" }));

  it("are known by their format", () => {
    expect(fields.map(({ operation, name }) => `${operation.name}.${name}`)).toEqual(
      expect.arrayContaining(["redeliverCallbacks.since", "listExecutions.until", "getPrices.from"]),
    );
  });

  describe.each(fields)("of $operation.name are refused as $name", ({ operation, name, format }) => {
    it.each(outside[format] ?? [])("%s", async (time) => {
      await expect(call(operation, { ...needed[operation.name], [name]: time })).rejects.toMatchObject({
        code: "invalid",
        fields: [
          { path: name, message: expect.stringMatching(/^must be (?:in the years 1 to 9999|from 1970 to 2200)/) },
        ],
      });
    });
  });
});

interface Time {
  readonly name: string;
  readonly format: "date" | "date-time";
}

/** The input fields of an operation that are days or instants. */
function timesOf({ input }: AnyOperation): Time[] {
  const schema = z.toJSONSchema(input, { io: "input", unrepresentable: "any", reused: "inline" });
  const definitions = Object.values(schema.$defs ?? {});
  return [schema, ...definitions].flatMap(({ properties = {} }) =>
    Object.entries(properties).flatMap(([name, field]) => {
      if (typeof field === "boolean") return [];
      const formats = [field, ...(field.anyOf ?? [])].map((one) => (typeof one === "object" ? one.format : undefined));
      const format = formats.find((one) => one === "date" || one === "date-time");
      return format === undefined ? [] : [{ name, format }];
    }),
  );
}
