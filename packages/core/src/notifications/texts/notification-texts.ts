import type { EndedNotice } from "../notification.ts";

/** All texts of notifications in a language. */
export interface NotificationTexts {
  readonly locale: string;
  /** The state of an execution, as a word of the title. */
  readonly states: Readonly<Record<EndedNotice["status"], string>>;
  readonly newDecision: string;
  readonly sameDecision: string;
  readonly firstDecision: string;
  readonly decision: string;
  readonly change: string;
  readonly cash: string;
  readonly decidedOn: string;
  readonly tradedOn: string;
  readonly return: string;
  readonly cagr: string;
  readonly sharpe: string;
  readonly maxDrawdown: string;
  readonly finalValue: string;
  readonly lastMonths: (count: number) => string;
  readonly open: string;
  readonly execution: string;
}
