import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import {
  type Follow,
  followOverSse,
  followOverWebSocket,
  startServerProcess,
  startTcpProxy,
  startTestApp,
  type TcpProxy,
} from "@strategy-executor/server/testing";
import { EventSource } from "eventsource";
import { expect, it, onTestFailed, vi } from "vitest";
import { createClient } from "./index.ts";

const executions = 50;
const rounds = 3;
/** Sessions of two processes: twelve in pools, which fill on demand, four of the queue and one that listens. */
const maxSessions = 2 * 18;
/** The probability that a received event is followed by a cut. */
const cutChance = 1 / 40;
/** The delay before a subscriber reconnects. */
const retryMs = 20;

interface Seen {
  readonly execution_id: number;
  readonly number: number;
  readonly status: string;
}

/** Follows all executions at the address and resumes after each cut. First yields the start cursor. */
type Feed = (url: string) => AsyncGenerator<Seen | "begun", void, undefined>;

const feeds: Readonly<Record<string, Feed>> = {
  tRPC: overTrpc,
  "GraphQL over server-sent events": (url) => overGraphql(followOverSse, url),
  "GraphQL over WebSocket": (url) => overGraphql(followOverWebSocket, url),
};
const ways = [...Object.keys(feeds), "REST"];

describeDatabases("subscribers that are cut off at random", (create) => {
  it("receive every event once and in order, and leave nothing behind", async () => {
    const seed = Number(process.env["SEED"] ?? randomInt(2 ** 31));
    onTestFailed(() => console.error(`Repeat with SEED=${seed}`));
    const random = createRandom(seed);

    await using database = await create();
    await using world = await startWorld(database, random);
    await world.round();
    const heap = heapMb();
    for (let round = 2; round <= rounds; round += 1) {
      await world.round();
      await expect.poll(() => database.sessions(), { timeout: 60_000 }).toBeLessThanOrEqual(maxSessions);
      await expect.poll(() => heapMb() - heap, { timeout: 60_000 }).toBeLessThan(10);
    }
    for (const way of ways) expect(world.cuts.get(way), `cuts of ${way}`).toBeGreaterThan(0);
  }, 300_000);
});

interface World extends AsyncDisposable {
  /** The number of cuts per transport. */
  readonly cuts: ReadonlyMap<string, number>;
  /** Runs executions while all subscribers follow them; checks what everyone received and that no listener is left. */
  round(): Promise<void>;
}

/**
 * Starts a server in this process. On PostgreSQL a second one runs as its own process and serves half of the
 * connections; the embedded database has only one server, which is restarted instead.
 */
async function startWorld(database: TestDatabase, random: () => number): Promise<World> {
  await using stack = new AsyncDisposableStack();
  let app = await startTestApp(database.options);
  stack.defer(() => app[Symbol.asyncDispose]());
  const other = database.kind === "postgres" ? stack.use(await startServerProcess(database.options)) : null;
  const proxies = new Map<string, TcpProxy>();
  for (const way of ways) proxies.set(way, stack.use(await startTcpProxy(app.address)));
  const cuts = new Map<string, number>();

  const cutOne = () => {
    const way = ways[Math.floor(random() * ways.length)]!;
    const proxy = proxies.get(way)!;
    if (other !== null) proxy.leadTo(random() < 0.5 ? app.address : other.url);
    if (proxy.cut() > 0) cuts.set(way, (cuts.get(way) ?? 0) + 1);
  };
  const restart = async () => {
    for (const proxy of proxies.values()) {
      proxy.leadTo(null);
      proxy.cut();
    }
    const ended = app;
    await ended[Symbol.asyncDispose]();
    expect(ended.ctx.events.size).toBe(0);
    app = await startTestApp(database.options);
    for (const proxy of proxies.values()) proxy.leadTo(app.address);
  };
  const submit = async () => {
    const clients = [app.address, other?.url ?? app.address].map((url) => createClient({ url }));
    const accepted = Array.from({ length: executions }, (_, index) => {
      const client = clients[index % 2]!;
      // Most executions fail immediately: their results do not matter here.
      return index % 10 === 0
        ? client.execute("Slow", { milliseconds: 1 })
        : client.execute("Slow", { milliseconds: -1 });
    });
    return (await Promise.all(accepted)).map(({ execution_id }) => execution_id);
  };

  const allEvents = rounds * executions * 3 * ways.length;
  let untilRestart = other === null ? Math.ceil(random() * allEvents) : Infinity;

  const started = stack.move();
  return {
    cuts,
    async round() {
      const begun = Object.entries(feeds).map(([way, feed]) => ({ way, feed: feed(proxies.get(way)!.url) }));
      for (const { feed } of begun) expect((await feed.next()).value).toBe("begun");
      const ids = await submit();
      let restarted = Promise.resolve();
      const onEvent = () => {
        if (random() < cutChance) cutOne();
        if ((untilRestart -= 1) === 0) restarted = restart();
      };
      const got = new Map<string, Seen[]>(ways.map((way) => [way, []]));
      const following = begun.map(async ({ way, feed }) => {
        let open = executions;
        for await (const event of feed) {
          if (event === "begun") throw new Error("The feed began a second time");
          got.get(way)!.push(event);
          onEvent();
          if (isTerminal(event) && (open -= 1) === 0) break;
        }
      });
      const followingEach = ids.map((id) =>
        followOverRest(proxies.get("REST")!.url, id, (event) => {
          got.get("REST")!.push(event);
          onEvent();
        }),
      );
      await Promise.all([...following, ...followingEach]);
      await restarted;
      const faults = ways.flatMap((way) => faultsOf(got.get(way)!, ids).map((fault) => `${way}: ${fault}`));
      expect(faults).toEqual([]);
      await vi.waitUntil(() => app.ctx.events.size === 0, { timeout: 30_000 });
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/**
 * The faults in what a subscriber received: each execution must have events 1, 2, 3 ... once and in order, the last one
 * terminal.
 */
function faultsOf(events: readonly Seen[], ids: readonly number[]): string[] {
  const byExecution = Map.groupBy(events, ({ execution_id }) => execution_id);
  const foreign = [...byExecution.keys()].filter((id) => !ids.includes(id)).map((id) => `${id} is not ours`);
  const wrong = ids.flatMap((id) => {
    const own = byExecution.get(id) ?? [];
    const isRight =
      own.every(({ number }, index) => number === index + 1) &&
      own.findIndex(isTerminal) === own.length - 1 &&
      own.length > 0;
    return isRight ? [] : [`${id}: ${own.map(({ number, status }) => `${number} ${status}`).join(", ")}`];
  });
  return [...foreign, ...wrong];
}

function isTerminal({ status }: Seen): boolean {
  return status === "completed" || status === "failed";
}

async function* overTrpc(url: string): ReturnType<Feed> {
  for await (const update of createClient({ url, fetch: reconnectAtOnce }).executions.watchAll()) {
    yield update.kind === "start" ? "begun" : update.event;
  }
}

const feedQuery = `subscription ($after: String) { executions(after: $after) {
  ... on FeedStart { cursor }
  ... on FeedEvent { cursor event { id: executionId number status } }
  ... on DomainError { message }
} }`;

async function* overGraphql(follow: Follow, url: string): ReturnType<Feed> {
  let after: string | undefined;
  for (;;) {
    const elements = follow(url, feedQuery, { after });
    try {
      // An error means that the stream was cut.
      for (;;) {
        const next = await elements.next().catch(() => null);
        if (next === null || next.done === true) break;
        const { cursor, event, message } = next.value.data.executions;
        if (cursor === undefined) throw new Error(`Refused: ${message}`);
        after = cursor;
        yield event === undefined
          ? "begun"
          : { ...event, execution_id: Number(event.id), status: event.status.toLowerCase() };
      }
    } finally {
      await elements.return().catch(() => undefined);
    }
    await pause(retryMs);
  }
}

/** Uses EventSource, as browsers do; it reconnects with `Last-Event-ID` until the server answers 204. */
function followOverRest(url: string, id: number, onEvent: (event: Seen) => void): Promise<void> {
  const source = new EventSource(`${url}/executions/${id}/events/`, { fetch: reconnectAtOnce });
  source.addEventListener("event", ({ data }) => onEvent(JSON.parse(data) as Seen));
  return new Promise((resolve) => {
    source.addEventListener("error", () => {
      if (source.readyState === source.CLOSED) resolve();
    });
  });
}

/** Shortens the reconnect delay of three seconds, after refused connections too. */
async function reconnectAtOnce(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const isStream = new Headers(init?.headers).get("accept") === "text/event-stream";
  const response = await fetch(url, init).catch((error: unknown) => {
    if (!isStream || init?.signal?.aborted === true) throw error;
    return new Response("", { headers: { "content-type": "text/event-stream" } });
  });
  if (response.headers.get("content-type")?.startsWith("text/event-stream") !== true) return response;
  const sooner = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(`retry: ${retryMs}\n\n`)),
  });
  return new Response(response.body!.pipeThrough(sooner), response);
}

const collect = (() => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();

/** The heap size after a garbage collection. */
function heapMb(): number {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** Seeded random numbers from 0 to 1 (Marsaglia's xorshift). */
function createRandom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
