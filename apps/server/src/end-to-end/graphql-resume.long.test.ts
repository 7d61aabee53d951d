import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { startServerProcess } from "../testing/server-process.ts";

const page = readFileSync(new URL("../../../../docs/api-usage.md", import.meta.url), "utf8");
const program = /### Resume a subscription[^]*?```js\n([^]*?)```/.exec(page)?.[1] ?? "";

it("the program that docs/api-usage.md resumes a subscription with sees each event once, though the server is killed", async () => {
  await using database = await createTestDatabase("pglite");
  const started = await startServerProcess(database.options);
  const { port } = new URL(started.url);
  const id = await submit(started.url);
  const code = program.replace("ws://localhost:8000", `ws://localhost:${port}`).replace('id: "4"', `id: "${id}"`);
  expect(code).toContain(`id: "${id}"`);
  // Packages are found from the working directory.
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const output = createInterface(child.stdout);
  const isRunning = Promise.withResolvers<void>();
  output.on("line", (line) => {
    lines.push(line);
    if (line === "2 RUNNING") isRunning.resolve();
  });
  const ended = new Promise<number | null>((resolve) => void child.on("close", resolve));
  await isRunning.promise;
  await started.end("SIGKILL");
  await using _again = await startServerProcess(database.options, { PORT: port });
  expect(await ended).toBe(0);
  // The second attempt is an event of its own.
  expect(lines).toEqual(["1 PENDING", "2 RUNNING", "3 RUNNING", "4 COMPLETED"]);
});

async function submit(address: string): Promise<number> {
  const response = await fetch(`${address}/strategies/execute/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ strategy_name: "Slow", parameters: { milliseconds: 8_000 } }),
  });
  return ((await response.json()) as { execution_id: number }).execution_id;
}
