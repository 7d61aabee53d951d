import type { Analysis } from "../analysis.ts";

/** What a decision asked to hold. */
export interface Decision {
  readonly date: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly mode: string | null;
  readonly because: string;
}

/** A purchase and, unless it is open, its sale. */
export interface Trade {
  readonly entry: string;
  readonly entry_price: number;
  readonly quantity: number;
  readonly exit: string | null;
  readonly exit_price: number | null;
  readonly return: number | null;
}

/** What a report is made of. */
export interface ReportInput {
  readonly analysis: Analysis;
  /** Oldest first. */
  readonly decisions: readonly Decision[];
  /** The day on which the last decision was traded; null when the period ended before, undefined when nobody knows. */
  readonly filledOn?: string | null | undefined;
  /** Of a strategy that trades one ticker, oldest first; null of others. */
  readonly trades: readonly Trade[] | null;
}
