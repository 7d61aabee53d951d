import { lockDataDir } from "@strategy-executor/db";
import { createTestDatabase, describeDatabases } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand, runCommandProcess } from "../testing/command.ts";
import { linesOf, listed, loadAndList, priceFiles } from "../testing/price-commands.ts";

let files: Awaited<ReturnType<typeof priceFiles>>;
beforeAll(async () => {
  files = await priceFiles();
});
afterAll(() => files.remove());

describeDatabases("prices, without a server", (create) => {
  it("loads and lists", async () => {
    await using database = await create();
    const prices = (...args: string[]) => runCommand("prices", database.options, args, { INIT_CWD: files.path });
    expect(await loadAndList(prices)).toEqual(listed);
  });

  it("says who holds the database when that process serves nothing", async () => {
    await using database = await createTestDatabase("pglite");
    await using _lock = await lockDataDir(database.options.dataDir!);
    expect(await runCommand("prices", database.options, ["list"])).toEqual({
      code: 1,
      out: "",
      err: `The embedded database in ${database.options.dataDir} is in use by process ${process.pid}\n`,
    });
  });
});

describe("the command", () => {
  it("loads, shows progress on standard error, and exits with 1 when it refuses", async () => {
    await using database = await createTestDatabase("postgres");
    const run = (...args: string[]) => runCommandProcess("prices", database.options, args, { INIT_CWD: files.path });
    const imported = await run("import", "two.csv");
    expect(linesOf(imported)[0]).toBe("SPY 1 rows 2020-01-02 to 2020-01-02 (new)");
    expect(imported.err).toContain("two.csv 0 % of 65 bytes");
    expect(linesOf(await runCommand("prices", database.options, ["list"]))).toHaveLength(2);
    expect(await run("import", "bad.csv")).toMatchObject({ code: 1, out: "" });
  });
});
