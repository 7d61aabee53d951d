import { startReceiver } from "@strategy-executor/core/testing";
import { describeInChromium } from "@strategy-executor/docs-page/testing";
import type { Inputs, Outputs } from "@strategy-executor/client";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cellsOf, faultsOf, savedBy, seriousFaults, type Service, settled, startService } from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;

beforeAll(async () => {
  service = stack.use(await startService());
});

afterAll(() => stack.disposeAsync());

type Schedule = Outputs["getSchedule"];

const monthEnd = { days: "month_end", exchange: "XNYS" } as const;
const read = (schedule_id: number) => service.client.procedures.getSchedule.query({ schedule_id });
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
const runs = (page: Page) => page.getByRole("table", { name: "Runs" });
const idIn = (page: Page) => Number(/\/(\d+)$/.exec(page.url())![1]);

async function create(more: Partial<Inputs["createSchedule"]> & { readonly name: string }): Promise<number> {
  const { schedule_id } = await service.client.procedures.createSchedule.mutate({
    strategy_name: "StaticAllocation",
    when: monthEnd,
    ...more,
  });
  return schedule_id;
}

describeInChromium("schedules", (open) => {
  it("begin from an example on an empty page", async () => {
    await using opened = await service.visit(open, "/schedules");
    const { page, problems } = opened;
    await page.getByRole("link", { name: "Every session at 16:30 in New York" }).click();
    await page.getByRole("heading", { level: 1, name: "New schedule" }).waitFor();
    expect(await field(page, "Days").inputValue()).toBe("every_session");
    expect(await field(page, "Time of day").inputValue()).toBe("16:30");
    expect(faultsOf(problems)).toEqual([]);
  });

  it("show their next ten fires while the rule is typed, and what is wrong with it", async () => {
    await using opened = await service.visit(open, "/schedules/new");
    const { page, problems } = opened;
    const fires = page.getByRole("list", { name: "Next fires" }).getByRole("listitem");
    const shown = async (): Promise<readonly string[]> =>
      (await fires.allInnerTexts()).map((text) => text.slice(0, 25));
    const wanted = async (when: Inputs["previewSchedule"]["when"]): Promise<readonly string[]> => {
      const preview = await service.client.procedures.previewSchedule.query({ when });
      return preview.fires.map(({ local }) => local.replace("T", " "));
    };
    await expect.poll(shown).toEqual(await wanted(monthEnd));
    expect(await fires.count()).toBe(10);
    await field(page, "Exchange").selectOption("XKRX");
    await field(page, "Days").selectOption("week_end");
    await field(page, "Time").selectOption("before");
    await field(page, "Minutes").fill("15");
    await field(page, "Sessions later").fill("-1");
    await expect
      .poll(shown)
      .toEqual(await wanted({ days: "week_end", exchange: "XKRX", offset: -1, time: { before_close: 15 } }));
    await page.getByText("15 minutes before the close on the session before the last session of every week").waitFor();
    // Before the close there is no price of the session yet.
    await page.getByRole("note").filter({ hasText: "close" }).waitFor();

    await field(page, "Rule").selectOption("cron");
    await field(page, "Cron").fill("61 7 * * *");
    await page.getByRole("note").filter({ hasText: "cron" }).waitFor();
    await field(page, "Cron").fill("0 7 1 * *");
    await field(page, "Time zone").fill("Asia/Seoul");
    await field(page, "Exchange").selectOption("");
    await expect.poll(shown).toEqual(await wanted({ cron: "0 7 1 * *", time_zone: "Asia/Seoul" }));
    expect(await seriousFaults(page)).toEqual([]);
    expect(faultsOf(problems).filter((problem) => !problem.includes("422"))).toEqual([]);
  });

  it("are created with a receiver, under a name that is not taken", async () => {
    await create({ name: "taken" });
    await using opened = await service.visit(open, "/schedules/new?days=month_end&exchange=XKRX");
    const { page, problems } = opened;
    await field(page, "Name").fill("taken");
    await page.getByRole("combobox", { name: "Strategy" }).selectOption("StaticAllocation");
    await page.getByText("Parameters", { exact: true }).click();
    await field(page, "cost_bps").fill("20000");
    await expect.poll(() => field(page, "cost_bps").getAttribute("aria-invalid")).toBe("true");
    await field(page, "cost_bps").fill("5");
    await expect.poll(() => field(page, "cost_bps").getAttribute("aria-invalid")).toBe("false");
    await field(page, "Callback URL").fill("http://localhost:9/hook");
    await field(page, "Send").selectOption("always");
    await field(page, "Smallest change").fill("0.05");
    await field(page, "Wait for prices (minutes)").fill("90");
    await field(page, "Missed fires").selectOption("all");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("alert").filter({ hasText: "is the name of another schedule" }).waitFor();
    expect(await field(page, "Name").getAttribute("aria-invalid")).toBe("true");
    await field(page, "Name").fill("free");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { level: 1, name: "free" }).waitFor();
    expect(await read(idIn(page))).toMatchObject({
      name: "free",
      strategy_name: "StaticAllocation",
      parameters: { cost_bps: 5 },
      when: { days: "month_end", exchange: "XKRX", time: { after_close: 30 }, time_zone: "Asia/Seoul" },
      prices: { wait_minutes: 90, refresh: true },
      catch_up: "all",
      callback: { url: "http://localhost:9/hook", when: "always", min_turnover: 0.05 },
    });
    expect(faultsOf(problems).filter((problem) => !problem.includes("409"))).toEqual([]);
  });

  it("keep on an edit what the form does not show, and lose a receiver that was deleted", async () => {
    const callback = { url: "http://localhost:9/hook", max_attempts: 7, min_turnover: 0.1 };
    const id = await create({
      name: "edited",
      parameters: { variant: "permanent" },
      label: "by schedule",
      priority: "low",
      prices: { refresh: false, wait_minutes: 60 },
      catch_up_hours: 24,
      callback,
    });
    const { version, label, priority, prices, catch_up, catch_up_hours, when, callback: held } = await read(id);
    await using opened = await service.visit(open, `/schedules/${id}`);
    const { page, problems } = opened;
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByRole("heading", { level: 1, name: "Edit schedule" }).waitFor();
    await field(page, "Days").selectOption("week_end");
    await page.getByText("Parameters", { exact: true }).click();
    expect(await field(page, "variant").inputValue()).toBe("permanent");
    await field(page, "variant").selectOption("all-weather");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { level: 1, name: "edited" }).waitFor();
    expect(await read(id)).toMatchObject({
      label,
      priority,
      prices,
      catch_up,
      catch_up_hours,
      callback: held,
      version: version + 1,
      when: { ...when, days: "week_end" },
      parameters: { variant: "all-weather" },
    });
    await page.getByRole("link", { name: "Edit" }).click();
    await field(page, "Callback URL").fill("");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { level: 1, name: "edited" }).waitFor();
    expect((await read(id)).callback).toBeNull();
    expect(faultsOf(problems)).toEqual([]);
  });

  it("are not overwritten by an edit of what somebody else has changed meanwhile", async () => {
    const id = await create({ name: "two editors" });
    await using opened = await service.visit(open, `/schedules/${id}`);
    const { page, problems } = opened;
    const { procedures } = service.client;
    await procedures.updateSchedule.mutate({ schedule_id: id, version: 1, when: { days: "quarter_end" } });
    // The page has read it before, but the form begins with what holds now.
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByRole("heading", { level: 1, name: "Edit schedule" }).waitFor();
    await expect.poll(() => field(page, "Days").inputValue()).toBe("quarter_end");
    await procedures.updateSchedule.mutate({ schedule_id: id, version: 2, when: { days: "year_end" } });
    await field(page, "Wait for prices (minutes)").fill("10");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").filter({ hasText: "is not the current version" }).waitFor();
    expect(await read(id)).toMatchObject({ version: 3, when: { days: "year_end" }, prices: { wait_minutes: 720 } });
    expect(faultsOf(problems).filter((problem) => !problem.includes("409"))).toEqual([]);
  });

  it("are duplicated whole, under another name", async () => {
    const more = { label: "the label", priority: "normal", catch_up: "none", catch_up_hours: 5 } as const;
    const callback = {
      url: "http://localhost:9/",
      format: "json",
      max_attempts: 3,
      when: "always",
      min_turnover: 0,
    } as const;
    const when = { cron: "0 7 1 * *", time_zone: "Asia/Seoul" };
    const id = await create({ name: "first", parameters: { symbol: "QQQ" }, when, callback, ...more });
    await using opened = await service.visit(open, `/schedules/${id}`);
    const { page, problems } = opened;
    await page.getByRole("link", { name: "Duplicate" }).click();
    await page.getByRole("heading", { level: 1, name: "New schedule" }).waitFor();
    expect(await field(page, "Name").inputValue()).toBe("first 2");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { level: 1, name: "first 2" }).waitFor();
    const copy = idIn(page);
    expect(copy).not.toBe(id);
    const whole = ({ strategy_name, parameters, when: rule, prices, callback: receiver, ...others }: Schedule) => {
      const { label, priority, catch_up, catch_up_hours } = others;
      return { strategy_name, parameters, rule, prices, receiver, label, priority, catch_up, catch_up_hours };
    };
    const original = whole(await read(id));
    expect(whole(await read(copy))).toEqual(original);
    expect(original).toMatchObject({ ...more, receiver: callback, rule: { ...when, exchange: null } });
    expect(faultsOf(problems)).toEqual([]);
  });

  it("are paused together with a note, and resumed", async () => {
    const ids = [await create({ name: "one of two" }), await create({ name: "two of two" })];
    const other = await create({ name: "another" });
    await using opened = await service.visit(open, "/schedules");
    const { page, problems } = opened;
    const row = (name: string) =>
      page.getByRole("table", { name: "Schedules" }).getByRole("row").filter({ hasText: name });
    const pause = page.getByRole("button", { name: "Pause" });
    expect(await pause.isDisabled()).toBe(true);
    for (const name of ["one of two", "two of two"])
      await page.getByRole("checkbox", { name: `Select ${name}` }).check();
    await pause.click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Note" }).fill("holidays");
    expect(await seriousFaults(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Pause" }).click();
    await dialog.waitFor({ state: "detached" });
    for (const name of ["one of two", "two of two"]) await row(name).filter({ hasText: "paused" }).waitFor();
    for (const id of ids) {
      expect(await read(id)).toMatchObject({ pause_note: "holidays", paused_at: expect.any(String), next_at: null });
    }
    expect((await read(other)).paused_at).toBeNull();
    await page.getByRole("button", { name: "Resume" }).click();
    for (const name of ["one of two", "two of two"]) await row(name).filter({ hasText: "active" }).waitFor();
    for (const id of ids) expect(await read(id)).toMatchObject({ paused_at: null, next_at: expect.any(String) });
    expect(faultsOf(problems)).toEqual([]);
  });

  it("run the past fires of a period, which leaves the current decision alone", async () => {
    const id = await create({ name: "backfilled" });
    await using opened = await service.visit(open, `/schedules/${id}`);
    const { page, problems } = opened;
    await page.getByText("It has not fired yet.").waitFor();
    await page.getByRole("button", { name: "Backfill" }).click();
    const dialog = page.getByRole("dialog", { name: "Run past fires" });
    const send = dialog.getByRole("button", { name: "Backfill" });
    expect(await send.isDisabled()).toBe(true);
    await dialog.getByLabel("From").fill("2024-03-31");
    await dialog.getByLabel("To").fill("2024-01-01");
    await send.click();
    await dialog.getByRole("alert").filter({ hasText: "is before" }).waitFor();
    await dialog.getByLabel("From").fill("2024-01-01");
    await dialog.getByLabel("To").fill("2024-03-31");
    await send.click();
    await dialog.getByText("Runs made: 3").waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Back", exact: true }).click();
    const ended = runs(page).getByRole("row").filter({ hasText: "ended" });
    await expect.poll(() => ended.count(), { timeout: 60_000 }).toBe(3);
    // 29 March was Good Friday.
    expect((await cellsOf(runs(page))).map(([, day, origin]) => [day, origin])).toEqual([
      ["Mar 28, 2024", "backfilled"],
      ["Feb 29, 2024", "backfilled"],
      ["Jan 31, 2024", "backfilled"],
    ]);
    expect((await read(id)).decision).toBeNull();
    expect(faultsOf(problems).filter((problem) => !problem.includes("422"))).toEqual([]);
  });

  it("are triggered, and say what became of each run and why", async () => {
    await using receiver = await startReceiver();
    const id = await create({ name: "told", callback: { url: receiver.url } });
    await using opened = await service.visit(open, `/schedules/${id}`);
    const { page, problems } = opened;
    const trigger = page.getByRole("button", { name: "Trigger" });
    const row = (text: string) => runs(page).getByRole("row").filter({ hasText: text });
    await trigger.click();
    await row("triggered").filter({ hasText: "changed" }).filter({ hasText: "sent" }).waitFor();
    await receiver.arrived(1);
    await page.getByRole("region", { name: "Decision" }).getByText("SPY").waitFor();
    await trigger.click();
    await row("not sent: unchanged").filter({ hasText: "The decision has not changed" }).waitFor();
    expect(receiver.received).toHaveLength(1);
    const saved = await savedBy(page.getByRole("button", { name: `CSV: runs-${id}` }));
    expect(saved[0]).toEqual([
      "Fired",
      "Trading day",
      "Origin",
      "State",
      "Reason",
      "Decision",
      "Notification",
      "Execution",
    ]);
    expect(saved.slice(1).map((cells) => cells.slice(2, 7))).toEqual([
      ["trigger", "ended", "The decision has not changed", "false", "withheld"],
      ["trigger", "ended", "", "true", "due"],
    ]);
    expect(await seriousFaults(page)).toEqual([]);
    await row("not sent: unchanged").getByRole("link").click();
    await page.waitForURL(/\/executions\/\d+$/);
    expect(faultsOf(problems)).toEqual([]);
  });

  it("wait for prices and say for which, or fail and name them", async () => {
    const parameters = { use_real_data: true, variant: "buy-and-hold", symbol: "QQQ" };
    const patient = await create({ name: "patient", parameters });
    const hasty = await create({ name: "hasty", parameters, prices: { wait_minutes: 0 } });
    await using opened = await service.visit(open, `/schedules/${patient}`);
    const { page, problems } = opened;
    await page.getByRole("button", { name: "Trigger" }).click();
    const row = runs(page).getByRole("row").nth(1);
    await row
      .filter({ hasText: "waiting" })
      .filter({ hasText: /Waits for the prices of [-\d]+: QQQ/ })
      .waitFor();
    const today = new Date().toISOString().slice(0, 10);
    await page.goto(`${service.address}/ui/schedules/${hasty}`);
    await settled(page);
    await page.getByRole("button", { name: "Trigger" }).click();
    await row.filter({ hasText: "ended" }).filter({ hasText: "The execution failed: No prices for QQQ" }).waitFor();
    await page.goto(`${service.address}/ui/schedules/${patient}`);
    await row.filter({ hasText: "waiting" }).waitFor();
    await service.client.prices.import({ ticker: "QQQ", csv: `date,close,adj_close\n2026-01-30,1,1\n${today},2,2\n` });
    await row.filter({ hasText: "ended" }).filter({ hasNotText: "failed" }).waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });

  it("pause with a note, resume, and are deleted after asking", async () => {
    const id = await create({ name: "short-lived" });
    await using opened = await service.visit(open, `/schedules/${id}`);
    const { page, problems } = opened;
    await page.getByRole("button", { name: "Pause" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Note" }).fill("for now");
    await dialog.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused: for now").waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("Paused: for now").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog", { name: "Delete this schedule?" }).getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { level: 1, name: "Schedules" }).waitFor();
    await settled(page);
    const rows = page.getByRole("table", { name: "Schedules" }).getByRole("row");
    await rows.filter({ hasText: "backfilled" }).waitFor();
    expect(await rows.filter({ hasText: "short-lived" }).count()).toBe(0);
    // What the page still asks about the deleted schedule is answered with 404.
    expect(faultsOf(problems).filter((problem) => !problem.includes("404"))).toEqual([]);
  });
});
