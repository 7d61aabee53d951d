import { describeInChromium, type OpenPage } from "@strategy-executor/docs-page/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { faultsOf, type Service, settled, startService } from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;
let execution: number;
let acceptedAt: Date;

beforeAll(async () => {
  service = stack.use(await startService());
  const { procedures } = service.client;
  execution = await service.run("BoldAssetAllocation", { variant: "BAA-G4", end_date: "2024-12-31" });
  acceptedAt = new Date((await service.client.executions.get(execution)).accepted_at);
  await service.client.prices.import({
    ticker: "SPY",
    csv: "date,close,adj_close\n2023-12-29,10,9\n2024-01-02,11,10\n",
  });
  const { schedule_id } = await procedures.createSchedule.mutate({
    name: "new year",
    strategy_name: "BoldAssetAllocation",
    parameters: { end_date: "2024-12-31" },
    when: { days: "month_end", exchange: "XKRX", time: "16:30" },
  });
  await procedures.triggerSchedule.mutate({ schedule_id });
  await vi.waitUntil(async () => (await procedures.getToday.query({})).schedules.length === 1, { timeout: 30_000 });
});

afterAll(() => stack.disposeAsync());

/** The whole hours from UTC, and what English pages call the zone. None of these changes its clock but New York's. */
const zones = { "Pacific/Honolulu": [-10, "HST"], "Pacific/Kiritimati": [14, "GMT+14"] } as const;

/** An instant as a page writes it, made by shifting it by hours. */
function written(instant: Date, hours: number, zone: string): string {
  const [day, time] = new Date(instant.getTime() + hours * 3_600_000).toISOString().slice(0, 19).split("T");
  const [year, month, date] = day!.split("-").map(Number);
  const name = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")[month! - 1];
  return `${name} ${date}, ${year}, ${time} ${zone}`;
}

describeInChromium("time zones", (open) => {
  describe.each(Object.entries(zones))("in %s", (timezoneId, [hours, name]) => {
    const visit = async (path: string): Promise<OpenPage> => {
      const opened = await open(`${service.address}/ui${path}`, { timezoneId, locale: "en-US" });
      await settled(opened.page);
      return opened;
    };

    it("shows instants in the reader's zone, in UTC and in the exchange's by choice, and names the zone", async () => {
      await using opened = await visit(`/executions/${execution}`);
      const { page, problems } = opened;
      const choose = async (zone: string): Promise<void> => {
        await page.getByRole("link", { name: "Settings" }).click();
        await page.getByRole("combobox", { name: "Time zone" }).selectOption(zone);
        await page.goto(`${service.address}/ui/executions/${execution}`);
        await settled(page);
      };
      await page
        .getByText(written(acceptedAt, hours, name))
        .first()
        .waitFor();
      await choose("UTC");
      await page
        .getByText(written(acceptedAt, 0, "UTC"))
        .first()
        .waitFor();
      await choose("Korea Exchange");
      await page
        .getByText(written(acceptedAt, 9, "GMT+9"))
        .first()
        .waitFor();
      await choose("New York Stock Exchange");
      await page
        .getByText(/, \d\d:\d\d:\d\d E[SD]T/)
        .first()
        .waitFor();
      await page.goto(`${service.address}/ui/executions`);
      await page.getByRole("columnheader", { name: /^Accepted \(E[SD]T\)$/ }).waitFor();
      expect(faultsOf(problems)).toEqual([]);
    });

    it("shows the next fire of a schedule in the exchange's zone and in the reader's", async () => {
      const { procedures } = service.client;
      const next = new Date((await procedures.getSchedule.query({ schedule_id: 1 })).next_at!);
      await using opened = await visit("/schedules/1");
      const { page } = opened;
      await page.getByText(written(next, hours, name), { exact: true }).waitFor();
      const inSeoul = written(next, 9, "GMT+9").replace(/:00 /, " ");
      expect(inSeoul).toContain("16:30 GMT+9");
      await page.getByText(inSeoul).waitFor();
    });

    it("shifts no calendar day", async () => {
      await using opened = await visit("/prices");
      const { page, problems } = opened;
      const row = page.getByRole("table", { name: "Prices" }).getByRole("row").filter({ hasText: "SPY" });
      await row.filter({ hasText: "Dec 29, 2023" }).filter({ hasText: "Jan 2, 2024" }).waitFor();
      await page.goto(`${service.address}/ui/prices/SPY`);
      const curve = page.getByRole("figure", { name: "Adjusted close" });
      await curve.locator("strong").filter({ hasText: "Jan 2, 2024" }).waitFor();
      await curve.getByRole("application").focus();
      await page.keyboard.press("ArrowLeft");
      await curve.locator("strong").filter({ hasText: "Dec 29, 2023" }).waitFor();
      await page.goto(`${service.address}/ui/executions/${execution}`);
      await page.getByRole("region", { name: "Decision" }).getByText("Dec 31, 2024").first().waitFor();
      await page.goto(`${service.address}/ui/today`);
      await page.getByText(/decided on Dec 31, 2024/i).waitFor();
      // A day that is typed is the day that is asked for.
      await page.goto(`${service.address}/ui/executions`);
      const asked = page.waitForRequest((request) =>
        decodeURIComponent(request.url()).includes("2024-12-31T00:00:00.000Z"),
      );
      await page.getByLabel("Since (UTC)").fill("2024-12-31");
      await asked;
      await page.getByRole("button", { name: "Remove since Dec 31, 2024" }).waitFor();
      expect(faultsOf(problems)).toEqual([]);
    });
  });
});
