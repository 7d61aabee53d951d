import { describeInChromium, type OpenPage } from "@strategy-executor/docs-page/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultsOf, type Service, settled, startService } from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;
let execution: number;

beforeAll(async () => {
  service = stack.use(await startService());
  execution = await service.run("BoldAssetAllocation", { variant: "BAA-G4" });
  await service.run("BoldAssetAllocation", { variant: "BAA-G12" });
  await service.client.procedures.createSchedule.mutate({
    name: "Rebalance at month end",
    strategy_name: "BoldAssetAllocation",
    when: { days: "month_end" },
  });
});

afterAll(() => stack.disposeAsync());

describeInChromium("the palette and the keys", (open) => {
  const visit = async (path: string): Promise<OpenPage> => {
    const opened = await open(`${service.address}/ui${path}`);
    await settled(opened.page);
    return opened;
  };

  describe.each(["Control+k", "/"])("by %s", (key) => {
    it("opens an execution by its number, and a page, a schedule and a strategy by a part of the name", async () => {
      await using opened = await visit("/settings");
      const { page, problems } = opened;
      const palette = page.getByRole("dialog", { name: "Palette" });
      const options = palette.getByRole("option");
      for (const [typed, found, path] of [
        [String(execution), `Execution ${execution}`, `/executions/${execution}`],
        ["deliv", "Deliveries", "/deliveries"],
        ["month END", "Rebalance at month end", "/schedules/1"],
        ["crossover", "MovingAverageCrossover", "/strategies/MovingAverageCrossover"],
      ] as const) {
        await page.keyboard.press(key);
        await page.keyboard.type(typed);
        await options.filter({ hasText: found }).waitFor();
        expect(await palette.getByRole("combobox").inputValue()).toBe(typed);
        await page.keyboard.press("Enter");
        await page.waitForURL(`${service.address}/ui${path}`);
        await palette.waitFor({ state: "detached" });
      }
      expect(faultsOf(problems)).toEqual([]);
    });
  });

  it("offers every page, chooses with the arrows, and says when nothing has the name", async () => {
    await using opened = await visit("/");
    const { page, problems } = opened;
    await page.keyboard.press("/");
    const palette = page.getByRole("dialog", { name: "Palette" });
    const input = palette.getByRole("combobox");
    const options = palette.getByRole("option");
    await expect.poll(() => options.count()).toBe(12);
    const chosen = async () => {
      const id = (await input.getAttribute("aria-activedescendant"))!;
      const option = palette.locator(`[id="${id}"]`);
      expect(await option.getAttribute("aria-selected")).toBe("true");
      return option.innerText();
    };
    await input.fill("s");
    const second = (await options.nth(1).innerText()).trim();
    await page.keyboard.press("ArrowDown");
    expect((await chosen()).trim()).toBe(second);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    expect((await chosen()).trim()).toBe((await options.last().innerText()).trim());
    await input.fill("no such thing");
    await palette.getByText("Nothing of this name").waitFor();
    expect(await input.getAttribute("aria-activedescendant")).toBe(null);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await palette.waitFor({ state: "detached" });
    expect(new URL(page.url()).pathname).toBe("/ui/");
    expect(faultsOf(problems)).toEqual([]);
  });

  it("leaves keys to whoever types, but for Ctrl-K", async () => {
    await using opened = await visit("/executions");
    const { page } = opened;
    const label = page.getByRole("textbox", { name: "Label" });
    await label.focus();
    await page.keyboard.type("/?j.n");
    expect(await label.inputValue()).toBe("/?j.n");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Palette" }).waitFor();
  });

  it("lists every key, and each does what the list says", async () => {
    await using opened = await visit("/executions");
    const { page, problems } = opened;
    await page.keyboard.press("?");
    const keys = page.getByRole("dialog", { name: "Keys" });
    await keys.waitFor();
    const listed = await keys.locator("kbd").allInnerTexts();
    expect(listed).toEqual(["Ctrl K", "/", "?", "j", "k", "Enter", ".", "n", "←", "→", "+", "-"]);
    await page.keyboard.press("Escape");
    await keys.waitFor({ state: "detached" });

    const links = page.getByRole("table", { name: "Executions" }).locator("tbody tr a");
    await links.nth(1).waitFor();
    const focused = () => page.evaluate<string>("document.activeElement.textContent");
    const [first, second] = await links.allInnerTexts();
    await page.keyboard.press("j");
    expect(await focused()).toBe(first);
    await page.keyboard.press("j");
    expect(await focused()).toBe(second);
    // There is no further row.
    await page.keyboard.press("j");
    expect(await focused()).toBe(second);
    await page.keyboard.press("k");
    expect(await focused()).toBe(first);
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${service.address}/ui/executions/${second}`);
    await page.getByRole("tab", { name: "Result" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForURL(/tab=decisions$/);
    await page.keyboard.press("n");
    await page.getByRole("heading", { level: 1, name: "New execution" }).waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });
});
