import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestDatabase, describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import { describe, expect, it } from "vitest";
import { run } from "../../testing/run-cli.ts";

describeDatabases("callbacks try", (create) => {
  it("summarizes the acceptance, the status, the callback and its delivery", async () => {
    await using database = await create();
    await using server = await serve(database);
    const { code, stdout, stderr } = await tryCallback("--url", `${server.address}/`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^submitted +BoldAssetAllocation \{\}, callback to http:\/\/localhost:\d+\/callback$/m);
    expect(stdout).toMatch(/^accepted +execution 1$/m);
    expect(stdout).toMatch(/^status +completed$/m);
    expect(stdout).toMatch(/^callback +completed, final value \d+\.\d\d, return \d+\.\d\d %$/m);
    expect(stdout).toMatch(/^recorded +delivered at \S+Z, answered with 200$/m);
  });

  it("summarizes the callback of an execution that failed", async () => {
    await using database = await create();
    await using server = await serve(database);
    const parameters = JSON.stringify({ variant: "INVALID" });
    const { code, stdout } = await tryCallback("--url", server.address, "--parameters", parameters);
    expect(code).toBe(0);
    const failure = "failed: Unknown variant: INVALID. Available variants: BAA-G12";
    expect(stdout.split("\n")).toContainEqual(expect.stringContaining(`status     ${failure}`));
    expect(stdout.split("\n")).toContainEqual(expect.stringContaining(`callback   ${failure}`));
  });

  it("prints the whole as JSON", async () => {
    await using database = await create();
    await using server = await serve(database);
    const { code, stdout } = await tryCallback("--url", server.address, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      submission: { strategy_name: "BoldAssetAllocation", parameters: {} },
      accepted: { execution_id: 1, status: "pending" },
      callback: { execution_id: 1, status: "completed", result: { portfolio: { mode: expect.any(String) } } },
      recorded: { sent: true, attempts: 1, response: { status_code: 200, response_text: expect.any(String) } },
    });
  });
});

describe("callbacks try without a callback", () => {
  it("says that no server answers, and how to start one", async () => {
    const other = await startOther();
    await other[Symbol.asyncDispose]();
    const { url } = other;
    const { code, stderr } = await tryCallback("--url", url);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: `error: No server answers at ${url} (ECONNREFUSED). Start one with: npm start\n`,
    });
  });

  it("says that the address belongs to another program", async () => {
    await using other = await startOther();
    const { code, stderr } = await tryCallback("--url", other.url);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: `error: ${other.url} does not answer as the strategy executor does\n`,
    });
  });

  it("says why a submission was refused", async () => {
    await using database = await createTestDatabase("postgres");
    await using server = await serve(database);
    const { code, stderr } = await tryCallback("--url", server.address, "--strategy", "Nothing");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: Unknown strategy: Nothing\. Available strategies: .*\n$/);
  });

  it("gives up after the timeout and reports the status of the execution", async () => {
    await using database = await createTestDatabase("postgres");
    await using server = await serve(database, { ROLE: "api" });
    const { code, stderr } = await tryCallback("--url", server.address, "--timeout", "0.5");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "error: No callback came within 0.5 s; the execution is pending\n",
    });
  });

  it.each([
    ["--parameters", "[1]", "--parameters is not a JSON object"],
    ["--parameters", "{variant}", "--parameters is not a JSON object"],
    ["--timeout", "soon", "Give"],
    ["--url", "localhost:8000", "Give"],
  ])("refuses %s %s", async (option, value, reason) => {
    const { code, stderr } = await tryCallback(option, value);
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
  });
});

function serve({ options }: TestDatabase, environment: Record<string, string> = {}) {
  return startTestServer(options, environment);
}

/** Some other HTTP server. */
async function startOther(): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((_req, res) => res.writeHead(404).end("<h1>Nothing here</h1>")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function tryCallback(...options: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { code, out: stdout, err: stderr } = await run(["callbacks", "try", ...options]);
  return { code, stdout, stderr };
}
