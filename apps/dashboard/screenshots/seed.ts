import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient } from "@strategy-executor/client";

/** Numbers of what was made, for addresses. */
export interface Seeded {
  readonly allocation: number;
  readonly other: number;
  readonly crossover: number;
  readonly failed: number;
  readonly running: number;
  readonly sweep: number;
  readonly schedule: number;
}

/** Fills a service with something to look at, on made-up prices throughout. */
export async function seed(url: string): Promise<Seeded & AsyncDisposable> {
  const client = createClient({ url });
  const { procedures } = client;
  const receiver = createServer((request, response) => {
    request.resume();
    response.writeHead(200).end("taken");
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const callback_url = `http://localhost:${(receiver.address() as AddressInfo).port}/webhook`;
  const finished = async (strategy_name: string, parameters: object, more: object = {}): Promise<number> => {
    const { execution_id } = await procedures.executeStrategy.mutate({
      strategy_name,
      parameters: { ...parameters },
      ...more,
    });
    for await (const update of client.executions.watch(execution_id)) void update;
    return execution_id;
  };
  const tickers = ["SPY", "QQQ", "IWM", "GLD", "TLT", "BIL"];
  await client.prices.import({ csv: walks(tickers), source: "made-up.csv" });
  for (const variant of ["BAA-G12", "BAA-SPY", "BAA-G12/T3"]) await finished("BoldAssetAllocation", { variant });
  await finished("HybridAssetAllocation", {});
  const failed = await finished("BoldAssetAllocation", { variant: "INVALID" }, { callback_url });
  await finished("RsiReversion", { symbol: "QQQ" }, { callback_url: "http://localhost:9/closed" });
  const crossover = await finished(
    "MovingAverageCrossover",
    { symbol: "SPY", short_window: 20, long_window: 100 },
    { label: "golden cross, 20 over 100", callback_url },
  );
  const other = await finished("BoldAssetAllocation", { variant: "BAA-G4/T2", cost_bps: 5 });
  const allocation = await finished(
    "BoldAssetAllocation",
    { variant: "BAA-G4", cost_bps: 5 },
    { label: "BAA aggressive", callback_url },
  );
  const { execution_id: sweep } = await procedures.submitSweep.mutate({
    strategy_name: "MovingAverageCrossover",
    parameters: { symbol: "SPY" },
    grid: { axes: { short_window: { from: 5, to: 60, step: 5 }, long_window: { from: 80, to: 260, step: 20 } } },
    walk_forward: { train: 1_260, test: 504 },
    label: "crossover windows",
  });
  for await (const update of client.executions.watch(sweep)) void update;
  const schedule = await scheduled(procedures, callback_url);
  const { execution_id: running } = await procedures.executeStrategy.mutate({
    strategy_name: "Slow",
    parameters: { milliseconds: 3_600_000 },
  });
  return {
    allocation,
    other,
    crossover,
    failed,
    running,
    sweep,
    schedule,
    async [Symbol.asyncDispose]() {
      receiver.closeAllConnections();
      receiver.close();
      await once(receiver, "close");
    },
  };
}

/** Three schedules: one that has decided, one that fires daily, one that is paused. */
async function scheduled(procedures: ReturnType<typeof createClient>["procedures"], url: string): Promise<number> {
  const { schedule_id } = await procedures.createSchedule.mutate({
    name: "BAA at month end",
    strategy_name: "BoldAssetAllocation",
    parameters: { variant: "BAA-G12" },
    when: { days: "month_end" },
    callback: { url },
  });
  await procedures.createSchedule.mutate({
    name: "Crossover, each session",
    strategy_name: "MovingAverageCrossover",
    parameters: {},
    when: { days: "every_session", time: "16:30" },
  });
  const korean = await procedures.createSchedule.mutate({
    name: "월말 자산배분",
    strategy_name: "HybridAssetAllocation",
    parameters: {},
    when: { days: "month_end", exchange: "XKRX" },
  });
  await procedures.pauseSchedule.mutate({ schedule_id: korean.schedule_id, note: "until January" });
  await procedures.triggerSchedule.mutate({ schedule_id });
  const has = async (): Promise<boolean> => (await procedures.getToday.query({})).schedules.length > 0;
  while (!(await has())) await new Promise((resolve) => setTimeout(resolve, 200));
  return schedule_id;
}

/** Prices that nobody ever paid: random walks over the weekdays of ten years. */
function walks(tickers: readonly string[]): string {
  const lines = ["date,ticker,close,adj_close"];
  tickers.forEach((ticker, index) => {
    let state = 7 + index;
    const random = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    let price = 100;
    for (let day = Date.UTC(2022, 0, 3); day < Date.UTC(2026, 10, 25); day += 86_400_000) {
      const date = new Date(day);
      if (date.getUTCDay() === 0 || date.getUTCDay() === 6) continue;
      price *= 1 + (random() + random() + random() - 1.495) * 0.012;
      lines.push(`${date.toISOString().slice(0, 10)},${ticker},${price.toFixed(2)},${price.toFixed(4)}`);
    }
  });
  return `${lines.join("\n")}\n`;
}
