import { listTickers } from "@strategy-executor/db";
import { z } from "zod";
import { universeOf } from "../../backtest/decide/needs.ts";
import { checkFields, type Parameters, type ParameterError } from "../../strategy/parameters.ts";
import { type Strategy, StrategyError } from "../../strategy/strategy.ts";
import { type Ctx, query } from "../operation.ts";
import { findStrategy } from "./find-strategy.ts";

export const MissingPrices = z
  .object({
    ticker: z.string().meta({ description: "Ticker of the universe, or the benchmark." }),
    last_day: z.iso.date().nullable().meta({ description: "Its last stored day; null when it has no prices." }),
  })
  .meta({ id: "MissingPrices" });

export const ParameterProblem = z
  .object({
    path: z.string().meta({ description: "The parameter; empty if the problem concerns several." }),
    message: z.string().meta({ description: "What is wrong with it." }),
  })
  .meta({ id: "ParameterProblem" });

export const checkParameters = query({
  name: "checkParameters",
  summary: "Check the parameters of a strategy without running it, and whether the prices that it needs are stored.",
  scope: "read",
  input: z
    .strictObject({
      name: z.string().meta({ description: "Name of the strategy." }),
      parameters: z
        .record(z.string(), z.unknown())
        .nullish()
        .meta({ description: "Its parameters, as for an execution. Defaults when absent." }),
    })
    .meta({ id: "CheckParameters" }),
  output: z
    .object({
      valid: z.boolean().meta({ description: "Whether an execution would accept them." }),
      parameters: z
        .record(z.string(), z.unknown())
        .meta({ description: "The parameters with defaults filled in; as given when they are not valid." }),
      errors: z.array(ParameterProblem).meta({ description: "What is wrong; empty when they are valid." }),
      universe: z.array(z.string()).meta({ description: "Tickers that it reads or holds; empty when not valid." }),
      missing: z.array(MissingPrices).meta({
        description:
          "With `use_real_data`: tickers without prices, and tickers whose prices end before `prices_until`, " +
          "before `end_date`, or before the last day of the other tickers.",
      }),
    })
    .meta({ id: "CheckedParameters" }),
  async run(ctx, { name, parameters: raw }) {
    const strategy = findStrategy(ctx.strategies, name);
    const given = raw ?? {};
    const checked = checkFields(strategy, given);
    if (!checked.ok) return invalid(given, checked.errors);
    const { parameters } = checked;
    const universe = universeIn(strategy, parameters);
    if (universe instanceof StrategyError) return invalid(given, [{ path: "", message: universe.message }]);
    const missing = parameters.use_real_data ? await missingPrices(ctx, parameters, universe) : [];
    return { valid: true, parameters, errors: [], universe, missing };
  },
});

function invalid(parameters: Record<string, unknown>, errors: readonly ParameterError[]) {
  return { valid: false, parameters, errors: [...errors], universe: [], missing: [] };
}

/** A user's strategy may fail on parameters that its schema allows. */
function universeIn(strategy: Strategy, parameters: Parameters): string[] | StrategyError {
  try {
    return [...universeOf(strategy, parameters)];
  } catch (error) {
    if (error instanceof StrategyError) return error;
    throw error;
  }
}

async function missingPrices({ database }: Ctx, parameters: Parameters, universe: readonly string[]) {
  const held = new Map((await listTickers(database.db)).map(({ ticker, lastDay }) => [ticker, lastDay]));
  const { benchmark, end_date: end, prices_until: until } = parameters;
  const latest = universe.reduce((day, ticker) => maxDay(day, held.get(ticker) ?? ""), "");
  const wanted = until ?? (end !== undefined && end < latest ? end : latest);
  return [...new Set([...universe, ...(benchmark === undefined ? [] : [benchmark])])]
    .map((ticker) => ({ ticker, last_day: held.get(ticker) ?? null }))
    .filter(({ last_day: last }) => last === null || last < wanted);
}

function maxDay(a: string, b: string): string {
  return a > b ? a : b;
}
