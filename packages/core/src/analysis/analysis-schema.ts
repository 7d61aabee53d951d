import { z } from "zod";

const day = (description: string) => z.iso.date().meta({ description });
const number = (description: string) => z.number().meta({ description });
const maybe = (description: string) => z.number().nullable().meta({ description });
const count = (description: string) => z.int().nonnegative().meta({ description });

const DayReturn = z.object({ date: day("Its day."), return: number("Its return.") }).nullable();
const MonthReturn = z.object({ month_end: day("Its last trading day."), return: number("Its return.") }).nullable();
const YearReturn = z
  .object({ year: z.int().meta({ description: "Calendar year." }), return: number("Its return.") })
  .nullable();

/** The figures of a curve. Null where a figure is undefined, such as the deviation of a single return. */
export const Figures = z
  .object({
    final_value: number("Value after the last day."),
    return: number("final_value / initial capital - 1."),
    cagr: maybe("Growth per year: (final / initial) ^ (365.25 / calendar days) - 1."),
    volatility: maybe("Sample standard deviation of daily returns x sqrt(252)."),
    volatility_monthly: maybe("Sample standard deviation of monthly returns x sqrt(12)."),
    sharpe: maybe("Mean / sample standard deviation of daily returns in excess of the risk-free rate x sqrt(252)."),
    sharpe_monthly: maybe("Mean / sample standard deviation of monthly excess returns x sqrt(12)."),
    sortino: maybe("Mean of daily excess returns / sqrt(mean(min(r, 0)^2)) x sqrt(252)."),
    sortino_monthly: maybe("Mean of monthly excess returns / sqrt(mean(min(r, 0)^2)) x sqrt(12)."),
    max_drawdown: maybe("Deepest fall from a peak of the daily values: 0 or negative."),
    max_drawdown_monthly: maybe("Deepest fall from a peak of the month-end values, the first day included."),
    turnover: maybe("Share of the account replaced per year. Null for a benchmark."),
    exposure: maybe("Mean share of the equity held in assets. Null for a benchmark."),
    calmar: maybe("cagr / -max_drawdown."),
    ulcer_index: maybe("Root of the mean squared drawdown, over all days."),
    martin_ratio: maybe("cagr / ulcer_index."),
    omega: maybe("Sum of the gains of days / sum of their losses; threshold 0."),
    skewness: maybe("Of daily returns, adjusted for sample size (G1)."),
    excess_kurtosis: maybe("Of daily returns, adjusted for sample size (G2); 0 for a normal distribution."),
    var_95: maybe("Historical value at risk: the 5 % quantile of daily returns. A loss is negative."),
    cvar_95: maybe("Mean of the daily returns at or below var_95."),
    tail_ratio: maybe("|95 % quantile| / |5 % quantile| of daily returns."),
    stability: maybe("R squared of the line through the cumulated daily log returns."),
    days_won: maybe("Share of days with a gain."),
    months_won: maybe("Share of months with a gain."),
    years_won: maybe("Share of whole calendar years with a gain."),
    best_day: DayReturn.meta({ description: "The earliest of the best days." }),
    worst_day: DayReturn.meta({ description: "The earliest of the worst days." }),
    best_month: MonthReturn.meta({ description: "The earliest of the best months." }),
    worst_month: MonthReturn.meta({ description: "The earliest of the worst months." }),
    best_year: YearReturn.meta({ description: "The best whole calendar year." }),
    worst_year: YearReturn.meta({ description: "The worst whole calendar year." }),
    mean_up_month: maybe("Mean return of the months with a gain."),
    mean_down_month: maybe("Mean return of the months with a loss."),
    profit_factor: maybe("Sum of the gains of days / sum of their losses."),
    gain_to_pain: maybe("Sum of monthly returns / sum of the losses of months."),
    under_water: maybe("Share of days below an earlier peak."),
    probabilistic_sharpe: maybe("Probability that the true Sharpe ratio is above 0 (Bailey and López de Prado, 2012)."),
    return_1_month: maybe("Return of the last month, by calendar from the last day. Null if the account began later."),
    return_3_months: maybe("Return of the last 3 months."),
    return_6_months: maybe("Return of the last 6 months."),
    return_year_to_date: maybe("Return since 31 December before."),
    return_1_year: maybe("Return of the last year."),
    return_3_years: maybe("Return of the last 3 years, a year."),
    return_5_years: maybe("Return of the last 5 years, a year."),
    return_10_years: maybe("Return of the last 10 years, a year."),
  })
  .meta({
    id: "Figures",
    description: "Returns are fractions. A figure that is undefined, such as the volatility of a single day, is null.",
  });
export type Figures = z.output<typeof Figures>;

/** The comparison of an account with its benchmark. */
export const BenchmarkBlock = z
  .object({
    name: z.string().meta({ description: "Ticker, or the execution used as the benchmark." }),
    figures: Figures,
    beta: maybe("Covariance of the daily returns with the benchmark's / variance of the benchmark's."),
    alpha: maybe("252 x mean of (r - rf) - beta (b - rf), by day: arithmetic, a year."),
    correlation: maybe("Of the daily returns."),
    r_squared: maybe("The correlation squared."),
    tracking_error: maybe("Sample standard deviation of r - b x sqrt(252)."),
    information_ratio: maybe("Mean / sample standard deviation of r - b x sqrt(252)."),
    up_capture: maybe(
      "Growth per year in months in which the benchmark gained / the benchmark's growth in these months.",
    ),
    down_capture: maybe("The same for the months in which the benchmark lost."),
    treynor: maybe("(cagr - risk_free) / beta."),
    months_ahead: maybe("Share of months with a higher return than the benchmark's."),
  })
  .meta({
    id: "BenchmarkBlock",
    description:
      "The account compared with a benchmark. `figures` are the benchmark's on the same days, as if the initial capital had been put into it.",
  });
export type BenchmarkBlock = z.output<typeof BenchmarkBlock>;

/** The analysis of a completed execution: every figure that pages, reports and callbacks show. */
export const Analysis = z
  .object({
    execution_id: z.int().positive().meta({ description: "Number of the execution." }),
    strategy: z.string().meta({ description: "Name of the strategy." }),
    parameters: z.record(z.string(), z.unknown()).meta({ description: "Its parameters, defaults filled in." }),
    risk_free: number("Risk-free return of a year that the figures are made with."),
    period: z
      .object({
        first_day: day("First day of the equity."),
        last_day: day("Last day of the equity."),
        trading_days: count("Days of the equity."),
        years: number("Calendar days / 365.25."),
      })
      .meta({ description: "The period in which the account existed." }),
    data_sha256: z.string().meta({ description: "SHA-256 of the prices used." }),
    conventions: z.array(z.string()).meta({ description: "What the backtest assumes, as in the result." }),
    figures: Figures,
    benchmark: BenchmarkBlock.nullable().meta({ description: "Null without a benchmark." }),
    drawdowns: z
      .array(
        z.object({
          peak_day: day("The day before it begins."),
          valley_day: day("Its first lowest day."),
          recovery_day: day("The day on which the peak was reached again; null while the drawdown lasts.").nullable(),
          depth: number("At the valley: negative."),
          days_down: count("Calendar days from peak to valley."),
          days_back: count("Calendar days from valley to recovery; null while the drawdown lasts.").nullable(),
        }),
      )
      .meta({ description: "The ten deepest drawdowns, deepest first." }),
    years: z
      .array(
        z.object({
          year: z.int().meta({ description: "Calendar year." }),
          return: maybe("As the totals of `monthly_returns`; null for a single day."),
          benchmark_return: maybe("The benchmark's over the same part of the year."),
          whole: z.boolean().meta({ description: "Whether the account existed on every trading day of the year." }),
        }),
      )
      .meta({ description: "Calendar years, oldest first." }),
    months: z
      .array(
        z.object({
          month_end: day("Its last trading day."),
          return: number("From the month-end before, or from the first day."),
          benchmark_return: maybe("The benchmark's."),
        }),
      )
      .meta({
        description: "The months that monthly figures are made of. One whose end lies past the last day is left out.",
      }),
    monthly_returns: z
      .array(
        z.object({
          year: z.int().meta({ description: "Calendar year." }),
          months: z
            .array(z.number().nullable())
            .length(12)
            .meta({ description: "Return of each month, January first." }),
          total: maybe("Return of the year; null for a single day."),
        }),
      )
      .meta({ description: "As in the result: the first and the last month may be incomplete." }),
    rolling: z
      .array(
        z.object({
          days: count("Daily returns of the window."),
          dates: z.array(z.iso.date()).meta({ description: "Last days of the windows." }),
          sharpe: z.array(z.number().nullable()).meta({ description: "Sharpe ratios of the windows." }),
          volatility: z.array(z.number()).meta({ description: "Volatilities of the windows." }),
          beta: z.array(z.number().nullable()).nullable().meta({ description: "Null without a benchmark." }),
        }),
      )
      .meta({ description: "Figures of the last 126 and 252 daily returns." }),
    crises: z
      .array(
        z.object({
          from: day("First day."),
          to: day("Last day."),
          return: maybe("Null unless the account existed for the whole of it."),
          max_drawdown: maybe("Deepest fall within it."),
          benchmark_return: maybe("The benchmark's."),
        }),
      )
      .meta({ description: "The account in falls of the market." }),
    curve: z
      .object({
        dates: z.array(z.iso.date()).meta({ description: "Trading days, oldest first." }),
        equity: z.array(z.number()).meta({ description: "Value of the account." }),
        drawdown: z.array(z.number()).meta({ description: "How far the equity lies below its highest value so far." }),
        benchmark: z.array(z.number()).nullable().meta({
          description: "As if the initial capital had been put into it on the first day; null without a benchmark.",
        }),
      })
      .meta({ description: "By day, all of equal length." }),
    deflated_sharpe: z
      .object({
        combinations: count("Combinations evaluated."),
        sharpe_deviation: maybe("Sample standard deviation of their daily Sharpe ratios."),
        sharpe_threshold: maybe("The best daily Sharpe ratio to expect by luck from this many combinations."),
        probability: maybe(
          "Probability that the true Sharpe ratio of the best combination exceeds that value; risk-free 0.",
        ),
      })
      .nullable()
      .meta({
        description:
          "Of a sweep: whether its best combination is more than luck (Bailey and López de Prado, 2014). All combinations count as independent, so the test is strict. Null for other executions.",
      }),
  })
  .meta({ id: "Analysis", description: "Every figure of a completed execution." });
export type Analysis = z.output<typeof Analysis>;
