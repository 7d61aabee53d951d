import type { NotificationTexts } from "./notification-texts.ts";

export const english: NotificationTexts = {
  locale: "en-US",
  states: { completed: "completed", failed: "failed", cancelled: "cancelled" },
  newDecision: "new decision",
  sameDecision: "decision unchanged",
  firstDecision: "first decision",
  decision: "Hold",
  change: "Change",
  cash: "cash",
  decidedOn: "Decided on",
  tradedOn: "Traded on",
  return: "Return",
  cagr: "CAGR",
  sharpe: "Sharpe",
  maxDrawdown: "Maximum drawdown",
  finalValue: "Final value",
  lastMonths: (count) => `Equity, last ${count} months`,
  open: "Open the execution",
  execution: "Execution",
};
