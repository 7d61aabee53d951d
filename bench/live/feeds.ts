import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { startServerLikeNpmStart } from "@strategy-executor/server/testing";
import type { BenchOptions, Figures } from "../bench.ts";
import { startDatabase } from "../measuring/database.ts";
import { percentile } from "../measuring/percentile.ts";
import type { LoadAnswer, LoadQuestion } from "../processes/load.ts";
import { startProcess } from "../processes/process.ts";
import { strategiesDir } from "../service/workloads.ts";

const idleFeeds = 15;
const eventsOfExecution = 3;

/**
 * Executes in bursts while nobody follows the feed over all executions, and while 15 feeds with a filter that matches nothing
 * follow it, two of each in turns. Then one feed sees everything: the time from an event's transaction to its arrival. Fails
 * unless that feed has each event of each execution once.
 */
export async function filteredFeeds({ database, quick }: BenchOptions): Promise<Figures> {
  const count = quick ? 1_000 : 5_000;
  await using stack = new AsyncDisposableStack();
  const load = stack.use(startProcess<LoadQuestion, LoadAnswer>("load"));
  const bench = stack.use(await startDatabase(database));
  const server = stack.use(await startServerLikeNpmStart(bench.options, { STRATEGIES_DIR: strategiesDir }));
  const agent = new Agent({ keepAlive: false, maxSockets: 100 });
  stack.defer(() => agent.destroy());
  const bodies = JSON.stringify({
    strategy_name: "Fixed",
    parameters: { start_date: "2024-12-02", end_date: "2024-12-31" },
  });

  /** Executions in a second, from the first submission to the end of the last. */
  const burst = async (): Promise<number> => {
    const ends = await follow(agent, server.url, { status: "completed" });
    const begun = performance.now();
    const { ids } = await load.ask({
      kind: "burst",
      url: `${server.url}/strategies/execute/`,
      bodies,
      count,
      concurrency: 32,
    });
    await ends.until(ids.length);
    const perSecond = ids.length / ((performance.now() - begun) / 1000);
    ends.close();
    if (ids.length !== count) throw new Error(`${ids.length} of ${count} were accepted`);
    return perSecond;
  };

  await burst();
  const [alone, beside]: [number[], number[]] = [[], []];
  for (let round = 0; round < 2; round += 1) {
    alone.push(await burst());
    const idle = await Promise.all(
      Array.from({ length: idleFeeds }, () => follow(agent, server.url, { strategy: "Nothing" })),
    );
    beside.push(await burst());
    const matching = idle.reduce((sum, feed) => sum + feed.events.length, 0);
    for (const feed of idle) feed.close();
    if (matching > 0) throw new Error(`${matching} events came through a filter that matches none`);
  }

  const all = await follow(agent, server.url, {});
  const { ids } = await load.ask({
    kind: "steady",
    url: `${server.url}/strategies/execute/`,
    bodies,
    perSecond: 50,
    seconds: quick ? 5 : 15,
  });
  await all.until(ids.length * eventsOfExecution);
  all.close();
  const seen = all.events.map(({ id, number }) => `${id} ${number}`).toSorted();
  const expected = ids.flatMap((id) => [1, 2, 3].map((number) => `${id} ${number}`)).toSorted();
  if (String(seen) !== String(expected)) throw new Error("The feed did not show each event once");
  const latencies = all.events.map(({ latencyMs }) => latencyMs);
  return {
    feeds_without_match: idleFeeds,
    executed_per_s_without_feeds: mean(alone),
    executed_per_s_beside_feeds: mean(beside),
    beside_to_without: mean(beside) / mean(alone),
    feed_p50_ms: percentile(latencies, 50),
    feed_p99_ms: percentile(latencies, 99),
  };
}

interface Feed {
  readonly events: readonly FeedEvent[];
  /** Resolves when so many events have come. */
  until(count: number): Promise<void>;
  close(): void;
}

interface FeedEvent {
  readonly id: number;
  readonly number: number;
  readonly latencyMs: number;
}

/** Follows the feed over tRPC; begun when it returns. */
async function follow(agent: Agent, url: string, input: object): Promise<Feed> {
  const query = encodeURIComponent(JSON.stringify(input));
  const request = get(`${url}/trpc/watchExecutions?input=${query}`, { agent });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const events: FeedEvent[] = [];
  const begun = Promise.withResolvers<void>();
  let wanted = Number.POSITIVE_INFINITY;
  let enough = () => {};
  createInterface({ input: response }).on("line", (line) => {
    const found = /"execution_id":(\d+),.*"number":(\d+),.*"at":"([^"]+)"/.exec(line);
    if (found !== null) {
      const [, id, number, at] = found;
      events.push({ id: Number(id), number: Number(number), latencyMs: Date.now() - Date.parse(at!) });
      if (events.length >= wanted) enough();
    } else if (line !== "") begun.resolve();
  });
  response.on("error", () => undefined);
  await begun.promise;
  return {
    events,
    async until(count) {
      wanted = count;
      const { promise, resolve } = Promise.withResolvers<void>();
      enough = resolve;
      if (events.length < count) await promise;
    },
    close: () => response.destroy(),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
