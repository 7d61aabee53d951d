/**
 * The fields of an analysis that a report reads, named as in JSON. The service's schema describes each field; the
 * compiler compares both where a report is made.
 */
export interface Analysis {
  readonly execution_id: number;
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly risk_free: number;
  readonly period: {
    readonly first_day: string;
    readonly last_day: string;
    readonly trading_days: number;
    readonly years: number;
  };
  readonly data_sha256: string;
  readonly conventions: readonly string[];
  readonly figures: Figures;
  readonly benchmark: (Comparison & { readonly name: string; readonly figures: Figures }) | null;
  readonly drawdowns: readonly {
    readonly peak_day: string;
    readonly valley_day: string;
    readonly recovery_day: string | null;
    readonly depth: number;
    readonly days_down: number;
    readonly days_back: number | null;
  }[];
  readonly years: readonly {
    readonly year: number;
    readonly return: number | null;
    readonly benchmark_return: number | null;
    readonly whole: boolean;
  }[];
  readonly months: readonly {
    readonly month_end: string;
    readonly return: number;
    readonly benchmark_return: number | null;
  }[];
  readonly monthly_returns: readonly {
    readonly year: number;
    readonly months: readonly (number | null)[];
    readonly total: number | null;
  }[];
  readonly rolling: readonly {
    readonly days: number;
    readonly dates: readonly string[];
    readonly sharpe: readonly (number | null)[];
    readonly volatility: readonly number[];
    readonly beta: readonly (number | null)[] | null;
  }[];
  readonly crises: readonly {
    readonly from: string;
    readonly to: string;
    readonly return: number | null;
    readonly max_drawdown: number | null;
    readonly benchmark_return: number | null;
  }[];
  readonly curve: {
    readonly dates: readonly string[];
    readonly equity: readonly number[];
    readonly drawdown: readonly number[];
    readonly benchmark: readonly number[] | null;
  };
  readonly deflated_sharpe: {
    readonly combinations: number;
    readonly sharpe_deviation: number | null;
    readonly sharpe_threshold: number | null;
    readonly probability: number | null;
  } | null;
}

/** The figures of a curve that are one number. */
export const numberNames = [
  "final_value",
  "return",
  "cagr",
  "volatility",
  "volatility_monthly",
  "sharpe",
  "sharpe_monthly",
  "sortino",
  "sortino_monthly",
  "max_drawdown",
  "max_drawdown_monthly",
  "turnover",
  "exposure",
  "calmar",
  "ulcer_index",
  "martin_ratio",
  "omega",
  "skewness",
  "excess_kurtosis",
  "var_95",
  "cvar_95",
  "tail_ratio",
  "stability",
  "days_won",
  "months_won",
  "years_won",
  "mean_up_month",
  "mean_down_month",
  "profit_factor",
  "gain_to_pain",
  "under_water",
  "probabilistic_sharpe",
  "return_1_month",
  "return_3_months",
  "return_6_months",
  "return_year_to_date",
  "return_1_year",
  "return_3_years",
  "return_5_years",
  "return_10_years",
] as const;

/** Figures that are a return and its date. */
export const datedNames = ["best_day", "worst_day", "best_month", "worst_month", "best_year", "worst_year"] as const;

/** The comparison of an account with its benchmark. */
export const comparisonNames = [
  "beta",
  "alpha",
  "correlation",
  "r_squared",
  "tracking_error",
  "information_ratio",
  "up_capture",
  "down_capture",
  "treynor",
  "months_ahead",
] as const;

export type FigureName = (typeof numberNames)[number] | (typeof datedNames)[number];
export type ComparisonName = (typeof comparisonNames)[number];

export type Figures = Readonly<Record<(typeof numberNames)[number], number | null>> & {
  readonly final_value: number;
  readonly return: number;
  readonly best_day: { readonly date: string; readonly return: number } | null;
  readonly worst_day: { readonly date: string; readonly return: number } | null;
  readonly best_month: { readonly month_end: string; readonly return: number } | null;
  readonly worst_month: { readonly month_end: string; readonly return: number } | null;
  readonly best_year: { readonly year: number; readonly return: number } | null;
  readonly worst_year: { readonly year: number; readonly return: number } | null;
};

type Comparison = Readonly<Record<ComparisonName, number | null>>;
