import type { Decision } from "../schedules/decision.ts";

/** The input of the message about an ended execution: the fields of the callback that people read. */
export interface EndedNotice {
  readonly executionId: number;
  readonly strategy: string;
  /** Name given by the client; null without one. */
  readonly label: string | null;
  readonly status: "completed" | "failed" | "cancelled";
  /** Null when completed. */
  readonly errorMessage: string | null;
  /** Null unless the result reports a decision. */
  readonly decision: Decision | null;
  /** The schedule's comparison with the previous decision; null without a schedule. */
  readonly change: DecisionChange | null;
  /** The reason that the strategy gives; null without one. */
  readonly because: string | null;
  /** ISO days; null where the result has none. */
  readonly decidedOn: string | null;
  readonly tradedOn: string | null;
  /** Null where the result has none. */
  readonly figures: KeyFigures | null;
  /** Returns of the last months of the period, oldest first; at most 12. */
  readonly monthlyReturns: readonly number[];
}

/** How a decision of a schedule differs from the previous one. */
interface DecisionChange {
  readonly changed: boolean;
  readonly previous: Decision | null;
}

/** Fractions, not percentages; null where undefined. */
export interface KeyFigures {
  readonly finalValue: number | null;
  readonly return: number | null;
  readonly cagr: number | null;
  readonly sharpe: number | null;
  readonly maxDrawdown: number | null;
}

/** A message in plain text, before a service's own form. No part of it is escaped or cut. */
export interface Notification {
  readonly title: string;
  /** What to hold, in one line; null without a decision. */
  readonly decision: string | null;
  /** Names and values, most important first. */
  readonly fields: readonly NotificationField[];
  /** The error message, or the reason of the decision; null without one. */
  readonly text: string | null;
  /** The last year's equity in block characters with its label; null with fewer than two months. */
  readonly curve: NotificationField | null;
  /** The page of the execution; null without `PUBLIC_URL`. */
  readonly link: { readonly label: string; readonly url: string } | null;
}

export interface NotificationField {
  readonly label: string;
  readonly value: string;
}
