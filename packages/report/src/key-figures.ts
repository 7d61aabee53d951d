import type { ComparisonName, FigureName } from "./analysis.ts";
import type { Group } from "./texts/texts.ts";

export type FigureGroup = Exclude<Group, "comparison" | "sweep">;

/** Every figure of a curve, in the order in which it is shown. */
export const figuresByGroup: Readonly<Record<FigureGroup, readonly FigureName[]>> = {
  growth: ["final_value", "return", "cagr", "turnover", "exposure"],
  risk: ["volatility", "volatility_monthly", "max_drawdown", "max_drawdown_monthly", "ulcer_index", "under_water"],
  ratios: [
    "sharpe",
    "sharpe_monthly",
    "probabilistic_sharpe",
    "sortino",
    "sortino_monthly",
    "calmar",
    "martin_ratio",
    "omega",
  ],
  distribution: ["var_95", "cvar_95", "tail_ratio", "skewness", "excess_kurtosis", "stability"],
  wins: [
    "days_won",
    "months_won",
    "years_won",
    "best_day",
    "worst_day",
    "best_month",
    "worst_month",
    "best_year",
    "worst_year",
    "mean_up_month",
    "mean_down_month",
    "profit_factor",
    "gain_to_pain",
  ],
  recent: [
    "return_1_month",
    "return_3_months",
    "return_6_months",
    "return_year_to_date",
    "return_1_year",
    "return_3_years",
    "return_5_years",
    "return_10_years",
  ],
};

/** Figures that are not percentages. */
const ratios: ReadonlySet<FigureName | ComparisonName> = new Set([
  "turnover",
  "sharpe",
  "sharpe_monthly",
  "sortino",
  "sortino_monthly",
  "calmar",
  "martin_ratio",
  "omega",
  "tail_ratio",
  "skewness",
  "excess_kurtosis",
  "stability",
  "profit_factor",
  "gain_to_pain",
  "beta",
  "correlation",
  "r_squared",
  "information_ratio",
  "up_capture",
  "down_capture",
  "treynor",
]);

/** Whether a figure is written as a plain number rather than in per cent. */
export function isRatio(name: FigureName | ComparisonName): boolean {
  return ratios.has(name);
}
