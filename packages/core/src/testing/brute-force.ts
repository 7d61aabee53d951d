/**
 * An independent implementation of two built-in strategies and of the backtest conventions, written as plainly as possible
 * from their descriptions. It shares no code with what it checks.
 */

/** Closes by ISO day, of one ticker. */
type Closes = ReadonlyMap<string, number>;
export type Prices = ReadonlyMap<string, Closes>;

export interface Options {
  readonly fill: "same_close" | "next_close";
  readonly costBps: number;
  readonly capital: number;
  readonly start?: string;
  readonly end?: string;
}

interface Target {
  readonly date: string;
  readonly weights: Record<string, number>;
}

export interface Outcome {
  readonly decisions: Target[];
  readonly dates: string[];
  readonly equity: number[];
  readonly traded: number;
  readonly exposures: number[];
}

const g12 = "SPY QQQ IWM VGK EWJ VWO VNQ DBC GLD TLT HYG LQD".split(" ");
const g4 = "QQQ VWO VEA BND".split(" ");
const offensives: Record<string, [string[], number]> = {
  "BAA-G12": [g12, 6],
  "BAA-G4": [g4, 1],
  "BAA-G12/T3": [g12, 3],
  "BAA-G4/T2": [g4, 2],
  "BAA-SPY": [["SPY"], 1],
};

export function boldAssetAllocation(all: Prices, variant: string, options: Options): Outcome {
  const [offensive, top] = offensives[variant]!;
  const canaries = ["SPY", "VWO", "VEA", "BND"];
  const defensive = ["TIP", "DBC", "BIL", "IEF", "TLT", "LQD", "BND"];
  const names = [...new Set([...canaries, ...offensive, ...defensive])];
  const prices = new Map(names.map((name) => [name, all.get(name)!]));
  const dates = calendar(prices);
  const ends = monthEndDates(dates);

  const decisions = ends.flatMap((date, index) => {
    const months = ends.slice(Math.max(0, index - 12), index + 1);
    if (months.length < 13 || names.some((name) => months.some((day) => !prices.get(name)!.has(day)))) return [];
    const p = (name: string, n: number) => prices.get(name)!.get(months[12 - n]!)!;
    const r = (name: string, n: number) => p(name, 0) / p(name, n) - 1;
    const fast = (name: string) => 12 * r(name, 1) + 4 * r(name, 3) + 2 * r(name, 6) + r(name, 12);
    const slow = (name: string) => p(name, 0) / (months.reduce((sum, _, n) => sum + p(name, n), 0) / 13) - 1;
    const ranked = (list: string[]) => list.toSorted((a, b) => slow(b) - slow(a) || list.indexOf(a) - list.indexOf(b));
    const weights: Record<string, number> = {};
    if (canaries.every((name) => fast(name) >= 0)) {
      for (const name of ranked(offensive).slice(0, top)) weights[name] = 1 / top;
    } else {
      for (const name of ranked(defensive).slice(0, 3)) {
        const held = slow(name) < slow("BIL") ? "BIL" : name;
        weights[held] = (weights[held] ?? 0) + 1 / 3;
      }
    }
    return [{ date, weights }];
  });
  return follow(prices, dates, decisions, options, false);
}

export function movingAverageCrossover(
  all: Prices,
  symbol: string,
  short: number,
  long: number,
  options: Options,
): Outcome {
  const prices = new Map([[symbol, all.get(symbol)!]]);
  const dates = calendar(prices);
  const closes = dates.map((date) => prices.get(symbol)!.get(date)!);
  const average = (index: number, days: number) =>
    closes.slice(index - days + 1, index + 1).reduce((a, b) => a + b) / days;
  const decisions = dates.flatMap((date, index) => {
    if (index < long - 1) return [];
    return [{ date, weights: average(index, short) > average(index, long) ? { [symbol]: 1 } : {} }];
  });
  return follow(prices, dates, decisions, options, true);
}

function follow(prices: Prices, dates: string[], decisions: Target[], options: Options, isDaily: boolean): Outcome {
  const { fill, costBps, capital, start = dates[0]!, end = dates.at(-1)! } = options;
  const shortest = [...prices.values()].map((closes) => [...closes.keys()].at(-1)!).toSorted()[0]!;
  const period = dates.filter((date) => date >= start && date <= end && date <= shortest);
  const following = new Map(dates.map((date, index) => [date, dates[index + 1]]));
  const fillDate = (date: string) => (fill === "same_close" ? date : following.get(date));
  const lastDay = period.at(-1)!;
  const known = decisions.filter(({ date }) => date <= lastDay && (fillDate(date) ?? "9999") >= period[0]!);
  const byFill = new Map(known.map((decision) => [fillDate(decision.date), decision]));

  const outcome = { decisions: known, dates: [] as string[], equity: [] as number[], exposures: [] as number[] };
  const price: Record<string, number> = {};
  let [cash, traded, previous] = [capital, 0, "{}"];
  let shares: Record<string, number> = {};
  let hasBegun = isDaily;
  for (const date of dates) {
    for (const [name, closes] of prices) price[name] = closes.get(date) ?? price[name]!;
    if (date < period[0]! || date > lastDay) continue;
    const value = Object.entries(shares).reduce((sum, [name, count]) => sum + count * price[name]!, cash);
    const decision = byFill.get(date);
    if (decision) hasBegun = true;
    if (decision && !(isDaily && JSON.stringify(decision.weights) === previous)) {
      previous = JSON.stringify(decision.weights);
      let turned = 0;
      for (const name of new Set([...Object.keys(shares), ...Object.keys(decision.weights)])) {
        turned += Math.abs((decision.weights[name] ?? 0) * value - (shares[name] ?? 0) * price[name]!);
      }
      const rest = value - (turned * costBps) / 10_000;
      shares = {};
      for (const [name, weight] of Object.entries(decision.weights)) shares[name] = (weight * rest) / price[name]!;
      cash = rest * (1 - Object.values(decision.weights).reduce((a, b) => a + b, 0));
      traded += turned;
    }
    if (!hasBegun) continue;
    const invested = Object.entries(shares).reduce((sum, [name, count]) => sum + count * price[name]!, 0);
    outcome.dates.push(date);
    outcome.equity.push(cash + invested);
    outcome.exposures.push(invested / (cash + invested));
  }
  return { ...outcome, traded };
}

function calendar(prices: Prices): string[] {
  return [...new Set([...prices.values()].flatMap((closes) => [...closes.keys()]))].toSorted();
}

function monthEndDates(dates: string[]): string[] {
  const lastOf = new Map(dates.map((date) => [date.slice(0, 7), date]));
  const last = dates.at(-1)!;
  for (let day = nextDay(last); day.slice(0, 7) === last.slice(0, 7); day = nextDay(day)) {
    if (![0, 6].includes(new Date(day).getUTCDay())) lastOf.delete(last.slice(0, 7));
  }
  return [...lastOf.values()];
}

function nextDay(date: string): string {
  const next = new Date(date);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
