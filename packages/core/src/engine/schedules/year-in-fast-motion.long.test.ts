import { createTestDatabase } from "@strategy-executor/db/testing";
import { expect, it, vi } from "vitest";
import { z } from "zod";
import { findExchange } from "../../exchanges/find-exchange.ts";
import { toDay, toIsoDay } from "../../market/calendar.ts";
import type { Market } from "../../market/price-table.ts";
import { syntheticMarket } from "../../market/synthetic-market.ts";
import { createSchedule, getExecution, importPrices, listScheduleRuns } from "../../operations/index.ts";
import { createPriceProviders } from "../../prices/providers/price-providers.ts";
import { storedMarket } from "../../prices/stored-market.ts";
import { boldAssetAllocation } from "../../strategies/bold-asset-allocation.ts";
import { startPriceSite } from "../../testing/price-site.ts";
import { startReceiver } from "../../testing/receiver.ts";
import { startService } from "../../testing/service.ts";
import { installTestClock, setTestClock } from "../../testing/schedules/test-clock.ts";

const minute = 60_000;
const variant = "BAA-G4";
const tickers = boldAssetAllocation.universe(boldAssetAllocation.parameters.parse({ variant }));
const nyse = findExchange("XNYS");

/** By a calendar of paper. Good Friday follows the end of March; the day after Thanksgiving closes at 13:00. */
const monthEnds = [
  ["2024-01-31", "21:00"],
  ["2024-02-29", "21:00"],
  ["2024-03-28", "20:00"],
  ["2024-04-30", "20:00"],
  ["2024-05-31", "20:00"],
  ["2024-06-28", "20:00"],
  ["2024-07-31", "20:00"],
  ["2024-08-30", "20:00"],
  ["2024-09-30", "20:00"],
  ["2024-10-31", "20:00"],
  ["2024-11-29", "18:00"],
  ["2024-12-31", "21:00"],
] as const;

/** What is wrong with the provider at a month's end, and for how many minutes after the close. */
const troubles = [
  { kind: "none", minutes: 0 },
  { kind: "late", minutes: 95 },
  { kind: "down", minutes: 70 },
  { kind: "holed", minutes: 45 },
] as const;

it("a year of month ends, with a provider that is late, holed and down: one decision each, one message a change", async () => {
  await using test = await createTestDatabase("postgres");
  let now = Date.parse("2024-01-02T12:00:00Z");
  await installTestClock(test.options, now);
  const files = historyOf(tickers);
  await using site = await startPriceSite(({ url }) => {
    const month = monthEnds.findIndex(([day]) => now < Date.parse(`${day}T23:59:59Z`) + 12 * 60 * minute);
    const [day, close] = monthEnds[month]!;
    const { kind, minutes } = troubles[month % troubles.length]!;
    const isOver = now >= Date.parse(`${day}T${close}:00Z`) + minutes * minute;
    if (kind === "down" && !isOver) return { status: 503 };
    const lines = files.get(url.slice(1, -4)) ?? [];
    const until = toIsoDay(kind === "late" && !isOver ? nyse.previousSession(toDay(day)) : toDay(day));
    const shown = lines.filter((line) => line.slice(0, 10) <= until);
    if (kind === "holed" && !isOver) shown.splice(100, 1);
    return `date,close,adj_close\n${shown.join("\n")}\n`;
  });
  await using receiver = await startReceiver();
  let stored: Market | undefined;
  await using service = await startService(test.options, {
    market: { load: (names, extras) => stored!.load(names, extras) },
    priceProviders: createPriceProviders({ provider: "files", files: site.origin }),
    refreshWaitsMs: [],
  });
  const { ctx, database } = service;
  stored = storedMarket(database.db);
  for (const ticker of tickers) {
    const lines = files.get(ticker)!.filter((line) => line < "2024-01-01");
    await importPrices.call(ctx, { ticker, csv: `date,close,adj_close\n${lines.join("\n")}\n` });
  }
  const { schedule_id } = await createSchedule.call(ctx, {
    name: "BAA at month end",
    strategy_name: "BoldAssetAllocation",
    parameters: { variant, use_real_data: true },
    when: { days: "month_end" },
    callback: { url: receiver.url, format: "slack" },
  });
  const runs = async () => (await listScheduleRuns.call(ctx, { schedule_id })).runs.toReversed();
  const turn = async (at: number) => {
    now = at;
    await setTestClock(database.db, now);
    ctx.schedules.changed();
  };

  for (const [month, [day, close]] of monthEnds.entries()) {
    const fireAt = Date.parse(`${day}T${close}:00Z`) + 30 * minute;
    await turn(fireAt - 1);
    expect(await runs()).toHaveLength(month);
    for (let at = fireAt; ; at += 10 * minute) {
      await turn(at);
      const run = await vi
        .waitFor(
          async () => {
            const found = (await runs())[month];
            expect(found?.state).toBe("ended");
            return found!;
          },
          { timeout: 2_000, interval: 50 },
        )
        .catch(() => null);
      if (run === null) continue;
      expect(run).toMatchObject({ trading_day: day, origin: "fire", fire_at: new Date(fireAt).toISOString() });
      break;
    }
  }

  const ended = await runs();
  const decisions = await Promise.all(
    ended.map(async ({ execution_id }) => {
      const { result } = await getExecution.call(ctx, { execution_id });
      const { weights, mode, decided_on } = result!["portfolio"] as Record<string, unknown>;
      return { decided_on, decision: JSON.stringify([weights, mode]) };
    }),
  );
  expect(decisions.map(({ decided_on }) => decided_on)).toEqual(monthEnds.map(([day]) => day));
  const changed = decisions.map(({ decision }, month) => decision !== decisions[month - 1]?.decision);
  expect(ended.map((run) => run.changed)).toEqual(changed);
  expect(ended.map(({ notification }) => notification)).toEqual(changed.map((one) => (one ? "due" : "withheld")));
  expect(new Set(changed)).toEqual(new Set([true, false]));
  const told = ended.filter((run) => run.changed).map(({ execution_id }) => execution_id);
  await receiver.arrived(told.length);
  const messages = receiver.received.map(({ body }) => SlackMessage.parse(body));
  expect(messages.map(({ blocks: [, facts] }) => facts.fields.at(-1)!.text)).toEqual(
    told.map((execution_id) => `*Execution*\n${execution_id}`),
  );
  expect(messages.map(({ text }) => text)).toEqual(
    told.map((_, index) => `BoldAssetAllocation: ${index === 0 ? "first" : "new"} decision`),
  );
}, 600_000);

/** The part of a message for Slack that is looked at: its facts follow the header. */
const SlackMessage = z.object({
  text: z.string(),
  blocks: z.tuple([z.unknown(), z.object({ fields: z.array(z.object({ text: z.string() })) })], z.unknown()),
});

/** Lines of CSV by ticker: the synthetic market on the sessions of the exchange. */
function historyOf(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const { days, closes } = syntheticMarket(names, 1);
  return new Map(
    names.map((ticker, column) => {
      const lines = [...days].flatMap((day, row) => {
        const close = closes[column]![row]!;
        return nyse.isSession(day) ? [`${toIsoDay(day)},${close},${close}`] : [];
      });
      return [ticker, lines];
    }),
  );
}
