import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newClient, type TestKey } from "../testing/api-keys.ts";
import { type Data, followOverSse, followOverWebSocket } from "../testing/graphql-client.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

/** Follows an execution, or the feed over all when `id` is null. Yields what is received as JSON text. */
interface Way {
  readonly name: string;
  readonly hasFeed: boolean;
  follow(address: string, id: number | null, apiKey: string | undefined): AsyncGenerator<string, void>;
}

const events = `subscription ($id: ID!) { executionEvents(id: $id) {
  ... on ExecutionEvent { executionId status } ... on DomainError { code message } } }`;
const feed = `subscription ($after: String) { executions(after: $after) {
  ... on FeedStart { cursor } ... on FeedEvent { event { executionId status } } ... on DomainError { code message } } }`;

const ways: readonly Way[] = [
  {
    name: "REST",
    hasFeed: false,
    follow: (address, id, apiKey) => read(`${address}/executions/${id}/events/`, apiKey),
  },
  {
    name: "tRPC",
    hasFeed: true,
    follow(address, id, apiKey) {
      const [procedure, input] = id === null ? ["watchExecutions", {}] : ["watchExecution", { execution_id: id }];
      return read(`${address}/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`, apiKey);
    },
  },
  ...[followOverSse, followOverWebSocket].map((follow) => ({
    name: follow === followOverSse ? "GraphQL over server-sent events" : "GraphQL over WebSocket",
    hasFeed: true,
    async *follow(address: string, id: number | null, apiKey: string | undefined) {
      const elements = id === null ? follow(address, feed, {}, apiKey) : follow(address, events, { id }, apiKey);
      for await (const element of elements) yield JSON.stringify(element);
    },
  })),
];

describeDatabases("streams", (create) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    database = await create();
    app = await startTestApp(database.options, { auth: "on", engine: { works: false } });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  describe.each(ways)("of $name", ({ follow, hasFeed }) => {
    it("refuse a missing key, an unusable key and a key without the scope read", async () => {
      const owner = await keyOf();
      const id = await submit(owner.key);
      const executes = await newClient(app.ctx.database.db).key(["execute"]);
      expect(await allOf(follow(app.address, id, undefined))).toMatch(/Send an API key|4401/);
      expect(await allOf(follow(app.address, id, "nonsense"))).toMatch(/unknown, revoked or expired|4401/);
      expect(await allOf(follow(app.address, id, executes.key))).toContain("the scope read");
    });

    it("answer another client that there is no such execution", async () => {
      const owner = await keyOf();
      const id = await submit(owner.key);
      const received = await allOf(follow(app.address, id, (await keyOf()).key));
      expect(received).toContain(`There is no execution ${id}`);
    });

    it("end when their key is revoked", async () => {
      const owner = await keyOf();
      const id = await submit(owner.key);
      const stream = follow(app.address, id, owner.key);
      expect((await stream.next()).value).toMatch(/pending/i);
      await owner.revoke();
      // Otherwise the stream would last as long as the execution, which outlives this test.
      await allOf(stream);
      expect(await allOf(follow(app.address, id, owner.key))).toMatch(/unknown, revoked or expired|4401/);
    });

    if (!hasFeed) return;
    it("show a client's feed only its own executions", async () => {
      const [one, other] = [await keyOf(), await keyOf()];
      const stream = follow(app.address, null, one.key);
      expect((await stream.next()).value).toContain("cursor");
      const theirs = await submit(other.key);
      const own = await submit(one.key);
      // GraphQL has ids as texts.
      const about = (id: number) => new RegExp(`:"?${id}"?,`);
      for await (const received of stream) {
        expect(received).not.toMatch(about(theirs));
        if (about(own).test(received)) break;
      }
    });
  });

  function keyOf(): Promise<TestKey> {
    return newClient(app.ctx.database.db).key(["read", "execute"]);
  }

  async function submit(apiKey: string): Promise<number> {
    const response = await fetch(`${app.address}/strategies/execute/`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${apiKey}` },
      body: JSON.stringify({ strategy_name: "Slow", parameters: { milliseconds: 600_000 } }),
    });
    return ((await response.json()) as { execution_id: number }).execution_id;
  }
});

/** Everything that is still received, and how the stream ended. */
async function allOf(stream: AsyncGenerator<string, void>): Promise<string> {
  let received = "";
  try {
    for await (const element of stream) received += element;
  } catch (error) {
    // WebSockets end with a close code, interrupted connections with an error.
    const { code, message } = error as Data;
    received += ` ${code} ${message}`;
  }
  return received;
}

async function* read(url: string, apiKey: string | undefined): AsyncGenerator<string, void> {
  const leaving = new AbortController();
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  try {
    const response = await fetch(url, { headers, signal: leaving.signal });
    let text = "";
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split("\n\n");
      text = blocks.pop() ?? "";
      yield* blocks.filter((block) => block.includes("data: {") && !block.startsWith("event: connected"));
    }
    if (text !== "") yield text;
  } finally {
    leaving.abort();
  }
}
