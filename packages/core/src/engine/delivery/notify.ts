import { z } from "zod";
import { calledAddress, toFormat } from "../../notifications/callback-format.ts";
import { describeNotice, type NotificationOptions } from "../../notifications/describe-notice.ts";
import { formatNotification } from "../../notifications/format-notification.ts";
import { type MailContent, mailContent } from "../../notifications/mail.ts";
import type { EndedNotice, Notification } from "../../notifications/notification.ts";
import { Decision, decisionOf } from "../../schedules/decision.ts";
import type { ExecutionCallback } from "./execution-callback.ts";

/** A callback's body in the contract's form, and the format that its client wants. */
export interface FormattedCallback {
  /** JSON. */
  readonly body: string;
  readonly url: string;
  readonly format: string;
  /** The client's name for the execution. */
  readonly label: string | null;
}

/** The request that delivers a callback: its address, and the body in the callback's format. */
export function callbackRequest(
  callback: FormattedCallback,
  options: NotificationOptions,
): { url: string; body: string } {
  const { body, url } = callback;
  const format = toFormat(callback.format);
  if (format === "json") return { url, body };
  return { url: calledAddress(format, url), body: formatNotification(format, notificationOf(callback, options), url) };
}

/** The mail that delivers a callback. */
export function callbackMail(callback: FormattedCallback, options: NotificationOptions): MailContent {
  return mailContent(notificationOf(callback, options));
}

function notificationOf({ body, label }: FormattedCallback, options: NotificationOptions): Notification {
  return describeNotice(noticeOf(JSON.parse(body) as ExecutionCallback, label), options);
}

/** A user's strategy may report anything: fields of another type are left out. */
function noticeOf(payload: ExecutionCallback, label: string | null): EndedNotice {
  const { execution_id: executionId, strategy, status } = payload;
  const common = { executionId, strategy, label, status };
  if (status !== "completed") {
    const { error_message: errorMessage } = payload;
    return { ...common, ...nothing, errorMessage };
  }
  const { result } = payload;
  const decided = Decided.safeParse(result["portfolio"] ?? result["position"]).data;
  const change = Change.safeParse(result["decision"]).data;
  const metrics = Metrics.safeParse(result["metrics"]).data;
  return {
    ...common,
    errorMessage: null,
    decision: decisionOf(result),
    change: change ?? null,
    because: decided?.because ?? null,
    decidedOn: decided?.decided_on ?? null,
    tradedOn: decided?.filled_on ?? null,
    figures: {
      finalValue: result.final_value,
      return: result.return,
      cagr: metrics?.cagr ?? null,
      sharpe: metrics?.sharpe ?? null,
      maxDrawdown: metrics?.max_drawdown ?? null,
    },
    monthlyReturns: lastMonths(metrics?.monthly_returns ?? []),
  };
}

const nothing = {
  decision: null,
  change: null,
  because: null,
  decidedOn: null,
  tradedOn: null,
  figures: null,
  monthlyReturns: [],
} as const;

const text = z.string().nullish().catch(null);
const number = z.number().nullish().catch(null);
const Decided = z.object({ because: text, decided_on: text, filled_on: text });
const Change = z.object({ changed: z.boolean(), previous: Decision.nullable() });
const Metrics = z.object({
  cagr: number,
  sharpe: number,
  max_drawdown: number,
  monthly_returns: z.array(z.object({ months: z.array(z.number().nullable()) })).catch([]),
});

/** The returns of the last twelve months, oldest first. Months outside of the period are null. */
function lastMonths(years: readonly { readonly months: readonly (number | null)[] }[]): number[] {
  return years
    .slice(-2)
    .flatMap(({ months }) => months.filter((gain) => gain !== null))
    .slice(-12);
}
