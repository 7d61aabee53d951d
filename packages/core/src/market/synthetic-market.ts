import { createHash } from "node:crypto";
import { isWeekday, toDay, toIsoDay } from "./calendar.ts";
import { type BarColumn, type Bars, selectBars } from "./bars.ts";
import { type DataSeries, dataSeries } from "./data-series.ts";
import { type Extras, type PriceSeries, type PriceTable, priceTable } from "./price-table.ts";
import { RecentTables } from "./recent-tables.ts";

/** Factors that drive prices, besides a ticker's own noise. */
type Factor = "equity" | "rates" | "credit" | "commodity" | "gold";
type PerFactor = Readonly<Record<Factor, number>>;

/** A phase of the market: yearly drift and volatility of each factor, the yearly yield of cash, and its length in months. */
interface Regime {
  readonly drift: PerFactor;
  readonly volatility: PerFactor;
  readonly cashYield: number;
  readonly months: readonly [min: number, max: number];
}

const expansion: Regime = {
  drift: { equity: 0.14, rates: 0.025, credit: 0.03, commodity: 0.04, gold: 0.04 },
  volatility: { equity: 0.11, rates: 0.04, credit: 0.03, commodity: 0.13, gold: 0.13 },
  cashYield: 0.025,
  months: [18, 36],
};
const crisis: Regime = {
  drift: { equity: -0.38, rates: 0.09, credit: -0.1, commodity: -0.35, gold: 0.08 },
  volatility: { equity: 0.3, rates: 0.08, credit: 0.09, commodity: 0.28, gold: 0.2 },
  cashYield: 0.01,
  months: [8, 16],
};
const recovery: Regime = {
  drift: { equity: 0.26, rates: 0.03, credit: 0.07, commodity: 0.1, gold: 0.1 },
  volatility: { equity: 0.16, rates: 0.05, credit: 0.05, commodity: 0.17, gold: 0.15 },
  cashYield: 0.005,
  months: [9, 18],
};
const inflation: Regime = {
  drift: { equity: -0.16, rates: -0.1, credit: -0.04, commodity: 0.3, gold: 0.06 },
  volatility: { equity: 0.2, rates: 0.08, credit: 0.06, commodity: 0.2, gold: 0.15 },
  cashYield: 0.03,
  months: [9, 15],
};
const squeeze: Regime = {
  drift: { equity: -0.14, rates: -0.1, credit: -0.05, commodity: -0.3, gold: -0.12 },
  volatility: { equity: 0.2, rates: 0.08, credit: 0.06, commodity: 0.2, gold: 0.15 },
  cashYield: 0.05,
  months: [9, 15],
};
/** The order is fixed and the longest round is shorter than the market, so every seed passes through every regime. */
const cycle = [expansion, crisis, recovery, expansion, inflation, squeeze, recovery];

/** A ticker's exposure to the factors and to the yield of cash, and its own yearly volatility. */
type Exposure = PerFactor & { readonly cash: number; readonly own: number };

const none = { equity: 0, rates: 0, credit: 0, commodity: 0, gold: 0, cash: 0 };

const exposures: ReadonlyMap<string, Exposure> = new Map(
  Object.entries<Partial<Exposure> & Pick<Exposure, "own">>({
    SPY: { equity: 1, own: 0.02 },
    VTI: { equity: 1.02, own: 0.02 },
    QQQ: { equity: 1.2, own: 0.09 },
    IWM: { equity: 1.15, own: 0.08 },
    VGK: { equity: 1.05, own: 0.09 },
    EWJ: { equity: 0.85, own: 0.11 },
    EFA: { equity: 0.98, own: 0.06 },
    VEA: { equity: 0.98, own: 0.06 },
    EEM: { equity: 1.1, commodity: 0.15, own: 0.1 },
    VWO: { equity: 1.1, commodity: 0.15, own: 0.1 },
    VNQ: { equity: 0.95, rates: 0.5, own: 0.12 },
    DBC: { commodity: 1, own: 0.04 },
    GSG: { commodity: 1.2, own: 0.06 },
    GLD: { gold: 1, own: 0.02 },
    IAU: { gold: 1, own: 0.02 },
    BIL: { cash: 1, own: 0 },
    SHY: { cash: 1, rates: 0.2, own: 0.003 },
    IEF: { cash: 1, rates: 1, own: 0.005 },
    TLT: { cash: 1, rates: 2.2, own: 0.02 },
    TIP: { cash: 1, rates: 0.8, commodity: 0.06, own: 0.015 },
    AGG: { cash: 1, rates: 0.7, credit: 0.25, own: 0.006 },
    BND: { cash: 1, rates: 0.7, credit: 0.25, own: 0.006 },
    LQD: { cash: 1, rates: 1, credit: 0.8, own: 0.01 },
    HYG: { cash: 1, rates: 0.2, credit: 1.2, equity: 0.25, own: 0.02 },
  }).map(([ticker, exposure]) => [ticker, { ...none, ...exposure }]),
);

/** The exposure of an unknown ticker, drawn. */
function stock(random: Random): Exposure {
  return { ...none, equity: 0.7 + 0.6 * random.next(), own: 0.1 + 0.15 * random.next() };
}

const [firstDay, lastDay] = [toDay("2004-01-01"), toDay("2024-12-31")];
const days = Int32Array.from({ length: lastDay - firstDay + 1 }, (_, index) => firstDay + index).filter(isWeekday);
const daysPerYear = 261;
const startPrice = 100;

/** Computing a table takes longer than running most strategies on it. */
const recentTables = new RecentTables();

/** Those of the seeds used last, oldest first: every table of a seed needs them. */
const recentReturns = new Map<number, FactorReturns>();
const maxRecentReturns = 4;

/**
 * Prices computed from a seed: every weekday from 2004-01-01 to 2024-12-31, with asset classes that move together through
 * expansions, crises, recoveries, inflations and squeezes. A ticker's prices depend only on the seed and its name, not on the
 * other tickers. An unknown ticker behaves like a single stock. Bars and data series are computed as well: a series is a
 * monthly rate from 2002 on that rises in crises and falls in expansions, as unemployment does.
 */
export function syntheticMarket(
  tickers: readonly string[],
  seed: number,
  extras: Extras = { bars: [], series: [] },
): PriceTable {
  const key = JSON.stringify([seed, tickers, extras]);
  return recentTables.get(key) ?? recentTables.add(key, makeTable(tickers, seed, extras));
}

function makeTable(tickers: readonly string[], seed: number, extras: Extras): PriceTable {
  const market = returnsOfSeed(seed);
  const prices = tickers.map((ticker): PriceSeries => {
    const closes = closesOf(ticker, seed, market);
    return { ticker, days, closes, bars: extras.bars.length === 0 ? {} : barsOf(ticker, seed, closes, extras.bars) };
  });
  const series = extras.series.map((name) => rateOf(name, seed));
  return priceTable(prices, { kind: "synthetic", seed }, series);
}

interface FactorReturns {
  readonly factors: Readonly<Record<Factor, Float64Array>>;
  readonly cash: Float64Array;
}

function returnsOfSeed(seed: number): FactorReturns {
  const returns = recentReturns.get(seed) ?? factorReturns(seed);
  recentReturns.delete(seed);
  recentReturns.set(seed, returns);
  if (recentReturns.size > maxRecentReturns) recentReturns.delete(recentReturns.keys().next().value!);
  return returns;
}

/** Daily log returns of each factor and of cash. */
function factorReturns(seed: number): FactorReturns {
  const phases = phasesOf(seed);
  const returnsOf = (factor: Factor): Float64Array => {
    const returns = normals(generator(seed, `factor ${factor}`), days.length);
    for (const { regime, from, to } of phases) {
      const drift = regime.drift[factor] / daysPerYear;
      const volatility = regime.volatility[factor] / Math.sqrt(daysPerYear);
      for (let index = from; index < to; index += 1) returns[index] = drift + volatility * returns[index]!;
    }
    return returns;
  };
  const cash = new Float64Array(days.length);
  for (const { regime, from, to } of phases) cash.fill(regime.cashYield / daysPerYear, from, to);
  return {
    factors: {
      equity: returnsOf("equity"),
      rates: returnsOf("rates"),
      credit: returnsOf("credit"),
      commodity: returnsOf("commodity"),
      gold: returnsOf("gold"),
    },
    cash,
  };
}

/** A regime from one row up to another, without it. */
interface Phase {
  readonly regime: Regime;
  readonly from: number;
  readonly to: number;
}

/** The phases of the whole market, oldest first. */
function phasesOf(seed: number): Phase[] {
  const random = generator(seed, "regimes");
  const phases: Phase[] = [];
  for (let from = 0; from < days.length;) {
    const regime = cycle[phases.length % cycle.length]!;
    const [min, max] = regime.months;
    const length = Math.round(((min + (max - min) * random.next()) / 12) * daysPerYear);
    const to = Math.min(from + length, days.length);
    phases.push({ regime, from, to });
    from = to;
  }
  return phases;
}

function closesOf(ticker: string, seed: number, market: FactorReturns): Float64Array {
  const random = generator(seed, `ticker ${ticker}`);
  const { equity, rates, credit, commodity, gold, cash, own } = exposures.get(ticker) ?? stock(random);
  const { factors, cash: cashYield } = market;
  const ownStep = own / Math.sqrt(daysPerYear);
  const closes = normals(random, days.length);
  let logPrice = Math.log(startPrice);
  for (let index = 0; index < closes.length; index += 1) {
    logPrice += ownStep * closes[index]! + cash * cashYield[index]!;
    // One statement for each factor: the order of the sums is part of the prices.
    logPrice += equity * factors.equity[index]!;
    logPrice += rates * factors.rates[index]!;
    logPrice += credit * factors.credit[index]!;
    logPrice += commodity * factors.commodity[index]!;
    logPrice += gold * factors.gold[index]!;
    closes[index] = rounded(Math.exp(logPrice));
  }
  return closes;
}

/** Bars around the closes: opens near the close before, highs and lows a little beyond open and close. */
function barsOf(ticker: string, seed: number, closes: Float64Array, columns: readonly BarColumn[]): Bars {
  const random = generator(seed, `bars ${ticker}`);
  const gaps = normals(random, days.length);
  const open = closes.map((close, index) => rounded((closes[index - 1] ?? close) * Math.exp(0.002 * gaps[index]!)));
  // The most common request needs none of the draws below.
  if (columns.every((column) => column === "open")) return selectBars({ open }, columns);
  const [ups, downs, sizes] = [0, 1, 2].map(() => normals(random, days.length).map(Math.abs));
  const high = closes.map((close, index) => rounded(Math.max(close, open[index]!) * (1 + 0.003 * ups![index]!)));
  const low = closes.map((close, index) => rounded(Math.min(close, open[index]!) / (1 + 0.003 * downs![index]!)));
  const volume = sizes!.map((size) => Math.round(1e6 * (1 + size)));
  return selectBars({ open, high, low, volume }, columns);
}

const firstYearOfSeries = 2002;

/** A monthly rate in per cent with one decimal, each month's known on its first day. */
function rateOf(name: string, seed: number): DataSeries {
  const phases = phasesOf(seed);
  const [random, endYear] = [generator(seed, `series ${name}`), 2025];
  let rate = 4 + 3 * random.next();
  const points = Array.from({ length: (endYear - firstYearOfSeries) * 12 }, (_, index) => {
    const day = Date.UTC(firstYearOfSeries, index) / 86_400_000;
    const row = days.findIndex((one) => one >= day);
    const { regime } = phases.find(({ from, to }) => row >= from && row < to) ?? { regime: expansion };
    const isFalling = regime.drift.equity > 0;
    rate = Math.min(15, Math.max(3, rate + (isFalling ? -0.06 : 0.2) + 0.1 * (random.next() - 0.5)));
    return { day: toIsoDay(day), value: Math.round(rate * 10) / 10 };
  });
  return dataSeries(name, points);
}

/** Rounded like published prices. This also hides the last bits, in which platforms may differ. */
function rounded(price: number): number {
  // What Math.round gives for prices, in a sixth of its time.
  return Math.floor(price * 1e6 + 0.5) / 1e6;
}

/** `count` draws from the standard normal distribution (Box and Muller, 1958). */
function normals(random: Random, count: number): Float64Array {
  const draws = new Float64Array(count + (count % 2));
  random.drawInto(draws);
  for (let index = 0; index < draws.length; index += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - draws[index]!));
    const angle = 2 * Math.PI * draws[index + 1]!;
    draws[index] = radius * Math.cos(angle);
    draws[index + 1] = radius * Math.sin(angle);
  }
  return draws.subarray(0, count);
}

/** Uniform numbers from 0 up to 1 (sfc32 of C. Doty-Humphrey's PractRand). */
interface Random {
  next(): number;
  drawInto(numbers: Float64Array): void;
}

/** The state of the generator is taken from a hash of the arguments. */
function generator(seed: number, stream: string): Random {
  const digest = createHash("sha256").update(`${seed} ${stream}`).digest();
  let [a, b, c, counter] = [0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)) as [
    number,
    number,
    number,
    number,
  ];
  const drawInto = (numbers: Float64Array): void => {
    // Variables of this function stay in registers.
    let [p, q, r, n] = [a, b, c, counter];
    for (let index = 0; index < numbers.length; index += 1) {
      const sum = (p + q + n) | 0;
      n = (n + 1) | 0;
      p = q ^ (q >>> 9);
      q = (r + (r << 3)) | 0;
      r = (((r << 21) | (r >>> 11)) + sum) | 0;
      numbers[index] = (sum >>> 0) / 4_294_967_296;
    }
    [a, b, c, counter] = [p, q, r, n];
  };
  const one = new Float64Array(1);
  return {
    drawInto,
    next() {
      drawInto(one);
      return one[0]!;
    },
  };
}
