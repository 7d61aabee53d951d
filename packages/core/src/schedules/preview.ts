import { toIsoDay } from "../market/calendar.ts";
import { describeWhen } from "./describe-when.ts";
import { type FindExchange, firesAfter } from "./fires.ts";
import { closeInstant } from "./session-fires.ts";
import type { When } from "./when.ts";
import { toLocal } from "./zoned-time.ts";

export interface Preview {
  readonly description: string;
  readonly fires: readonly PreviewedFire[];
  /** Warnings about probably unintended effects of the rule. */
  readonly warnings: readonly string[];
}

interface PreviewedFire {
  /** ISO 8601 in UTC. */
  readonly fire_at: string;
  /** In the rule's zone, with its offset. */
  readonly local: string;
  readonly trading_day: string | null;
}

/** The next `count` fires after an instant (milliseconds since 1970), in words and in numbers. */
export function preview(when: When, exchanges: FindExchange, after: number, count: number): Preview {
  const fires = [...firesAfter(when, exchanges, after).take(count)];
  const exchange = when.exchange === null ? undefined : exchanges(when.exchange);
  const warnings: string[] = [];
  const early = fires.find(
    ({ fireAt, tradingDay }) => exchange && tradingDay !== null && fireAt < closeInstant(exchange, tradingDay),
  );
  if (early && exchange) {
    const session = toIsoDay(early.tradingDay!);
    warnings.push(`Fires before ${exchange.name} closes on ${session}: that day's prices are not there yet`);
  }
  const horizon = exchange?.horizon ?? null;
  if (exchange && horizon !== null && fires.some(({ tradingDay }) => tradingDay !== null && tradingDay > horizon)) {
    warnings.push(
      `Holidays of ${exchange.name} are known until ${toIsoDay(horizon)}: later weekdays count as sessions`,
    );
  }
  return {
    description: describeWhen(when),
    fires: fires.map(({ fireAt, tradingDay }) => ({
      fire_at: new Date(fireAt).toISOString(),
      local: toLocal(fireAt, when.time_zone),
      trading_day: tradingDay === null ? null : toIsoDay(tradingDay),
    })),
    warnings,
  };
}
