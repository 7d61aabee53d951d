import type { ComparisonName, FigureName } from "../analysis.ts";

export const languages = ["en", "ko"] as const;
export type Language = (typeof languages)[number];

/** The ids of a report's sections, in their order. */
export const parts = [
  "head",
  "figures",
  "equity",
  "years",
  "months",
  "underwater",
  "drawdowns",
  "rolling",
  "weights",
  "distribution",
  "crises",
  "trades",
  "formulas",
] as const;
export type Part = (typeof parts)[number];

const groups = ["growth", "risk", "ratios", "distribution", "wins", "recent", "comparison", "sweep"] as const;
export type Group = (typeof groups)[number];

/** Name and definition of a figure. */
interface FigureText {
  readonly name: string;
  readonly formula: string;
}

/** All texts of a report in a language. Texts that the service wrote into a result, such as conventions, stay English. */
export interface Texts {
  readonly title: (strategy: string, execution: number) => string;
  readonly parts: Readonly<Record<Exclude<Part, "head">, string>>;
  readonly groups: Readonly<Record<Group, string>>;
  readonly figures: Readonly<Record<FigureName, FigureText>>;
  readonly comparison: Readonly<Record<ComparisonName, FigureText>>;
  readonly deflated: Readonly<
    Record<"combinations" | "sharpe_deviation" | "sharpe_threshold" | "probability", FigureText>
  >;
  readonly rolling: Readonly<Record<"sharpe" | "volatility" | "beta", string>>;
  readonly words: Readonly<
    Record<
      | "account"
      | "assets"
      | "back"
      | "because"
      | "benchmark"
      | "capital"
      | "cash"
      | "conventions"
      | "crisis"
      | "dataHash"
      | "date"
      | "day"
      | "decidedOn"
      | "depth"
      | "down"
      | "drawdown"
      | "entry"
      | "entryPrice"
      | "execution"
      | "exit"
      | "exitPrice"
      | "figure"
      | "filledOn"
      | "finalValue"
      | "lastDecision"
      | "linear"
      | "log"
      | "maxDrawdown"
      | "mode"
      | "none"
      | "open"
      | "others"
      | "parameter"
      | "parameters"
      | "peak"
      | "period"
      | "quantity"
      | "recovery"
      | "return"
      | "riskFree"
      | "share"
      | "strategy"
      | "total"
      | "valley"
      | "value"
      | "variant"
      | "weights"
      | "year",
      string
    >
  >;
  readonly sentences: {
    /** `values` are written already. */
    equity(values: {
      capital: string;
      final: string;
      rate: string | null;
      benchmark: string | null;
      other: string | null;
    }): string;
    years(values: { whole: string; won: string }): string;
    readonly noYears: string;
    latestYears(count: number): string;
    readonly partOfYear: string;
    readonly monthly: string;
    underwater(values: { share: string; depth: string }): string;
    readonly noDrawdown: string;
    readonly drawdowns: string;
    window(days: number): string;
    readonly tooShort: string;
    readonly weights: string;
    readonly noWeights: string;
    distribution(values: { count: string; won: string }): string;
    readonly noMonths: string;
    readonly crises: string;
    trades(values: { shown: string; count: string }): string;
    decisions(values: { shown: string; count: string }): string;
    readonly noTrades: string;
    readonly formulas: string;
    period(values: { first: string; last: string; days: string; years: string }): string;
  };
}
