import type { Decision } from "../schedules/decision.ts";
import type { EndedNotice, KeyFigures, Notification, NotificationField } from "./notification.ts";
import { sparkline } from "./sparkline.ts";
import type { NotificationTexts } from "./texts/notification-texts.ts";
import { type NotificationLanguage, textsOf } from "./texts/texts.ts";

export interface NotificationOptions {
  readonly language: NotificationLanguage;
  /** Where people reach the service, without a trailing slash; null for no links. */
  readonly publicUrl: string | null;
}

/** Writes the message about an ended execution, in plain text. */
export function describeNotice(notice: EndedNotice, { language, publicUrl }: NotificationOptions): Notification {
  const texts = textsOf(language);
  const { executionId, strategy, label, decision, change } = notice;
  return {
    title: `${label ?? strategy}: ${headline(notice, texts)}`,
    decision: decision === null ? null : decisionText(decision, texts),
    fields: [
      ...(decision === null ? [] : [{ label: texts.decision, value: decisionText(decision, texts) }]),
      ...(decision === null || change === null ? [] : changeField(change, decision, texts)),
      ...field(texts.decidedOn, notice.decidedOn),
      ...field(texts.tradedOn, notice.tradedOn),
      ...(notice.figures === null ? [] : figureFields(notice.figures, texts)),
      { label: texts.execution, value: label === null ? String(executionId) : `${executionId} (${strategy})` },
    ],
    text: notice.status === "completed" ? notice.because : notice.errorMessage,
    curve: curveField(notice.monthlyReturns, texts),
    link: publicUrl === null ? null : { label: texts.open, url: `${publicUrl}/ui/executions/${executionId}` },
  };
}

function headline({ status, change }: EndedNotice, texts: NotificationTexts): string {
  if (status !== "completed" || change === null) return texts.states[status];
  if (change.previous === null) return texts.firstDecision;
  return change.changed ? texts.newDecision : texts.sameDecision;
}

function decisionText(decision: Decision, { cash, locale }: NotificationTexts): string {
  if ("signal" in decision) {
    return decision.signal === "long" ? `100% ${decision.symbol}` : `${cash} (${decision.symbol})`;
  }
  const held = Object.entries(decision.weights)
    .filter(([, weight]) => Math.abs(weight) >= smallestShare)
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const rest = 1 - held.reduce((sum, [, weight]) => sum + weight, 0);
  const parts = held.map(([ticker, weight]) => `${percent(weight, locale, 1)} ${ticker}`);
  if (rest >= smallestShare) parts.push(`${percent(rest, locale, 1)} ${cash}`);
  const weights = parts.length === 0 ? cash : parts.join(", ");
  return decision.mode === null ? weights : `${decision.mode}: ${weights}`;
}

/** The changes of weights, the largest first. */
function changeField({ previous }: DecisionOf, decision: Decision, texts: NotificationTexts): NotificationField[] {
  if (previous === null) return [];
  const [before, after] = [weightsOf(previous), weightsOf(decision)];
  const changes = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((ticker) => ({ ticker, by: (after[ticker] ?? 0) - (before[ticker] ?? 0) }))
    .filter(({ by }) => Math.abs(by) >= smallestShare)
    .toSorted((a, b) => Math.abs(b.by) - Math.abs(a.by) || (a.ticker < b.ticker ? -1 : 1));
  const parts = changes.map(
    ({ ticker, by }) => `${by > 0 ? "+" : "−"}${percent(Math.abs(by), texts.locale, 1)} ${ticker}`,
  );
  const modes =
    "weights" in previous && "weights" in decision && previous.mode !== decision.mode
      ? [`${previous.mode ?? "–"} → ${decision.mode ?? "–"}`]
      : [];
  return field(texts.change, [...modes, ...parts].join(", ") || texts.sameDecision);
}

type DecisionOf = NonNullable<EndedNotice["change"]>;

function weightsOf(decision: Decision): Readonly<Record<string, number>> {
  if ("weights" in decision) return decision.weights;
  return decision.signal === "long" ? { [decision.symbol]: 1 } : {};
}

function figureFields(figures: KeyFigures, texts: NotificationTexts): NotificationField[] {
  const { locale } = texts;
  const asPercent = (value: number | null) => (value === null ? null : percent(value, locale, 2));
  const asNumber = (value: number | null, digits: number) =>
    value === null
      ? null
      : value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return [
    ...field(texts.return, asPercent(figures.return)),
    ...field(texts.cagr, asPercent(figures.cagr)),
    ...field(texts.sharpe, asNumber(figures.sharpe, 2)),
    ...field(texts.maxDrawdown, asPercent(figures.maxDrawdown)),
    ...field(texts.finalValue, asNumber(figures.finalValue, 2)),
  ];
}

function curveField(monthlyReturns: readonly number[], texts: NotificationTexts): NotificationField | null {
  if (monthlyReturns.length < 2) return null;
  const equity = [1];
  for (const gain of monthlyReturns) equity.push(equity.at(-1)! * (1 + gain));
  return { label: texts.lastMonths(monthlyReturns.length), value: sparkline(equity) };
}

/** Less than a twentieth of a percent would read 0.0 %. */
const smallestShare = 0.0005;

function percent(fraction: number, locale: string, digits: number): string {
  return fraction.toLocaleString(locale, {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function field(label: string, value: string | null): NotificationField[] {
  return value === null ? [] : [{ label, value }];
}
