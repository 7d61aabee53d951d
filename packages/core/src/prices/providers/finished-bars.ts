import type { Exchange } from "../../exchanges/exchange.ts";
import { toDay } from "../../market/calendar.ts";
import { closeInstant } from "../../schedules/session-fires.ts";
import { localDay } from "../../schedules/zoned-time.ts";
import type { DailyBar } from "./price-provider.ts";

/**
 * Leaves out the day that has not ended at the exchange, which closes early on some days, and whatever is dated after it: a
 * price of half a day is not a close.
 */
export function finishedBars(
  bars: readonly DailyBar[],
  exchange: Exchange,
  { now, settlingMs }: { readonly now: number; readonly settlingMs: number },
): readonly DailyBar[] {
  const today = localDay(now, exchange.timeZone);
  const hasEnded = now >= closeInstant(exchange, today) + settlingMs;
  return bars.filter(({ day }) => toDay(day) < today || (toDay(day) === today && hasEnded));
}
