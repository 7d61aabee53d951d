import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { runServerToItsEnd, startWatchingServerProcess } from "../testing/server-process.ts";

const strategy = (version: string) => `
  import { z } from "zod";
  import { defineStrategy } from "@strategy-executor/core";
  export const edited = defineStrategy({
    name: "Edited", version: "${version}", description: "Holds SPY.", source: "A test", parameters: z.object({}),
    schedule: "month-end", defaultFill: "same_close", universe: () => ["SPY"], history: () => ({ months: 0 }),
    decide: () => ({ weights: { SPY: 1 }, because: "always" }),
  });
`;

it("a strategy that is edited is loaded anew", async () => {
  await using database = await createTestDatabase("pglite");
  const folder = await mkdtemp(join(tmpdir(), "strategies-"));
  const file = join(folder, "edited.ts");
  await writeFile(file, strategy("1.0.0"));
  const server = await startWatchingServerProcess(database.options, { STRATEGIES_DIR: folder });
  try {
    expect(await versionAt(server.url)).toBe("1.0.0");
    await writeFile(file, strategy("1.0.1"));
    await server.logged('"listening on', 2);
    const again = server.lines.findLast((line) => line.includes('"listening on'))!;
    expect(await versionAt((JSON.parse(again) as { address: string }).address)).toBe("1.0.1");
  } finally {
    expect(await server.end("SIGTERM")).toBe(0);
    await rm(folder, { recursive: true });
  }
});

it.each([
  ["--watch watches the folder of strategies: set STRATEGIES_DIR", {}],
  ["--watch is for development: MODE is production", { MODE: "production", STRATEGIES_DIR: tmpdir() }],
])("is refused: %s", async (message, environment) => {
  expect(await runServerToItsEnd(["--watch"], environment)).toEqual({ code: 1, err: `${message}\n` });
});

async function versionAt(address: string): Promise<unknown> {
  const response = await fetch(`${address}/strategies/Edited/`);
  return ((await response.json()) as { version: string }).version;
}
