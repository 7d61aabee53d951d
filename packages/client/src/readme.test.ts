import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { startTestApp, type TestApp } from "@strategy-executor/server/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createClient } from "./index.ts";

const folder = new URL("examples/", import.meta.url);

it("contains the examples verbatim", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const shown = [...readme.matchAll(/```(?:ts|html)\n(.*?)```/gs)].map(([, code]) => code);
  const examples = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
  expect(shown.toSorted()).toEqual(examples.toSorted());
});

describe("the example", () => {
  let database: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startTestApp(database.options);
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it("execute.ts shows what the strategy holds", async () => {
    expect(await run("execute.ts")).toEqual([expect.stringMatching(/^\d assets, worth \d+\.\d\d$/)]);
  });

  it("errors.ts distinguishes the two kinds of errors", async () => {
    expect(await run("errors.ts")).toEqual([
      expect.stringMatching(/^execution \d+ failed: Invalid short_window: 50\. Must be less than long_window$/),
      expect.stringMatching(/^NOT_FOUND: Unknown strategy: Unheard/),
    ]);
  });

  it("follow.ts shows the events and the series", async () => {
    const lines = await run("follow.ts");
    const events = lines.filter((line) => /^\d [a-z]/.test(line));
    expect(events).toEqual(["1 pending", "2 running", "3 completed"]);
    expect(lines.at(-1)).toMatch(/^\d{4}-\d\d-\d\d \d+/);
  });

  it("feed.ts shows an execution that another client submitted", async () => {
    const lines: string[] = [];
    for await (const line of start("feed.ts")) {
      if (line.startsWith("following")) await createClient({ url: app.address }).execute("BoldAssetAllocation");
      lines.push(line);
    }
    expect(lines).toEqual([
      expect.stringMatching(/^following from \d+-\d+-\d+$/),
      expect.stringMatching(/^execution \d+ returned -?\d/),
    ]);
  });

  it("sweep.ts reads the table of a sweep", async () => {
    expect(await run("sweep.ts")).toEqual([expect.stringMatching(/^sweep \d+: 6 of 6 combinations$/)]);
  });

  it("resend.ts creates a secret and sends again what failed", async () => {
    const client = createClient({ url: app.address });
    const { execution_id } = await client.execute(
      "BoldAssetAllocation",
      {},
      { callback_url: `http://127.0.0.1:${await freePort()}` },
    );
    await vi.waitUntil(async () => (await client.executions.list({ callback: "given_up" })).executions.length === 1, {
      timeout: 20_000,
    });
    expect(await run("resend.ts")).toEqual([
      expect.stringMatching(/^\w+ signs from now on: tell the receivers whsec_…$/),
      "1 callbacks of the last hour failed",
    ]);
    await vi.waitUntil(async () => (await client.executions.deliveryAttempts(execution_id)).attempts.length === 2);
    for (const { secret_id } of await client.secrets.list()) await client.secrets.end(secret_id);
  });

  it("browse.ts lists strategies, prices and executions", async () => {
    const client = createClient({ url: app.address });
    await client.executeAndWait("BoldAssetAllocation", { seed: 1.5 }).catch(() => undefined);
    const lines = await run("browse.ts");
    expect(lines).toEqual(expect.arrayContaining(["BoldAssetAllocation 1.0.0", "SPY to 2024-01-02"]));
    expect(lines.at(-1)).toMatch(/^execution \d+: Invalid s/);
  });

  it("receive.ts accepts callbacks, and refuses anything else", async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const lines: string[] = [];
    for await (const line of start("receive.ts", port)) {
      lines.push(line);
      if (line !== "listening") break;
      expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(415);
      const client = createClient({ url: app.address });
      await client.execute("BoldAssetAllocation", { variant: "BAA-SPY" }, { callback_url: url });
    }
    expect(lines[1]).toMatch(/^execution \d+ completed: worth \d+/);
  });

  function run(name: string): Promise<string[]> {
    return Array.fromAsync(start(name));
  }

  /** Runs an example against the service of this test and yields its output. Leaving the loop stops the example. */
  async function* start(name: string, port = 8888): AsyncGenerator<string> {
    const code = readFileSync(new URL(name, folder), "utf8")
      .replace("http://localhost:8000", app.address)
      .replace("8888", String(port));
    const example = spawn(process.execPath, ["--input-type=module-typescript", "--eval", code], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(example, "exit");
    try {
      yield* createInterface({ input: example.stdout });
      expect(await exited).toEqual([0, null]);
    } finally {
      example.kill();
      await exited;
    }
  }
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
