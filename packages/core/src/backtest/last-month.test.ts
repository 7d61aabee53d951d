import { describe, expect, it } from "vitest";
import type { ExchangeName } from "../exchanges/exchange.ts";
import { findExchange } from "../exchanges/find-exchange.ts";
import { tradingCalendar } from "../exchanges/trading-calendar.ts";
import { countUpTo, toDay, toIsoDay } from "../market/calendar.ts";
import { fingerprint, type PriceSeries, priceTable } from "../market/price-table.ts";
import { boldAssetAllocation } from "../strategies/bold-asset-allocation.ts";
import { fundPrices, hasReferenceData, marketOf } from "../testing/prices.ts";
import { strategyOf } from "../testing/strategy-of.ts";
import { runStrategy } from "./run-strategy.ts";

/** Buys whatever it holds every month. */
const monthly = strategyOf(["A"], () => ({ A: 1 }), { schedule: "month-end", months: 0 });

describe("the last stored month", () => {
  it.each([
    // Good Friday, Memorial Day and the closed last weekday of Korean years follow.
    ["XNYS", "2024-03-28"],
    ["XNYS", "2021-05-28"],
    ["XNYS", "2027-05-28"],
    ["XKRX", "2025-12-30"],
    ["XKRX", "2026-12-30"],
  ] as const)("has ended on the last session of %s, %s, and not the session before", async (exchange, last) => {
    expect(await lastDecision(exchange, last)).toBe(last);
    const before = toIsoDay(findExchange(exchange).previousSession(toDay(last)));
    expect(await lastDecision(exchange, before)).toBe(lastOfMonthBefore(exchange, last));
    expect(await lastDecision("weekdays", last)).toBe(lastOfMonthBefore(exchange, last));
  });

  it("has ended when it has on each exchange of the prices", async () => {
    // 2027-12-31 is a session of New York, and none of Seoul.
    const both = ["XKRX", "XNYS"] as const;
    expect(await lastDecision("XKRX", "2027-12-30")).toBe("2027-12-30");
    expect(await lastDecision("XKRX", "2027-12-30", tradingCalendar(both))).toBe("2027-11-30");
  });

  it("moves with a day that the operator sets, which enters the fingerprint of the month alone", async () => {
    const closed = { exchange: "XNYS", day: toDay("2026-11-30"), session: false, close: null } as const;
    const calendar = tradingCalendar(["XNYS"], [closed]);
    expect(await lastDecision("XNYS", "2026-11-27", calendar)).toBe("2026-11-27");
    expect(await lastDecision("XNYS", "2026-11-27")).toBe("2026-10-30");

    const series = [sessionsUntil("XNYS", "2026-11-27")];
    const source = { kind: "stored", origins: {} } as const;
    const [byRules, moved] = [
      priceTable(series, source, [], tradingCalendar(["XNYS"])),
      priceTable(series, source, [], calendar),
    ];
    const rowOf = (day: string) => countUpTo(byRules.days, toDay(day)) - 1;
    expect(fingerprint(moved, rowOf("2026-11-27"))).not.toBe(fingerprint(byRules, rowOf("2026-11-27")));
    expect(fingerprint(moved, rowOf("2026-10-30"))).toBe(fingerprint(byRules, rowOf("2026-10-30")));
    expect(fingerprint(byRules, rowOf("2026-11-27"))).toBe(
      fingerprint(priceTable(series, source), byRules.days.length - 1),
    );
  });

  it("changes no byte of a result whose last month ends as it does by weekdays", async () => {
    for (const last of ["2026-10-30", "2026-11-25"]) {
      const series = [sessionsUntil("XNYS", last)];
      const [weekdays, sessions] = await Promise.all(
        [undefined, tradingCalendar(["XNYS"])].map((calendar) =>
          runStrategy(monthly, { use_real_data: true }, marketOf(series, [], calendar)),
        ),
      );
      expect(JSON.stringify(sessions)).toBe(JSON.stringify(weekdays));
    }
  });

  it("says so in the result where sessions tell otherwise than weekdays", async () => {
    const market = marketOf([sessionsUntil("XNYS", "2024-03-28")], [], tradingCalendar(["XNYS"]));
    const { result } = await runStrategy(monthly, { use_real_data: true }, market);
    expect(result.conventions.filter((text) => text.includes("no session of the tickers' exchanges"))).toHaveLength(1);
    expect(result.conventions.filter((text) => text.includes("no weekday of it"))).toEqual([]);
  });
});

describe.runIf(hasReferenceData)("Bold Asset Allocation on real prices", () => {
  it.each(["2024-03-28", "2021-05-28"])(
    "decides on the evening of %s what it decides in hindsight",
    async (evening) => {
      const all = fundPrices();
      const run = async (series: readonly PriceSeries[]) => {
        const market = marketOf(series, [], tradingCalendar(["XNYS"]));
        const { result } = await runStrategy(boldAssetAllocation, { use_real_data: true, end_date: evening }, market);
        return result.portfolio;
      };
      const onTheEvening = await run(all.map((series) => cutAt(series, evening)));
      expect(onTheEvening).toMatchObject({ decided_on: evening });
      expect(onTheEvening).toEqual(await run(all));
    },
  );
});

async function lastDecision(
  exchange: ExchangeName,
  lastDay: string,
  calendar = tradingCalendar([exchange]),
): Promise<string> {
  const series = sessionsUntil(exchange === "weekdays" ? "XNYS" : exchange, lastDay);
  const { series: run } = await runStrategy(monthly, { use_real_data: true }, marketOf([series], [], calendar));
  return run.weights.at(-1)!.date;
}

function sessionsUntil(name: ExchangeName, lastDay: string): PriceSeries {
  const exchange = findExchange(name);
  const days: string[] = [];
  for (let day = toDay(lastDay); days.length < 120; day = exchange.previousSession(day)) {
    days.unshift(toIsoDay(day));
  }
  return { ticker: "A", days, closes: Float64Array.from(days, (_, index) => 100 + index) };
}

function lastOfMonthBefore(name: ExchangeName, day: string): string {
  const firstOfMonth = toDay(`${day.slice(0, 7)}-01`);
  return toIsoDay(findExchange(name).previousSession(firstOfMonth));
}

function cutAt({ ticker, days, closes }: PriceSeries, last: string): PriceSeries {
  const kept = countUpTo(days as Int32Array, toDay(last));
  return { ticker, days: (days as Int32Array).slice(0, kept), closes: closes.slice(0, kept) };
}
