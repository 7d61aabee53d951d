import { z } from "zod";
import { BenchmarkBlock } from "../analysis/analysis-schema.ts";
import { priceWarningKinds } from "../market/price-warning.ts";
import { fillRules } from "../strategy/fill-rule.ts";

const day = (description: string) => z.iso.date().meta({ description });
const number = (description: string) => z.number().meta({ description });
const text = (description: string) => z.string().meta({ description });
const count = (description: string) => z.int().nonnegative().meta({ description });
const numbersByTicker = (description: string) => z.record(z.string(), z.number()).meta({ description });

const weights = numbersByTicker("Target share of the account by ticker, best ranked first. The rest is cash.");
const mode = text("State the strategy is in, such as offensive or defensive; null for strategies without.").nullable();
const canary = numbersByTicker("Momentum of each canary asset; null for strategies without.").nullable();
const scores = numbersByTicker("What the strategy ranked or tested; null for strategies that do not say.")
  .nullable()
  .optional();
const hold = z
  .boolean()
  .meta({ description: "Whether the decision was to keep the holdings, without a trade." })
  .optional();
const because = text("Reason for the weights, in one line.");
const decidedOn = day("Day of the last decision.");
const filledOn = day("Day on which the decision was traded; null if the period ended before.").nullable();

/** The portfolio that the last decision asks for, as strategies report it unless they have something of their own. */
const Portfolio = z
  .looseObject({
    offensive_assets: z.array(z.string()).optional().meta({
      description: "Offensive assets chosen, best ranked first; empty when defensive. BoldAssetAllocation only.",
    }),
    weights,
    hold,
    mode,
    canary,
    scores,
    because,
    decided_on: decidedOn,
    filled_on: filledOn,
    orders: z
      .array(
        z.object({
          ticker: text("What was traded."),
          quantity: number("Shares bought (above 0) or sold (below 0)."),
          price: number("Adjusted price of the fill."),
        }),
      )
      .optional()
      .meta({ description: "Trades of the decision; empty when nothing was traded, or not yet." }),
    drifted_weights: numbersByTicker("Share of the account by ticker after the last day.").optional(),
  })
  .meta({ description: "The target of the last decision. Between rebalances the holdings drift away from it." });

const Position = z
  .looseObject({
    symbol: text("Ticker that is traded."),
    state: z.enum(["long", "cash"]).meta({ description: "What the account holds after the last day." }),
    quantity: number("Shares held; 0 in cash."),
    price: number("Adjusted close at which the shares are valued; null in cash.").nullable(),
    value: number("Value of the shares."),
    cash: number("Money not invested."),
    since: day("Day of the last trade; null before the first.").nullable(),
    signal: text("The last decision: long or cash. It differs from the state until it is traded."),
    because,
    decided_on: decidedOn,
    filled_on: filledOn,
  })
  .meta({ description: "The position at the end. Only for strategies on one ticker." });

const Trade = z.looseObject({
  signal: day("Day on which buying was decided."),
  entry: day("Day it was bought."),
  entry_price: number("Adjusted close it was bought at."),
  quantity: number("Shares bought."),
  exit_signal: day("Day on which selling was decided; null while the trade is open.").nullable(),
  exit: day("Day it was sold; null while open.").nullable(),
  exit_price: number("Adjusted close it was sold at; null while open.").nullable(),
  return: number(
    "Gain as a fraction of the money invested, the costs of both sides included; null while open.",
  ).nullable(),
});

const YearReturn = z.object({
  year: z.int().meta({ description: "Calendar year." }),
  return: number("Return, a fraction."),
});

const Metrics = z
  .object({
    cagr: number("Growth per year: (final / initial) ^ (365.25 / calendar days) - 1.").nullable(),
    volatility: number("Sample standard deviation of daily returns x sqrt(252).").nullable(),
    volatility_monthly: number("Sample standard deviation of monthly returns x sqrt(12).").nullable(),
    sharpe: number("Mean / sample standard deviation of daily returns x sqrt(252); risk-free 0.").nullable(),
    sharpe_monthly: number("Mean / sample standard deviation of monthly returns x sqrt(12); risk-free 0.").nullable(),
    sortino: number("Mean of daily returns / sqrt(mean(min(r, 0)^2)) x sqrt(252).").nullable(),
    sortino_monthly: number("Mean of monthly returns / sqrt(mean(min(r, 0)^2)) x sqrt(12).").nullable(),
    max_drawdown: number("Deepest fall from a peak of daily equity: 0 or negative.").nullable(),
    max_drawdown_monthly: number("Deepest fall from a peak of month-end equity, the first day included.").nullable(),
    turnover: number("Share of the account replaced per year: traded value / 2 / average equity / years.").nullable(),
    calmar: number("cagr / -max_drawdown; null without a drawdown.").nullable().optional(),
    ulcer_index: number("Root of the mean squared drawdown, over all days.").optional(),
    longest_drawdown_days: count(
      "Calendar days of the longest time below a peak, from the peak to the day on which it was reached again.",
    ).optional(),
    win_rate: number("Share of the closed trades with a gain; null without closed trades.").nullable().optional(),
    average_holding_days: number("Calendar days from entry to exit, the mean of the closed trades; null without.")
      .nullable()
      .optional(),
    trades: count("Positions opened: purchases of a ticker that was not held before. The last ones may be open."),
    exposure: number("Mean over days of the share of equity held in assets rather than cash. BIL is an asset."),
    costs: number("Money paid for trading."),
    best_year: YearReturn.nullable().meta({ description: "Best whole calendar year; null when the period has none." }),
    worst_year: YearReturn.nullable().meta({
      description: "Worst whole calendar year; null when the period has none.",
    }),
    monthly_returns: z
      .array(
        z.object({
          year: z.int().meta({ description: "Calendar year." }),
          months: z
            .array(z.number().nullable())
            .length(12)
            .meta({ description: "Return of each month, January first; null outside the period." }),
          total: number("Return over the part of the year within the period; null for a single day.").nullable(),
        }),
      )
      .meta({ description: "Returns by month. The first and the last month may be incomplete." }),
  })
  .meta({
    description:
      "Statistics of the equity. Returns are fractions; monthly ones run from the first day to the first month-end and then " +
      "between month-ends. A figure that does not exist, such as the volatility of a single day, is null.",
  });

const Period = z
  .object({
    start_date: day("The parameter start_date; null when absent.").nullable(),
    end_date: day("The parameter end_date; null when absent.").nullable(),
    first_day: day("First day of the equity."),
    last_day: day("Last day of the equity."),
    trading_days: count("Days of the equity, first and last included."),
    years: number("Calendar days from first to last day / 365.25."),
  })
  .meta({ description: "The period in which the account existed." });

const Data = z
  .object({
    source: z.enum(["synthetic", "stored"]).meta({ description: "Where the prices come from." }),
    description: text("The same in words."),
    seed: z.int().nullable().meta({ description: "Seed of the synthetic market; null for stored prices." }),
    tickers: z
      .record(
        z.string(),
        z.object({
          first_day: day("First day with a price."),
          origin: text("Provider or file of stored prices; null for synthetic ones.").nullable(),
        }),
      )
      .meta({ description: "The tickers of the strategy's universe." }),
    series: z
      .record(
        z.string(),
        z.object({
          first_day: day("Day of the first value."),
          last_day: day("Day of the newest value that was known on the last day of the prices."),
          values: count("Number of values known on that day."),
        }),
      )
      .optional()
      .meta({ description: "The data series that were used; absent for strategies that use none." }),
    first_day: day("First day of the prices used, history included."),
    last_day: day("Last day of the prices used."),
    sha256: text("SHA-256 of the prices used, over the bytes that docs/strategies.md defines."),
    warnings: z
      .array(
        z.object({
          ticker: text("Ticker."),
          kind: z.enum(priceWarningKinds).meta({ description: "What kind of irregularity, as in the list of prices." }),
          day: day("The first day of the irregularity."),
          message: text("The same in words."),
        }),
      )
      .optional()
      .meta({
        description:
          "Irregularities that the imports found in the prices up to the last day. No price was changed. Absent for synthetic prices.",
      }),
  })
  .meta({ description: "The prices that were used." });

/** What a completed execution produced. Strategies add fields of their own. */
export const Result = z
  .looseObject({
    strategy: text("Name of the strategy."),
    variant: text("Variant that was run, for strategies that have variants.").optional(),
    portfolio: Portfolio.optional(),
    position: Position.optional(),
    trades: z.array(Trade).optional().meta({
      description:
        "Every trade, oldest first. Only for strategies on one ticker; other strategies have them in the series.",
    }),
    final_value: number("Value of the account after the last day."),
    return: number("final_value / initial_capital - 1."),
    metrics: Metrics,
    period: Period,
    benchmark: BenchmarkBlock.optional().meta({
      description: "The account compared with the ticker of the parameter `benchmark`; absent without that parameter.",
    }),
    fill: z.enum(fillRules).meta({ description: "When decisions were traded." }),
    cost_bps: number("Cost of trading in basis points of the traded value."),
    data: Data,
    conventions: z.array(z.string()).meta({ description: "What every backtest of this service assumes." }),
  })
  .meta({ id: "Result", description: "What a completed execution produced. A strategy may add fields of its own." });
export type Result = z.output<typeof Result>;

/** The long arrays of a result. */
export const Series = z
  .object({
    dates: z.array(z.iso.date()).meta({ description: "Every trading day of the period, oldest first." }),
    equity: z.array(z.number()).meta({ description: "Value of the account at the close of each day, after trading." }),
    drawdown: z
      .array(z.number())
      .meta({ description: "How far the equity lies below its highest value so far: 0 or negative." }),
    weights: z
      .array(z.object({ date: day("Day of the decision."), weights, hold, mode, canary, scores, because }))
      .meta({
        description:
          "The decisions, oldest first. Of a strategy that decides daily, the first one and those that changed the weights.",
      }),
    trades: z
      .array(
        z.object({
          ticker: text("Ticker of the position."),
          entry: day("Day it was bought."),
          entry_price: number("Adjusted price it was first bought at."),
          exit: day("Day on which the last shares were sold; null while the position is open.").nullable(),
          exit_price: number("Adjusted price of that sale.").nullable(),
          return: number(
            "Proceeds of the sales / cost of the purchases - 1, trading costs included; null while the position is open.",
          ).nullable(),
        }),
      )
      .optional()
      .meta({
        description:
          "Every position, oldest first. Strategies on one ticker have them in `trades` of the result instead.",
      }),
  })
  .meta({ id: "Series", description: "The long arrays of a result: dates, equity and drawdown have equal length." });
export type Series = z.output<typeof Series>;

const weekdayMonths =
  "A month has ended when a later month is stored or no weekday of it follows the last stored day; month-end is its last stored day.";
const exchangeMonths =
  "A month has ended when a later month is stored or no session of the tickers' exchanges follows the last stored day in it; month-end is its last stored day.";

/** The assumptions of a backtest. `byExchange`: whether the exchange's sessions, not weekdays, decided if the last month has ended. */
export function conventionsOf(byExchange: boolean): readonly string[] {
  return byExchange ? conventions.map((line) => (line === weekdayMonths ? exchangeMonths : line)) : conventions;
}

/** The common assumptions of all backtests, as stated in results. */
const conventions: readonly string[] = [
  "Prices are adjusted closes; shares are fractional; holdings drift between rebalances; cash earns nothing.",
  weekdayMonths,
  "A ticker without a price on a day keeps its last one; the run ends with the ticker whose prices end first.",
  "start_date is the first day of trading; earlier prices are history. A monthly strategy's equity begins with its first purchase, a daily one's with the period.",
  "A decision without a trading day left to fill it is reported, not traded.",
  "A rebalance trades sum |w V - held| and pays cost_bps of it; there is no sale at the end.",
  "Returns and drawdowns are fractions, drawdowns negative; the risk-free rate is 0. cagr = (final / initial)^(365.25 / calendar days) - 1.",
  "Volatility and Sharpe come from the sample standard deviation (ddof 1), times sqrt(252) daily and sqrt(12) monthly; Sortino divides by sqrt(mean(min(r, 0)^2)).",
  "Exposure is the mean share of equity held in assets; turnover is traded value / 2 / average equity / years.",
  "Best and worst year are of whole calendar years only; the first month and year count from the initial capital.",
];
