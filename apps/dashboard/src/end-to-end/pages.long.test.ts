import { describeInChromium } from "@strategy-executor/docs-page/testing";
import { startReceiver } from "@strategy-executor/core/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { faultsOf, seriousFaults, type Service, settled, startService } from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;

/** Filled in this order, so that addresses can be written down. */
const [allocation, failed, crossover, sweep] = [1, 2, 3, 4];

beforeAll(async () => {
  service = stack.use(await startService());
  const receiver = stack.use(await startReceiver());
  const { procedures } = service.client;
  const callback_url = receiver.url;
  await service.run("BoldAssetAllocation", { variant: "BAA-G4" }, { label: "aggressive", callback_url });
  await service.run("BoldAssetAllocation", { variant: "INVALID" }, { callback_url });
  await service.run("MovingAverageCrossover", { symbol: "SPY" });
  await procedures.submitSweep.mutate({
    strategy_name: "MovingAverageCrossover",
    grid: { axes: { short_window: [10, 20, 30], long_window: [100, 150] } },
    walk_forward: { train: 1_000, test: 1_000 },
  });
  for await (const update of service.client.executions.watch(sweep)) void update;
  await service.client.prices.import({
    ticker: "SPY",
    csv: "date,close,adj_close\n2024-01-02,10,9\n2024-01-03,11,10\n",
  });
  const { schedule_id } = await procedures.createSchedule.mutate({
    name: "month end",
    strategy_name: "BoldAssetAllocation",
    when: { days: "month_end" },
  });
  await procedures.triggerSchedule.mutate({ schedule_id });
  await vi.waitUntil(async () => (await procedures.getToday.query({})).schedules.length === 1, { timeout: 20_000 });
});

afterAll(() => stack.disposeAsync());

const pages: readonly (readonly [string, string, string])[] = [
  ["/", "Overview", "개요"],
  ["/today", "Today", "오늘"],
  ["/executions", "Executions", "실행"],
  [`/executions?status=failed&open=${failed}`, "Executions", "실행"],
  ["/executions?label=nothing", "Executions", "실행"],
  [`/executions/${allocation}?benchmark=SPY`, "aggressive", "aggressive"],
  [`/executions/${allocation}?tab=decisions`, "aggressive", "aggressive"],
  [`/executions/${crossover}?tab=trades`, `Execution ${crossover}`, `실행 ${crossover}`],
  [`/executions/${allocation}?tab=callback`, "aggressive", "aggressive"],
  [`/executions/${allocation}?tab=parameters`, "aggressive", "aggressive"],
  [`/executions/${allocation}?tab=events`, "aggressive", "aggressive"],
  [`/executions/${allocation}?tab=json`, "aggressive", "aggressive"],
  [`/executions/${failed}`, `Execution ${failed}`, `실행 ${failed}`],
  ["/new?strategy=BoldAssetAllocation&p.variant=BAA-G4", "New execution", "새 실행"],
  [`/compare?ids=${allocation},${crossover}`, "Compare", "비교"],
  ["/compare", "Compare", "비교"],
  ["/sweeps", "Sweeps", "스윕"],
  [`/sweeps/${sweep}`, `Sweep ${sweep}`, `스윕 ${sweep}`],
  ["/sweeps/new", "New sweep", "새 스윕"],
  ["/schedules", "Schedules", "일정"],
  ["/schedules/1", "month end", "month end"],
  ["/schedules/1/edit", "Edit schedule", "일정 수정"],
  ["/schedules/new", "New schedule", "새 일정"],
  ["/deliveries", "Deliveries", "전달"],
  ["/prices", "Prices", "가격"],
  ["/prices/SPY", "SPY", "SPY"],
  ["/strategies", "Strategies", "전략"],
  ["/strategies/BoldAssetAllocation", "BoldAssetAllocation", "BoldAssetAllocation"],
  ["/deliveries?state=delivered&receiver=http://localhost:9", "Deliveries", "전달"],
  ["/workers", "Workers and queue", "작업자와 대기열"],
  ["/settings", "Settings", "설정"],
  ["/sign-in", "Sign in", "로그인"],
  ["/no/such/page", "Not found", "찾을 수 없음"],
];

describeInChromium("every page", (open) => {
  describe.each(pages)("%s", (path, english, korean) => {
    it("is without serious findings of axe in both themes and widths, keeps its policy and speaks Korean", async () => {
      await using opened = await open(`${service.address}/ui${path}`);
      const { page, problems } = opened;
      await settled(page);
      expect(await page.getByRole("heading", { level: 1 }).allInnerTexts()).toEqual([english]);
      expect(await page.title()).toBe(`${english} · Strategy executor`);
      const findings: Record<string, string[]> = {};
      for (const width of [1_280, 390]) {
        await page.setViewportSize({ width, height: 800 });
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          const found = await seriousFaults(page);
          if (found.length > 0) findings[`${width} ${colorScheme}`] = found;
        }
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      }
      expect(findings).toEqual({});
      await page.evaluate(`localStorage.setItem("settings", '{"language":"ko"}')`);
      await page.reload();
      await settled(page);
      expect(await page.getByRole("heading", { level: 1 }).allInnerTexts()).toEqual([korean]);
      expect(await page.locator("html").getAttribute("lang")).toBe("ko");
      expect(faultsOf(problems)).toEqual([]);
    });
  });
});
