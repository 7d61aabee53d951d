import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createTestDatabase, describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { describe, expect, it } from "vitest";
import { readConfig } from "../config.ts";
import { createLog } from "../observability/log.ts";
import { type RunningServer, startServer } from "../server.ts";

describeDatabases("callback:try", (create) => {
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
    const { code, stdout } = await tryCallback("--url", server.address!, "--parameters", parameters);
    expect(code).toBe(0);
    const failure = "failed: Unknown variant: INVALID. Available variants: BAA-G12";
    expect(stdout.split("\n")).toContainEqual(expect.stringContaining(`status     ${failure}`));
    expect(stdout.split("\n")).toContainEqual(expect.stringContaining(`callback   ${failure}`));
  });

  it("prints the whole as JSON", async () => {
    await using database = await create();
    await using server = await serve(database);
    const { code, stdout } = await tryCallback("--url", server.address!, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      submission: { strategy_name: "BoldAssetAllocation", parameters: {} },
      accepted: { execution_id: 1, status: "pending" },
      callback: { execution_id: 1, status: "completed", result: { portfolio: { mode: expect.any(String) } } },
      recorded: { sent: true, attempts: 1, response: { status_code: 200, response_text: expect.any(String) } },
    });
  });
});

describe("callback:try without a callback", () => {
  it("says that no server answers, and how to start one", async () => {
    const other = await startOther();
    await other[Symbol.asyncDispose]();
    const { url } = other;
    const { code, stderr } = await tryCallback("--url", url);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `No server answers at ${url} (ECONNREFUSED). Start one with: npm start\n`,
    });
  });

  it("says that the address belongs to another program", async () => {
    await using other = await startOther();
    const { code, stderr } = await tryCallback("--url", other.url);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `${other.url}/strategies/execute/ answered 404: it may be another program's\n`,
    });
  });

  it("says why a submission was refused", async () => {
    await using database = await createTestDatabase("postgres");
    await using server = await serve(database);
    const { code, stderr } = await tryCallback("--url", server.address!, "--strategy", "Nothing");
    expect(code).toBe(1);
    expect(stderr).toMatch(/ answered 404: Unknown strategy: Nothing\. Available strategies: .*\n$/);
  });

  it("gives up after the timeout and reports the status of the execution", async () => {
    await using database = await createTestDatabase("postgres");
    await using server = await serve(database, { ROLE: "api" });
    const { code, stderr } = await tryCallback("--url", server.address!, "--timeout", "0.5");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "No callback came within 0.5 s; the execution is pending\n",
    });
  });

  it.each([
    ["--parameters", "[1]", "Give a JSON object"],
    ["--parameters", "{variant}", "Give a JSON object"],
    ["--timeout", "soon", "Give a number of seconds"],
    ["--url", "localhost:8000", "Give an http or https URL"],
  ])("refuses %s %s", async (option, value, reason) => {
    const { code, stderr } = await tryCallback(option, value);
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
  });
});

function serve({ options }: TestDatabase, environment: Record<string, string> = {}): Promise<RunningServer> {
  const config = readConfig({
    PORT: "0",
    COMPUTE_THREADS: "1",
    DATABASE_URL: options.databaseUrl,
    DATA_DIR: options.dataDir,
    ...environment,
  });
  return startServer(config, createLog("silent"));
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

function tryCallback(...options: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = fileURLToPath(new URL("callback-try.ts", import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...options], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
