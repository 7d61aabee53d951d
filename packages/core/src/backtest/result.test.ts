import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Result, Series } from "./result.ts";
import { runStrategy } from "./run-strategy.ts";
import { builtInStrategies } from "../strategies/index.ts";
import { syntheticMarket } from "../market/synthetic-market.ts";
import { marketOf, noMarket } from "../testing/prices.ts";

interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  additionalProperties?: Schema | boolean;
}

const schemas = { result: schemaOf(Result, "Result"), series: schemaOf(Series, "Series") };

describe.each(builtInStrategies)("$name", (strategy) => {
  const shortest = { start_date: "2020-06-30", end_date: "2020-06-30" };

  it.each([{}, shortest, { fill: "next_close", cost_bps: 25 }, { fill: "next_close", ...shortest }])(
    "gives what the schemas describe, and nothing else: %j",
    async (parameters) => {
      const run = await runStrategy(strategy, parameters, noMarket);
      expect(() => Result.parse(run.result)).not.toThrow();
      expect(() => Series.parse(run.series)).not.toThrow();
      expect(unknownFields(run.result, schemas.result)).toEqual([]);
      expect(unknownFields(run.series, schemas.series)).toEqual([]);
      // JSON has no NaN, Infinity or undefined: what is written is what is read.
      expect(JSON.parse(JSON.stringify(run))).toEqual(run);
      const { dates, equity, drawdown } = run.series;
      expect([equity.length, drawdown.length]).toEqual([dates.length, dates.length]);
    },
  );

  it("names the origin of stored prices", async () => {
    const parameters = strategy.parameters.parse({});
    const { series: counts = {} } = strategy.history(parameters);
    const extras = { bars: [], series: Object.keys(counts) };
    const { tickers, days, closes, series } = syntheticMarket([...new Set(strategy.universe(parameters))], 1, extras);
    const market = marketOf(
      tickers.map((ticker, column) => ({ ticker, days, closes: closes[column]! })),
      series,
    );
    const { result } = await runStrategy(strategy, { use_real_data: true, end_date: "2020-05-15" }, market);
    expect(unknownFields(result, schemas.result)).toEqual([]);
    expect(result.data).toMatchObject({
      source: "stored",
      seed: null,
      tickers: { [tickers[0]!]: { first_day: "2004-01-01", origin: "test" } },
      first_day: "2004-01-01",
      last_day: "2020-05-15",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

it.each(["result", "series"] as const)("describes every field of a %s, in docs/strategies.md too", (name) => {
  const guide = readFileSync(new URL("../../../../docs/strategies.md", import.meta.url), "utf8");
  const fields = fieldsOf(schemas[name], name);
  expect(fields.length).toBeGreaterThan(5);
  for (const { path, schema } of fields) {
    const field = path.split(".").at(-1)!;
    expect({ path, isDescribed: Boolean(schema.description ?? schema.anyOf?.some((one) => one.description)) }).toEqual({
      path,
      isDescribed: true,
    });
    expect({ path, isInGuide: guide.includes(`\`${field}\``) }).toEqual({ path, isInGuide: true });
  }
});

function schemaOf(schema: z.ZodType, id: string): Schema {
  return z.toJSONSchema(schema).$defs![id] as Schema;
}

function fieldsOf(schema: Schema, path: string): { path: string; schema: Schema }[] {
  const { anyOf = [], properties = {}, items } = schema;
  const inner = [...anyOf, ...(items ? [items] : []), ...(valuesOf(schema) ? [valuesOf(schema)!] : [])];
  const named = Object.entries(properties).flatMap(([name, field]) => {
    return [{ path: `${path}.${name}`, schema: field }, ...fieldsOf(field, `${path}.${name}`)];
  });
  return [...named, ...inner.flatMap((one) => fieldsOf(one, path))];
}

/** The fields of a value that its schema does not name, if it names any. */
function unknownFields(value: unknown, schema: Schema, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { properties, items, anyOf } = schema;
  if (anyOf)
    return unknownFields(
      value,
      anyOf.find(({ type }) => type !== "null")!,
      path,
    );
  return Object.entries(value).flatMap(([name, inner]) => {
    const field = properties?.[name] ?? items ?? valuesOf(schema);
    return field ? unknownFields(inner, field, `${path}.${name}`) : [`${path}.${name}`];
  });
}

/** The schema of the values of a map. */
function valuesOf({ properties, additionalProperties: values }: Schema): Schema | undefined {
  return properties === undefined && typeof values === "object" ? values : undefined;
}
