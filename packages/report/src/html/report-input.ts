import type { Analysis } from "../analysis.ts";

/** The target weights of a decision. */
export interface Decision {
  readonly date: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly mode: string | null;
  readonly because: string;
}

/** A purchase and, unless it is still open, its sale. */
export interface Trade {
  readonly entry: string;
  readonly entry_price: number;
  readonly quantity: number;
  readonly exit: string | null;
  readonly exit_price: number | null;
  readonly return: number | null;
}

/** The input of a report. */
export interface ReportInput {
  readonly analysis: Analysis;
  /** Oldest first. */
  readonly decisions: readonly Decision[];
  /** The day on which the last decision was traded; null when the period ended before, undefined when unknown. */
  readonly filledOn?: string | null | undefined;
  /** The trades of a strategy on one ticker, oldest first; null for other strategies. */
  readonly trades: readonly Trade[] | null;
}
