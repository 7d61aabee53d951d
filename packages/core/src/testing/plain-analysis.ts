/**
 * The figures of an analysis once more, written as plainly as possible from their definitions and sharing nothing with the
 * code that they check. Slow, and only for curves that have no figure near the limit of what counts as noise.
 */
export interface PlainCurve {
  readonly dates: readonly string[];
  readonly values: readonly number[];
  readonly capital: number;
  /** Every day of the market. */
  readonly market: readonly string[];
}

type Figure = number | null;
const year = 365.25 * 86_400_000;

export function plainFigures(curve: PlainCurve, riskFree: number) {
  const { dates, values, capital } = curve;
  const final = values.at(-1)!;
  const r = changes(values);
  const excess = r.map((x) => x - ((1 + riskFree) ** (1 / 252) - 1));
  const ends = monthEndsOf(curve);
  const m = changes(ends.map((date) => valueOn(curve, date)));
  const mExcess = m.map((x) => x - ((1 + riskFree) ** (1 / 12) - 1));
  const years = wholeYears(curve);
  const span = (Date.parse(dates.at(-1)!) - Date.parse(dates[0]!)) / year;
  const cagr = span === 0 ? null : (final / capital) ** (1 / span) - 1;
  const d = values.map((value, index) => value / Math.max(...values.slice(0, index + 1)) - 1);
  const dMonthly = ends.map(
    (date, index) => valueOn(curve, date) / Math.max(...ends.slice(0, index + 1).map((at) => valueOn(curve, at))) - 1,
  );
  const gains = total(r.map((x) => Math.max(x, 0)));
  const losses = total(r.map((x) => Math.max(-x, 0)));
  const ulcer = Math.sqrt(total(d.map((x) => x ** 2)) / d.length);
  const q = (p: number): Figure => quantile(r, p);
  const [q5, q95] = [q(0.05), q(0.95)];
  const below = r.filter((x) => q5 !== null && x <= q5 + 1e-14);
  const [up, down] = [m.filter((x) => x > 0), m.filter((x) => x < 0)];
  const dated = r.map((x, index) => ({ date: dates[index + 1]!, return: x }));
  const monthly = m.map((x, index) => ({ month_end: ends[index + 1]!, return: x }));
  return {
    final_value: final,
    return: final / capital - 1,
    cagr,
    volatility: times(sd(r), Math.sqrt(252)),
    volatility_monthly: times(sd(m), Math.sqrt(12)),
    sharpe: times(over(average(excess), sd(r)), Math.sqrt(252)),
    sharpe_monthly: times(over(average(mExcess), sd(m)), Math.sqrt(12)),
    sortino: times(over(average(excess), downside(excess)), Math.sqrt(252)),
    sortino_monthly: times(over(average(mExcess), downside(mExcess)), Math.sqrt(12)),
    max_drawdown: Math.min(...d),
    max_drawdown_monthly: Math.min(...dMonthly),
    calmar: over(cagr, -Math.min(...d)),
    ulcer_index: ulcer,
    martin_ratio: over(cagr, ulcer),
    omega: over(gains, losses),
    skewness: g1(r),
    excess_kurtosis: g2(r),
    var_95: q5,
    cvar_95: average(below),
    tail_ratio: q95 === null || q5 === null ? null : over(Math.abs(q95), Math.abs(q5)),
    stability: stability(r),
    days_won: share(r, (x) => x > 0),
    months_won: share(m, (x) => x > 0),
    years_won: share(years, (one) => one.return > 0),
    best_day: first(dated, Math.max(...r)),
    worst_day: first(dated, Math.min(...r)),
    best_month: first(monthly, Math.max(...m)),
    worst_month: first(monthly, Math.min(...m)),
    best_year: first(years, Math.max(...years.map((one) => one.return))),
    worst_year: first(years, Math.min(...years.map((one) => one.return))),
    mean_up_month: average(up),
    mean_down_month: average(down),
    profit_factor: over(gains, losses),
    gain_to_pain: over(total(m), -total(down)),
    under_water: share(d, (x) => x < -1e-12),
    probabilistic_sharpe: probabilistic(r, excess),
    return_1_month: trailing(curve, 1),
    return_3_months: trailing(curve, 3),
    return_6_months: trailing(curve, 6),
    return_year_to_date: sinceDate(curve, `${Number(dates.at(-1)!.slice(0, 4)) - 1}-12-31`),
    return_1_year: trailing(curve, 12),
    return_3_years: yearly(trailing(curve, 36), 3),
    return_5_years: yearly(trailing(curve, 60), 5),
    return_10_years: yearly(trailing(curve, 120), 10),
  };
}

export function plainComparison(curve: PlainCurve, benchmark: PlainCurve, riskFree: number) {
  const [r, b] = [changes(curve.values), changes(benchmark.values)];
  const ends = monthEndsOf(curve);
  const m = changes(ends.map((date) => valueOn(curve, date)));
  const bm = changes(ends.map((date) => valueOn(benchmark, date)));
  const rf = (1 + riskFree) ** (1 / 252) - 1;
  const variance = cov(b, b);
  const beta = variance === null ? null : over(cov(r, b), variance);
  const [sr, sb] = [sd(r), sd(b)];
  const rho = sr === null || sb === null || sr <= 1e-14 || sb <= 1e-14 ? null : cov(r, b)! / (sr * sb);
  const active = r.map((x, index) => x - b[index]!);
  const capture = (takes: (x: number) => boolean): Figure => {
    const chosen = bm.flatMap((x, index) => (takes(x) ? [index] : []));
    if (chosen.length === 0) return null;
    const grown = (of: number[]) =>
      chosen.reduce((product, at) => product * (1 + of[at]!), 1) ** (12 / chosen.length) - 1;
    return over(grown(m), grown(bm));
  };
  const { cagr } = plainFigures(curve, riskFree);
  return {
    beta,
    alpha: beta === null ? null : 252 * average(r.map((x, index) => x - rf - beta * (b[index]! - rf)))!,
    correlation: rho,
    r_squared: rho === null ? null : rho ** 2,
    tracking_error: times(sd(active), Math.sqrt(252)),
    information_ratio: times(over(average(active), sd(active)), Math.sqrt(252)),
    up_capture: capture((x) => x > 0),
    down_capture: capture((x) => x < 0),
    treynor: cagr === null || beta === null ? null : over(cagr - riskFree, beta),
    months_ahead: share(
      m.map((x, index) => [x, bm[index]!] as const),
      ([x, y]) => x > y,
    ),
  };
}

export function plainEpisodes({ dates, values }: PlainCurve) {
  const days = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 86_400_000;
  const d = values.map((value, index) => value / Math.max(...values.slice(0, index + 1)) - 1);
  const starts = d.flatMap((x, index) => (x < -1e-12 && !(d[index - 1]! < -1e-12) ? [index] : []));
  const episodes = starts.map((start) => {
    const back = d.findIndex((x, index) => index > start && !(x < -1e-12));
    const run = d.slice(start, back < 0 ? undefined : back);
    const valley = dates[start + run.indexOf(Math.min(...run))]!;
    const peak = dates[start - 1]!;
    const recovery = back < 0 ? null : dates[back]!;
    return {
      peak_day: peak,
      valley_day: valley,
      recovery_day: recovery,
      depth: Math.min(...run),
      days_down: days(peak, valley),
      days_back: recovery === null ? null : days(valley, recovery),
    };
  });
  const deepestFirst = episodes.map((one, index) => ({ one, index }));
  deepestFirst.sort((a, b) => a.one.depth - b.one.depth || a.index - b.index);
  return deepestFirst.slice(0, 10).map(({ one }) => one);
}

export function plainRolling(
  values: readonly number[],
  benchmark: readonly number[],
  window: number,
  riskFree: number,
) {
  const [r, b] = [changes(values), changes(benchmark)];
  const rf = (1 + riskFree) ** (1 / 252) - 1;
  return r.slice(window - 1).map((_, index) => {
    const [own, other] = [r.slice(index, index + window), b.slice(index, index + window)];
    const spread = sd(own)!;
    return {
      volatility: spread > 1e-14 ? spread * Math.sqrt(252) : 0,
      sharpe: times(over(average(own.map((x) => x - rf)), spread), Math.sqrt(252)),
      beta: over(cov(own, other), cov(other, other)!),
    };
  });
}

/** The distribution function of the normal distribution by Simpson's rule. */
export function plainNormalCdf(x: number): number {
  const steps = 4000;
  const width = x / steps;
  let area = 0;
  for (let step = 0; step <= steps; step += 1) {
    const weight = step === 0 || step === steps ? 1 : step % 2 === 0 ? 2 : 4;
    area += weight * Math.exp(-((step * width) ** 2) / 2);
  }
  return 0.5 + (area * width) / 3 / Math.sqrt(2 * Math.PI);
}

function probabilistic(r: number[], excess: number[]): Figure {
  const [g, k, s] = [g1(r), g2(r), over(average(excess), sd(r))];
  if (g === null || k === null || s === null) return null;
  const variance = 1 - g * s + ((k + 3 - 1) / 4) * s ** 2;
  return variance > 0 ? plainNormalCdf((s * Math.sqrt(r.length - 1)) / Math.sqrt(variance)) : null;
}

function monthEndsOf({ dates, market }: PlainCurve): string[] {
  const ended = market.filter((date, index) => {
    const next = market[index + 1];
    return next === undefined ? isLastWeekday(date) : next.slice(0, 7) !== date.slice(0, 7);
  });
  return [dates[0]!, ...ended.filter((date) => date > dates[0]! && date <= dates.at(-1)!)];
}

/** Whole calendar years: each day of the market in it is one of the curve's, and the market misses none at its ends. */
function wholeYears(curve: PlainCurve): { year: number; return: number }[] {
  const { dates, market, capital } = curve;
  return [...new Set(dates.map((date) => date.slice(0, 4)))].flatMap((name) => {
    const days = market.filter((date) => date.startsWith(name));
    const january = days[0]!.slice(5, 7) === "01" && (market[0]! < days[0]! || isFirstWeekday(days[0]!));
    const december =
      days.at(-1)!.slice(5, 7) === "12" && (market.at(-1)! > days.at(-1)! || isLastWeekday(days.at(-1)!));
    if (!january || !december || !days.every((date) => dates.includes(date))) return [];
    const before = dates.filter((date) => date < `${name}-01-01`);
    // On its first day the account is bought: it counts from the capital, also when that is the last day of the year before.
    const from = before.length <= 1 ? capital : valueOn(curve, before.at(-1)!);
    return [{ year: Number(name), return: valueOn(curve, days.at(-1)!) / from - 1 }];
  });
}

function isLastWeekday(date: string): boolean {
  return !weekdaysOfMonth(date).some((day) => day > date);
}

function isFirstWeekday(date: string): boolean {
  return !weekdaysOfMonth(date).some((day) => day < date);
}

function weekdaysOfMonth(date: string): string[] {
  return Array.from({ length: 31 }, (_, index) => `${date.slice(0, 7)}-${String(index + 1).padStart(2, "0")}`).filter(
    (day) =>
      !Number.isNaN(Date.parse(day)) &&
      new Date(day).toISOString().startsWith(day) &&
      new Date(day).getUTCDay() % 6 !== 0,
  );
}

function trailing(curve: PlainCurve, months: number): Figure {
  const [y, m, d] = curve.dates.at(-1)!.split("-").map(Number) as [number, number, number];
  const index = y * 12 + (m - 1) - months;
  const month = `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}`;
  for (let day = d; ; day -= 1) {
    const date = `${month}-${String(day).padStart(2, "0")}`;
    if (!Number.isNaN(Date.parse(date)) && new Date(date).toISOString().startsWith(date)) return sinceDate(curve, date);
  }
}

function sinceDate(curve: PlainCurve, date: string): Figure {
  const at = curve.dates.findLast((one) => one <= date);
  return at === undefined ? null : curve.values.at(-1)! / valueOn(curve, at) - 1;
}

function valueOn({ dates, values }: PlainCurve, date: string): number {
  return values[dates.indexOf(date)]!;
}

function stability(r: number[]): Figure {
  const spread = sd(r);
  if (spread === null || spread <= 1e-14) return null;
  const y = r.map((_, index) => r.slice(0, index + 1).reduce((sum, x) => sum + Math.log(1 + x), 0));
  const x = y.map((_, index) => index + 1);
  if (sd(y)! <= 1e-14) return null;
  const slope = cov(x, y)! / cov(x, x)!;
  const intercept = average(y)! - slope * average(x)!;
  const residual = total(y.map((value, index) => (value - intercept - slope * x[index]!) ** 2));
  return 1 - residual / total(y.map((value) => (value - average(y)!) ** 2));
}

/** By Fisher's k-statistics. */
function g1(x: number[]): Figure {
  const [n, s] = [x.length, sd(x)];
  if (n < 3 || s === null || s <= 1e-14) return null;
  const third = total(x.map((value) => (value - average(x)!) ** 3));
  return ((n / ((n - 1) * (n - 2))) * third) / s ** 3;
}

function g2(x: number[]): Figure {
  const [n, s] = [x.length, sd(x)];
  if (n < 4 || s === null || s <= 1e-14) return null;
  const fourth = total(x.map((value) => (value - average(x)!) ** 4)) / s ** 4;
  return ((n * (n + 1)) / ((n - 1) * (n - 2) * (n - 3))) * fourth - (3 * (n - 1) ** 2) / ((n - 2) * (n - 3));
}

function quantile(x: number[], p: number): Figure {
  if (x.length < 2) return null;
  const sorted = x.toSorted((a, b) => a - b);
  const rank = p * (x.length - 1);
  const low = Math.floor(rank);
  const part = rank - low;
  return part === 0 ? sorted[low]! : sorted[low]! * (1 - part) + sorted[low + 1]! * part;
}

function downside(x: number[]): Figure {
  return x.length === 0 ? null : Math.sqrt(total(x.map((value) => Math.min(value, 0) ** 2)) / x.length);
}

function cov(x: number[], y: number[]): Figure {
  if (x.length < 2) return null;
  const [mx, my] = [average(x)!, average(y)!];
  return total(x.map((value, index) => (value - mx) * (y[index]! - my))) / (x.length - 1);
}

function sd(x: number[]): Figure {
  const variance = cov(x, x);
  return variance === null ? null : Math.sqrt(variance);
}

function average(x: number[]): Figure {
  return x.length === 0 ? null : total(x) / x.length;
}

function total(x: number[]): number {
  return x.reduce((sum, value) => sum + value, 0);
}

function share<T>(of: readonly T[], counts: (one: T) => boolean): Figure {
  return of.length === 0 ? null : of.filter(counts).length / of.length;
}

function first<T extends { return: number }>(of: readonly T[], value: number): T | null {
  return of.find((one) => one.return === value) ?? null;
}

function changes(x: readonly number[]): number[] {
  return x.slice(1).map((value, index) => value / x[index]! - 1);
}

function over(a: Figure, b: Figure): Figure {
  return a === null || b === null || Math.abs(b) <= 1e-14 ? null : a / b;
}

function times(a: Figure, b: number): Figure {
  return a === null ? null : a * b;
}

function yearly(whole: Figure, years: number): Figure {
  return whole === null ? null : (1 + whole) ** (1 / years) - 1;
}
