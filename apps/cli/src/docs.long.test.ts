import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { command } from "./testing/run-cli.ts";

const page = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");
const lines = [...page.matchAll(/^```bash\n(.*?)^```$/gms)].flatMap(([, block]) => block!.trim().split("\n"));

const stack = new AsyncDisposableStack();
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  const database = stack.use(await createTestDatabase("pglite"));
  const { address } = stack.use(await startTestServer(database.options));
  const folder = await mkdtemp(join(tmpdir(), "strategy-executor-docs-"));
  stack.defer(() => rm(folder, { recursive: true }));
  await symlink(command, join(folder, "strategy-executor"));
  const { PATH, TMPDIR } = process.env;
  env = { PATH: `${folder}:${PATH}`, TMPDIR, HOME: folder, STRATEGY_EXECUTOR_URL: address };
});
afterAll(() => stack.disposeAsync());

it("the page shows commands", () => {
  expect(lines.length).toBeGreaterThan(20);
});

it.each(lines)("%s", { timeout: 60_000 }, async (line) => {
  const { stdout, stderr } = await promisify(execFile)("bash", ["-c", `set -o pipefail; ${line}`], { env });
  expect(stderr).not.toContain("error:");
  if (!line.startsWith("source") && line !== "strategy-executor today") expect(stdout).not.toBe("");
});
