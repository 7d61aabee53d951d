import { startReceiver } from "@strategy-executor/core/testing";
import { describeInChromium, type OpenPage } from "@strategy-executor/docs-page/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { faultsOf, seriousFaults, type Service, settled, startService } from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;

beforeAll(async () => {
  service = stack.use(await startService());
});

afterAll(() => stack.disposeAsync());

/** An address at which nothing listens any more. */
async function closedAddress(): Promise<string> {
  await using receiver = await startReceiver();
  return receiver.url;
}

describeInChromium("the dashboard for operators", (open) => {
  const visit = async (path: string): Promise<OpenPage> => {
    const opened = await open(`${service.address}/ui${path}`);
    await settled(opened.page);
    return opened;
  };

  it("shows who runs what, what waits, and which worker has an execution", async () => {
    const { procedures } = service.client;
    const slow = { strategy_name: "Slow", parameters: { milliseconds: 600_000 } };
    const { execution_id: running } = await procedures.executeStrategy.mutate(slow);
    await using opened = await visit("/");
    const { page, problems } = opened;
    const summary = page.getByRole("region", { name: "Workers" });
    await summary.getByText(/^1 alive, /).waitFor();
    await summary.getByRole("link", { name: "Workers and queue" }).click();
    await page.waitForURL(/\/workers$/);
    const row = page.getByRole("table", { name: "Workers" }).getByRole("row").filter({ hasText: "alive" });
    await row.getByRole("link", { name: String(running), exact: true }).waitFor();
    const queue = page.getByRole("table", { name: "Queue", exact: true });
    expect(await queue.getByRole("row").count()).toBe(4);

    await row.getByRole("link", { name: String(running), exact: true }).click();
    await page.getByRole("tab", { name: "Events" }).click();
    const attempts = page.getByRole("table", { name: "Attempts of workers" }).getByRole("row");
    await attempts.filter({ hasText: "running" }).waitFor();
    await procedures.cancelExecution.mutate({ execution_id: running });
    await attempts.filter({ hasText: "cancelled" }).waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });

  it("filters callbacks by receiver and day on the server, and redelivers those alone", async () => {
    let status = 500;
    await using one = await startReceiver((res) => res.writeHead(status).end());
    await using other = await startReceiver((res) => res.writeHead(500).end());
    for (const { url } of [one, other, one]) await service.run("Slow", { milliseconds: 1 }, { callback_url: url });
    await Promise.all([one.arrived(2), other.arrived(1)]);
    await using opened = await visit("/deliveries?state=given_up");
    const { page, problems } = opened;
    const rows = page.getByRole("table", { name: "Callbacks" }).getByRole("row").filter({ hasText: "localhost" });
    await expect.poll(() => rows.count()).toBe(3);
    // A whole address is cut to its receiver.
    await page.getByRole("combobox", { name: "Receiver" }).fill(`${one.url}/somewhere`);
    await page.waitForURL(({ searchParams }) => searchParams.get("receiver") === one.url);
    await expect.poll(() => rows.count()).toBe(2);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel("Since").fill(tomorrow);
    await page.getByText("No callback matches").waitFor();
    await page.getByLabel("Since").fill("2020-01-01");
    await expect.poll(() => rows.count()).toBe(2);

    status = 200;
    await page.getByRole("button", { name: "Redeliver all that match" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("The filter matches 2 executions.").waitFor();
    await dialog.getByRole("button", { name: "Redeliver" }).click();
    await one.arrived(4);
    await page.getByText("No callback matches").waitFor();
    expect(other.received).toHaveLength(1);

    const receivers = page.getByRole("table", { name: "Receivers" });
    const known = receivers.getByRole("row").filter({ hasText: other.url });
    await known.filter({ hasText: /\d ms/ }).waitFor();
    await known.getByRole("link", { name: `Callbacks to ${other.url}` }).click();
    await page.waitForURL(({ searchParams }) => searchParams.get("receiver") === other.url);
    await expect.poll(() => rows.count()).toBe(1);
    expect(await seriousFaults(page)).toEqual([]);
    expect(faultsOf(problems)).toEqual([]);
  });

  it("sends a test callback from the form, and shows the answer", async () => {
    let status = 200;
    await using receiver = await startReceiver((res) => res.writeHead(status).end("thank you"));
    const closed = await closedAddress();
    await using opened = await visit("/new");
    const { page, problems } = opened;
    const send = page.getByRole("button", { name: "Send a test" });
    expect(await send.isDisabled()).toBe(true);
    await page.getByLabel("Callback URL").fill(receiver.url);
    await page.getByLabel("Callback format").selectOption("slack");
    await send.click();
    await page.getByText(/^The receiver answered 200 after /).waitFor();
    await page.getByRole("region", { name: "Answer" }).getByText("thank you").waitFor();
    expect(receiver.received[0]!.body).toHaveProperty("blocks");
    expect(await seriousFaults(page)).toEqual([]);
    status = 404;
    await send.click();
    await page.getByRole("alert").filter({ hasText: "The receiver answered 404" }).waitFor();
    await page.getByLabel("Callback URL").fill(closed);
    await page.waitForURL(({ searchParams }) => searchParams.get("callback") === closed);
    await send.click();
    await page.getByRole("alert").filter({ hasText: "Not delivered: " }).waitFor();
    await page.getByRole("link", { name: "Open the attempt" }).click();
    await page.getByRole("table", { name: "Attempts" }).waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });

  it("closes an exchange on a day after a confirmation, and leaves it to the rules again", async () => {
    const { procedures } = service.client;
    const day = { exchange: "XKRX", from: "2027-11-18", to: "2027-11-18" };
    await using opened = await visit("/settings");
    const { page, problems } = opened;
    const section = page.getByRole("region", { name: "Exchange calendar" });
    await section.getByRole("combobox", { name: "Exchange" }).first().selectOption("XKRX");
    await section.getByText("Asia/Seoul").waitFor();
    await section.getByLabel("Day").fill(day.from);
    await section.getByLabel("Reason").fill("a storm");
    await section.getByRole("button", { name: "Set the day" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/^XKRX, now open until 1\d:30, will be: closed\.$/).waitFor();
    expect((await procedures.getCalendar.query(day)).sessions).toHaveLength(1);
    expect(await seriousFaults(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Set the day" }).click();
    const row = section.getByRole("table").getByRole("row").filter({ hasText: "a storm" });
    await row.filter({ hasText: "closed" }).waitFor();
    expect((await procedures.getCalendar.query(day)).sessions).toEqual([]);
    await row.getByRole("button", { name: /^Follow the rules again/ }).click();
    await dialog.getByRole("button", { name: "Follow the rules again" }).click();
    await row.waitFor({ state: "detached" });
    expect((await procedures.getCalendar.query(day)).sessions).toHaveLength(1);
    expect(faultsOf(problems)).toEqual([]);
  });
});
