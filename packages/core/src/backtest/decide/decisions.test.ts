import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toDay, toIsoDay } from "../../market/calendar.ts";
import { dataSeries } from "../../market/data-series.ts";
import type { Decision } from "../../strategy/decision.ts";
import type { History } from "../../strategy/history.ts";
import { averageTrueRange } from "../../strategy/indicators/atr.ts";
import { exponentialAverage } from "../../strategy/indicators/moving-average.ts";
import type { Schedule } from "../../strategy/schedule.ts";
import { defineStrategy, type Strategy } from "../../strategy/strategy.ts";
import type { View } from "../../strategy/view.ts";
import { evaluateChunk } from "../../sweep/evaluate-chunk.ts";
import { Grid } from "../../sweep/grid.ts";
import { marketOf, weekdaySeries } from "../../testing/prices.ts";
import { runStrategy } from "../run-strategy.ts";

/** 2023-01-02 (a Monday) to 2024-05-10 (a Friday) on weekdays; UP rises by 1 a day, FLAT stays. */
const count = 355;
const up = weekdaySeries(
  "UP",
  "2023-01-02",
  Array.from({ length: count }, (_, row) => 100 + row),
);
const flat = weekdaySeries(
  "FLAT",
  "2023-01-02",
  Array.from({ length: count }, () => 10),
);
const market = marketOf([up, flat]);

interface Definition {
  readonly schedule?: Schedule;
  readonly history?: History;
  readonly initial?: () => unknown;
  readonly decide?: (view: View, state: unknown) => Decision;
}

function made({ schedule = "month-end", history = { months: 0 }, initial, decide }: Definition): Strategy {
  return defineStrategy<z.ZodObject, unknown>({
    name: "Made",
    version: "1.0.0",
    description: "Decides what a test wants.",
    source: "A test",
    parameters: z.object({ schedule: z.string().default(schedule) }),
    schedule: (parameters) => parameters["schedule"] as Schedule,
    defaultFill: "same_close",
    universe: () => ["UP", "FLAT"],
    history: () => history,
    ...(initial && { initial }),
    decide: (view, _parameters, state) =>
      decide ? decide(view, state) : { weights: { UP: 0.5, FLAT: 0.5 }, because: "halves" },
  }) as Strategy;
}

const run = (strategy: Strategy, given: object = {}, prices = market) =>
  runStrategy(strategy, { use_real_data: true, ...given }, prices);
const decidedOn = async (strategy: Strategy, given: object = {}) =>
  (await run(strategy, given)).series.weights.map(({ date }) => date);
const failure = (strategy: Strategy, given: object = {}, prices = market) =>
  run(strategy, given, prices).then(
    () => "no failure",
    (error: unknown) => (error as Error).message,
  );

describe("schedules", () => {
  it("decide at the end of quarters and years, first at the first month-end that is possible", async () => {
    expect(await decidedOn(made({ schedule: "quarter-end" }))).toEqual([
      "2023-01-31",
      "2023-03-31",
      "2023-06-30",
      "2023-09-29",
      "2023-12-29",
      "2024-03-29",
    ]);
    expect(await decidedOn(made({ schedule: "year-end" }))).toEqual(["2023-01-31", "2023-12-29"]);
    expect(await decidedOn(made({ schedule: "year-end" }), { start_date: "2023-05-15" })).toEqual([
      "2023-05-31",
      "2023-12-29",
    ]);
    const late = made({ schedule: "year-end", history: { months: 3 } });
    expect(await decidedOn(late)).toEqual(["2023-04-28", "2023-12-29"]);
  });

  it("decide once, and never again", async () => {
    expect(await decidedOn(made({ schedule: "once" }))).toEqual(["2023-01-31"]);
    const { result } = await run(made({ schedule: "once" }), { fill: "next_close" });
    expect(result.portfolio).toMatchObject({ decided_on: "2023-01-31", filled_on: "2023-02-01" });
    expect(result.portfolio!.drifted_weights!["UP"]).toBeGreaterThan(0.7);
  });

  it("decide at the end of each week that has ended", async () => {
    const dates = await decidedOn(made({ schedule: "week-end", history: { days: 1 } }));
    expect(dates.slice(0, 2)).toEqual(["2023-01-06", "2023-01-13"]);
    expect(dates.at(-1)).toBe("2024-05-10");
    expect(dates).toHaveLength(71);
    // The week of a Wednesday has not ended.
    const cut = marketOf(
      [up, flat].map((one) => ({ ...one, days: one.days.slice(0, -2), closes: one.closes.slice(0, -2) })),
    );
    const { series } = await run(made({ schedule: "week-end", history: { days: 1 } }), {}, cut);
    expect(series.weights.at(-1)!.date).toBe("2024-05-03");
  });

  it("are chosen by the parameters", async () => {
    expect(await decidedOn(made({}), { schedule: "once" })).toEqual(["2023-01-31"]);
    expect(await failure(made({}), { schedule: "hourly" })).toBe(
      "Made failed to say its schedule: hourly is not one of daily, week-end, month-end, quarter-end, year-end, once",
    );
  });
});

describe("hold", () => {
  const decide = ({ month }: View): Decision =>
    month % 2 === 1 ? { weights: { UP: 0.5 }, because: "odd" } : { hold: true, because: "even" };

  it("keeps what is held without a trade, and says what it keeps", async () => {
    const { result, series } = await run(made({ decide }), { end_date: "2023-02-28", cost_bps: 10 });
    expect(series.weights).toMatchObject([
      { date: "2023-01-31", weights: { UP: 0.5 }, hold: false },
      { date: "2023-02-28", weights: { UP: 0.5 }, hold: true },
    ]);
    expect(result.portfolio).toMatchObject({ hold: true, filled_on: null, orders: [], weights: { UP: 0.5 } });
    // One purchase of half the account.
    expect(result.metrics.costs).toBeCloseTo(50, 9);
  });

  it("does not stop later trades, in a sweep either", async () => {
    const strategy = made({ decide });
    const { result, series } = await run(strategy);
    expect(series.weights.filter(({ hold }) => !hold)).toHaveLength(8);
    const grid = Grid.parse({ axes: { cost_bps: [0, 5] } });
    const chunk = { strategy, parameters: { use_real_data: true }, grid, from: 0, to: 1, market };
    const { table, failed } = await evaluateChunk(chunk);
    expect(failed).toBe(0);
    expect(Array.from(table).some((value) => Math.abs(value / result.final_value - 1) < 1e-12)).toBe(true);
  });

  it("before anything was bought means cash, by month and by day", async () => {
    for (const schedule of ["month-end", "daily"] as const) {
      const { result } = await run(made({ schedule, decide: () => ({ hold: true, because: "never" }) }));
      expect(result).toMatchObject({ return: 0, metrics: { trades: 0, exposure: 0 }, portfolio: { weights: {} } });
    }
  });

  it("takes no weights beside it", async () => {
    const both = made({ decide: () => ({ hold: true, weights: { UP: 1 }, because: "?" }) as never });
    expect(await failure(both)).toBe("Made failed on 2023-01-31: a decision has weights or says hold, not both");
  });
});

describe("state", () => {
  /** Buys for ten days whenever the number of decisions so far is a multiple of 25. */
  const counting = made({
    schedule: "daily",
    history: { days: 1 },
    initial: () => ({ seen: 0 }),
    decide: (_view, state) => {
      const { seen } = state as { seen: number };
      return { weights: seen % 25 < 10 ? { UP: 1 } : {}, because: `${seen}`, state: { seen: seen + 1 } };
    },
  });

  it("is folded over the decisions, from the first one of the period on", async () => {
    const dates = await decidedOn(counting);
    expect(dates.slice(0, 3)).toEqual([0, 10, 25].map((row) => toIsoDay(up.days[row]!)));
    const start = toIsoDay(up.days[7]!);
    expect((await decidedOn(counting, { start_date: start })).slice(0, 2)).toEqual(
      [7, 17].map((row) => toIsoDay(up.days[row]!)),
    );
  });

  it("is not shared by combinations of a sweep that begin on other days", async () => {
    const monthly = made({
      initial: () => 0,
      decide: (_view, seen) => ({
        weights: (seen as number) < 2 ? { UP: 1 } : {},
        because: "",
        state: (seen as number) + 1,
      }),
    });
    const starts = ["2023-01-02", "2023-06-01", "2023-09-01"];
    const grid = Grid.parse({ axes: { start_date: starts } });
    const chunk = { strategy: monthly, parameters: { use_real_data: true }, grid, from: 0, to: 3, market };
    const { table } = await evaluateChunk(chunk);
    for (const [index, start_date] of starts.entries()) {
      const { result } = await run(monthly, { start_date });
      const row = Array.from(table).slice((index * table.length) / 3, ((index + 1) * table.length) / 3);
      expect(row.some((value) => Math.abs(value / result.final_value - 1) < 1e-12)).toBe(true);
    }
  });

  it("is replaced, never changed", async () => {
    const changing = made({
      initial: () => ({ seen: 0 }),
      decide: (_view, state) => {
        (state as { seen: number }).seen += 1;
        return { weights: {}, because: "" };
      },
    });
    expect(await failure(changing)).toMatch(/^Made failed on 2023-01-31: Cannot assign to read only property/);
  });
});

describe("the view", () => {
  const look = async (history: History, see: (view: View) => unknown, prices = market, given: object = {}) => {
    const seen: unknown[] = [];
    const decide = (view: View): Decision => {
      seen.push(see(view));
      return { weights: { UP: 1 }, because: "" };
    };
    await run(made({ history, decide }), given, prices);
    return seen;
  };
  const priceOn = (day: string) => up.closes[up.days.indexOf(toDay(day))]!;

  it("tells the date", async () => {
    const [first] = await look({ months: 0 }, (view) => [
      view.day,
      view.year,
      view.month,
      view.weekday,
      view.daysSince("2023-01-01"),
    ]);
    expect(first).toEqual(["2023-01-31", 2023, 1, 2, 30]);
  });

  it("gives months and days together, and the days since a month-end", async () => {
    const [first] = await look({ months: 2, days: 70 }, (view) => ({
      day: view.day,
      months: [...view.monthCloses("UP")],
      days: view.dayCloses("UP").length,
      since: [...view.closesSince("UP", 1)].slice(0, 2),
      length: view.closesSince("UP", 1).length,
    }));
    expect(first).toEqual({
      day: "2023-04-28",
      months: ["2023-02-28", "2023-03-31", "2023-04-28"].map(priceOn),
      days: 70,
      since: [priceOn("2023-03-31"), priceOn("2023-04-03")],
      length: 21,
    });
    const ask = (history: History, see: (view: View) => unknown) =>
      failure(made({ history, decide: (view) => ({ weights: {}, because: String(see(view)) }) }));
    expect(await ask({ months: 1, days: 5 }, (view) => view.closes("UP"))).toMatch(/monthCloses or dayCloses$/);
    expect(await ask({ months: 1 }, (view) => view.dayCloses("UP"))).toMatch(/it declares no history of days$/);
    expect(await ask({ months: 1 }, (view) => view.closesSince("UP", 2))).toMatch(
      /since 2 months wanted, 1 months declared$/,
    );
    expect(await ask({ days: 5 }, (view) => view.bars("UP").high)).toMatch(
      /it does not declare the column high of bars$/,
    );
    expect(await ask({ days: 5 }, (view) => view.series("RATE"))).toMatch(/it declares no series RATE$/);
    expect(await ask({ days: 5 }, (view) => view.follow("UP", averageTrueRange(3)))).toMatch(/column high of bars$/);
    expect(await ask({ days: 5 }, (view) => view.follow("UP", exponentialAverage(90)))).toMatch(
      /ema 90 of UP wants 90 bars$/,
    );
  });

  it("shows what the decisions hold, drifted, whatever the fill and the costs", async () => {
    const decide = (view: View): Decision => {
      const { UP } = view.holdings;
      seen.push(UP && [view.day, UP]);
      return UP === undefined ? { weights: { UP: 0.5, FLAT: 0.5 }, because: "" } : { hold: true, because: "" };
    };
    let seen: unknown[] = [];
    await run(made({ decide }));
    const [entry, close] = [priceOn("2023-01-31"), priceOn("2023-02-28")];
    const value = (0.5 * close) / entry;
    expect(seen[0]).toBeUndefined();
    expect(seen[1]).toEqual([
      "2023-02-28",
      { since: "2023-01-31", entry, gain: close / entry - 1, weight: expect.closeTo(value / (value + 0.5), 12) },
    ]);
    const first = seen;
    seen = [];
    await run(made({ decide }), { fill: "next_close", cost_bps: 50 });
    expect(seen).toEqual(first);
  });

  it("shows a data series from the day on which a value became known, and as far as the lag allows", async () => {
    const rates = dataSeries("RATE", [
      { day: "2022-11-01", value: 1 },
      { day: "2022-12-01", value: 2 },
      { day: "2023-01-01", value: 3, knownOn: "2023-02-03" },
      { day: "2023-02-01", value: 4, knownOn: "2023-03-01" },
    ]);
    const seen = await look(
      { months: 0, series: { RATE: 3 } },
      (view) => [view.day, [...view.series("RATE")], [...view.series("RATE", 2)]],
      marketOf([up, flat], [rates]),
      { end_date: "2023-03-31" },
    );
    // The third value is known in February; before that there is too little.
    expect(seen).toEqual([
      ["2023-02-28", [1, 2, 3], [1, 2]],
      ["2023-03-31", [1, 2, 3, 4], [1, 2, 3]],
    ]);
  });
});

describe("what is missing", () => {
  it("is named: series, columns and days of them", async () => {
    const withSeries = made({ history: { months: 0, series: { RATE: 2 } } });
    expect(await failure(withSeries)).toBe(
      "No data series RATE. Import it with: npm run prices -- import FILE.csv --series RATE",
    );
    const short = dataSeries("RATE", [{ day: "2023-01-01", value: 3 }]);
    expect(await failure(withSeries, {}, marketOf([up, flat], [short]))).toBe(
      "History of RATE is too short: 2 values wanted, 1 known on 2024-05-10",
    );
    const withBars = made({
      history: { days: 1, bars: ["high"] },
      decide: (view) => ({ weights: {}, because: `${view.bars("UP").high[0]}` }),
    });
    const high = new Float64Array(count).fill(Number.NaN, 21, 22).fill(1, 0, 21).fill(1, 22);
    const message = "the strategy looks at them. Import a file that has the column: npm run prices -- import FILE.csv";
    expect(await failure(withBars, {}, marketOf([{ ...up, bars: { high } }, flat]))).toBe(
      `No high of FLAT: ${message}`,
    );
    const both = marketOf([
      { ...up, bars: { high } },
      { ...flat, bars: { high } },
    ]);
    expect(await failure(withBars, {}, both)).toBe("Made failed on 2023-01-31: there is no high of UP on 2023-01-31");
  });

  it("stops a fill at opens that are not there", async () => {
    expect(await failure(made({}), { fill: "next_open" })).toBe(
      "No open of UP, FLAT: fill next_open trades at them. Import a file that has the column: npm run prices -- import FILE.csv",
    );
    const open = up.closes.map((close, row) => (row === 22 ? Number.NaN : close - 0.5));
    const prices = marketOf([
      { ...up, bars: { open } },
      { ...flat, bars: { open: flat.closes } },
    ]);
    expect(await failure(made({}), { fill: "next_open" }, prices)).toBe(
      "No open price of UP on 2023-02-01: fill next_open cannot trade there",
    );
    const { result } = await run(made({}), { fill: "next_open", start_date: "2023-02-02" }, prices);
    expect(result.fill).toBe("next_open");
    expect(result.portfolio!.orders!.find(({ ticker }) => ticker === "UP")!.price).toBe(
      open[up.days.indexOf(toDay("2024-05-01"))],
    );
  });
});

describe("a benchmark", () => {
  const strategy = made({});

  it("is held against the account, and changes nothing else", async () => {
    const plain = await run(strategy);
    const { result, series } = await run(strategy, { benchmark: "UP", risk_free: 0.02 });
    const { benchmark, ...rest } = result;
    expect(rest).toEqual(plain.result);
    expect(series).toEqual(plain.series);
    expect(plain.result).not.toHaveProperty("benchmark");
    expect(benchmark).toMatchObject({ name: "UP", figures: { turnover: null, exposure: null }, months_ahead: 0 });
    const [first, last] = [result.period.first_day, result.period.last_day].map(
      (day) => up.closes[up.days.indexOf(toDay(day))]!,
    );
    expect(benchmark!.figures.return).toBeCloseTo(last! / first! - 1, 12);
    expect(benchmark!.beta).toBeGreaterThan(0.4);
  });

  it("may trade on days of its own, but has to cover the account's", async () => {
    const other = weekdaySeries("OTHER", "2023-01-02", [1, 2, 3]);
    const prices = marketOf([up, flat, other]);
    expect(await failure(strategy, { benchmark: "OTHER" }, prices)).toBe(
      "The benchmark OTHER reaches from 2023-01-02 to 2023-01-04, but the execution runs from 2023-01-31 to 2024-05-10",
    );
    expect(await failure(strategy, { benchmark: "NONE" })).toMatch(/^No prices for the benchmark NONE/);
  });
});
