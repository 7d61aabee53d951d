import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../testing/command.ts";
import { listed, loadAndList, priceFiles, tidy } from "../testing/price-commands.ts";
import { startTestServer } from "../testing/test-server.ts";

let files: Awaited<ReturnType<typeof priceFiles>>;
beforeAll(async () => {
  files = await priceFiles();
});
afterAll(() => files.remove());

describe("prices, with a server on the embedded database", () => {
  it("loads and lists through the server", async () => {
    await using database = await createTestDatabase("pglite");
    await using server = await startTestServer(database.options);
    const prices = (...args: string[]) => runCommand("prices", database.options, args, { INIT_CWD: files.path });
    expect(await loadAndList(prices)).toEqual(listed);
    const held = (await (await fetch(`${server.address}/prices/`)).json()) as { prices: unknown[] };
    expect(held.prices).toContainEqual({
      ticker: "QQQ",
      first_day: "2020-01-06",
      last_day: "2020-01-06",
      rows: 1,
      source: "yahoo",
      exchange: "XNYS",
      bars: ["open", "high", "low", "volume"],
      sessions_behind: expect.any(Number),
      warnings: [],
    });
  });

  it("reports why a large file is refused although the server stops reading it", async () => {
    await using database = await createTestDatabase("pglite");
    await using server = await startTestServer(database.options, { PRICES_MAX_MB: "5" });
    const inFolder = { INIT_CWD: files.path };
    const row = `2020-01-02,SPY,,5\n`;
    await writeFile(join(files.path, "large-bad.csv"), tidy + row.repeat(800_000));
    const bad = await runCommand("prices", database.options, ["import", "large-bad.csv"], inFolder);
    expect(bad.err).toContain("\nlarge-bad.csv, line 3: SPY has 2020-01-02 twice\n");
    await writeFile(join(files.path, "too-large.csv"), `${tidy}${" ".repeat(20_000_000)}${row}`);
    const tooLarge = await runCommand("prices", database.options, ["import", "too-large.csv"], inFolder);
    expect(tooLarge.err).toContain("\ntoo-large.csv is larger than 5000000 bytes\n");
    expect((await fetch(`${server.address}/healthz`)).status).toBe(200);
  });
});
