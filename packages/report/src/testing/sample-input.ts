import type { Analysis, Figures } from "../analysis.ts";
import { datedNames, numberNames } from "../analysis.ts";
import type { Decision, ReportInput, Trade } from "../html/report-input.ts";

export interface SampleOptions {
  /** Trading days. */
  readonly days?: number;
  readonly benchmark?: boolean;
  /** Days between two decisions. */
  readonly decideEvery?: number;
  readonly tickers?: number;
  readonly trades?: number | null;
  /** Whether figures are undefined, as for a single day. */
  readonly undefinedFigures?: boolean;
}

/**
 * A report input with made-up numbers: values follow a fixed pattern, and the figures do
 * not belong to them.
 */
export function sampleInput({
  days = 600,
  benchmark = true,
  decideEvery = 21,
  tickers = 4,
  trades = null,
  undefinedFigures = false,
}: SampleOptions = {}): ReportInput {
  const dates = weekdays("2004-01-01", days);
  const equity = dates.map((_, index) => 100_000 * (1 + index / 1_000) * (1 + Math.sin(index / 17) / 12));
  const other = dates.map((_, index) => 100_000 * (1 + index / 1_500) * (1 + Math.sin(index / 29) / 6));
  let peak = 0;
  const drawdown = equity.map((value) => value / (peak = Math.max(peak, value)) - 1);
  const years = [...new Set(dates.map((date) => Number(date.slice(0, 4))))];
  const months = [...Map.groupBy(dates, (date) => date.slice(0, 7)).values()].map((of) => of.at(-1)!);
  const waves = (size: number) => (index: number) => size * Math.sin(index * 1.7) + size / 8;
  const figures = figuresOf(equity.at(-1)!, undefinedFigures);
  const analysis: Analysis = {
    execution_id: 12,
    strategy: "SampleStrategy",
    parameters: { initial_capital: 100_000, symbol: "SPY", note: '<b>&"quoted"</b>' },
    risk_free: 0.02,
    period: { first_day: dates[0]!, last_day: dates.at(-1)!, trading_days: days, years: days / 261 },
    data_sha256: "0123456789abcdef".repeat(4),
    conventions: ["Prices are adjusted closes; shares are fractional.", "Cash earns nothing."],
    figures,
    benchmark: benchmark
      ? {
          name: "SPY",
          figures: { ...figuresOf(other.at(-1)!, undefinedFigures), turnover: null, exposure: null },
          beta: 0.4,
          alpha: 0.03,
          correlation: 0.5,
          r_squared: 0.25,
          tracking_error: 0.12,
          information_ratio: -0.2,
          up_capture: 0.6,
          down_capture: 0.4,
          treynor: 0.2,
          months_ahead: 0.48,
        }
      : null,
    drawdowns: [
      {
        peak_day: dates[0]!,
        valley_day: dates.at(-1)!,
        recovery_day: null,
        depth: -0.12,
        days_down: 40,
        days_back: null,
      },
    ],
    years: years.map((year, index) => ({
      year,
      return: waves(0.2)(index),
      benchmark_return: benchmark ? waves(0.3)(index + 1) : null,
      whole: index > 0,
    })),
    months: months.map((month_end, index) => ({
      month_end,
      return: waves(0.05)(index),
      benchmark_return: benchmark ? waves(0.07)(index) : null,
    })),
    monthly_returns: years.map((year, index) => ({
      year,
      months: Array.from({ length: 12 }, (_, month) =>
        index === 0 && month < 3 ? null : waves(0.05)(index * 12 + month),
      ),
      total: waves(0.2)(index),
    })),
    rolling: [126, 252].map((window) => ({
      days: window,
      dates: dates.slice(window),
      sharpe: dates.slice(window).map((_, index) => (index % 400 < 20 ? null : Math.sin(index / 50))),
      volatility: dates.slice(window).map((_, index) => 0.1 + Math.sin(index / 60) / 30),
      beta: benchmark ? dates.slice(window).map((_, index) => Math.cos(index / 70)) : null,
    })),
    crises: [
      {
        from: "2007-10-09",
        to: "2009-03-09",
        return: -0.2,
        max_drawdown: -0.3,
        benchmark_return: benchmark ? -0.5 : null,
      },
      { from: "2020-02-19", to: "2020-03-23", return: null, max_drawdown: null, benchmark_return: null },
    ],
    curve: { dates, equity, drawdown, benchmark: benchmark ? other : null },
    deflated_sharpe: null,
  };
  return {
    analysis,
    decisions: decisionsOf(dates, decideEvery, tickers),
    filledOn: null,
    trades: tradesOf(dates, trades),
  };
}

function figuresOf(final: number, undefinedFigures: boolean): Figures {
  const numbers = Object.fromEntries(
    numberNames.map((name, index) => [name, undefinedFigures ? null : 0.01 * (index + 1)]),
  ) as Record<(typeof numberNames)[number], number | null>;
  const dated = {
    best_day: { date: "2004-03-01", return: 0.05 },
    worst_day: { date: "2004-04-01", return: -0.06 },
    best_month: { month_end: "2004-05-31", return: 0.09 },
    worst_month: { month_end: "2004-06-30", return: -0.08 },
    best_year: { year: 2005, return: 0.22 },
    worst_year: { year: 2006, return: -0.11 },
  };
  const none = Object.fromEntries(datedNames.map((name) => [name, null])) as { [Name in keyof typeof dated]: null };
  return { ...numbers, ...(undefinedFigures ? none : dated), final_value: final, return: final / 100_000 - 1 };
}

function decisionsOf(dates: readonly string[], every: number, tickers: number): Decision[] {
  const names = Array.from({ length: tickers }, (_, index) => `ASSET${index}`);
  return dates.flatMap((date, index) => {
    if (index % every > 0) return [];
    const held = names.filter((_, name) => (index / every + name) % 3 < 2);
    const weights = Object.fromEntries(held.map((name) => [name, 0.9 / held.length]));
    return [
      { date, weights, mode: index % 2 === 0 ? "offensive" : "defensive", because: `the pattern of day ${index}` },
    ];
  });
}

function tradesOf(dates: readonly string[], count: number | null): Trade[] | null {
  if (count === null) return null;
  return Array.from({ length: count }, (_, index) => ({
    entry: dates[index % dates.length]!,
    entry_price: 100 + index / 7,
    quantity: 1234.5678,
    exit: index === count - 1 ? null : dates[(index + 1) % dates.length]!,
    exit_price: index === count - 1 ? null : 101 + index / 7,
    return: index === count - 1 ? null : 0.01 * Math.sin(index),
  }));
}

function weekdays(first: string, count: number): string[] {
  const dates: string[] = [];
  for (let day = Date.parse(first); dates.length < count; day += 86_400_000) {
    const date = new Date(day);
    if (date.getUTCDay() % 6 !== 0) dates.push(date.toISOString().slice(0, 10));
  }
  return dates;
}
