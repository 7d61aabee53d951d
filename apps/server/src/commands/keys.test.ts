import { lockDataDir, type ConnectOptions } from "@strategy-executor/db";
import { createTestDatabase, describeDatabases } from "@strategy-executor/db/testing";
import { describe, expect, it, vi } from "vitest";
import { type Finished, runCommand, runCommandProcess } from "../testing/command.ts";
import { startTestServer } from "../testing/test-server.ts";

const day = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;

/** Runs the same steps directly and through a server. Returns a key that is valid. */
async function makeListAndRevoke(database: ConnectOptions): Promise<string> {
  const keys = (...args: string[]) => runCommand("keys", database, args);
  expect(linesOf(await keys("list"))).toEqual(["There are no keys: npm run keys -- create NAME"]);

  const first = await keys("create", "dashboard");
  const key = linesOf(first)[0]!;
  expect(first.out).toBe(`${key}\n`);
  expect(key).toMatch(/^sx_[0-9a-f]{8}_[0-9a-f]{64}$/);
  const prefix = key.slice(0, 11);
  expect(first.err).toBe(`${prefix} of dashboard allows read, execute and never expires. It is shown only once.\n`);
  const second = await keys("create", "admin@example.com", "--scopes", "admin", "--expires", "30");
  expect(second.err).toContain("of admin@example.com allows admin and expires in 30 days.");
  const otherPrefix = second.out.slice(0, 11);

  expect(linesOf(await keys("revoke", otherPrefix.slice(3)))).toEqual([
    `${otherPrefix} of admin@example.com is revoked`,
  ]);
  expect(await keys("revoke", "sx_ffffffff")).toEqual({ code: 1, out: "", err: "There is no key sx_ffffffff\n" });
  const listed = linesOf(await keys("list"));
  expect(listed).toEqual([
    expect.stringMatching(new RegExp(`^${prefix}  dashboard +read,execute  made ${day}  never expires +never used$`)),
    expect.stringMatching(
      new RegExp(`^${otherPrefix}  admin@example.com  admin +made ${day}  revoked ${day}  never used$`),
    ),
  ]);
  expect(listed.join("\n")).not.toContain(key.slice(12));
  return key;
}

describeDatabases("keys, without a server", (create) => {
  it("are made, listed and revoked", async () => {
    await using database = await create();
    expect(await makeListAndRevoke(database.options)).toContain("_");
  });

  it("are refused when their options are invalid", async () => {
    await using database = await create();
    for (const args of [["a b"], ["x", "--scopes", "write"], ["x", "--scopes", ""], ["x", "--expires", "soon"]]) {
      const refused = await runCommand("keys", database.options, ["create", ...args]);
      expect(refused).toMatchObject({ code: 1, out: "" });
      expect(refused.err).toContain("error: ");
    }
  });
});

describe("the command", () => {
  it("prints only the key and exits with 0, or with 1 when it refuses", async () => {
    await using database = await createTestDatabase("postgres");
    const run = (...args: string[]) => runCommandProcess("keys", database.options, args);
    const [made, unknown] = await Promise.all([run("create", "me"), run("revoke", "sx_0")]);
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^sx_[0-9a-f]{8}_[0-9a-f]{64}\n$/) });
    expect(made.err).toMatch(/^sx_[0-9a-f]{8} of me allows /);
    expect(unknown).toEqual({ code: 1, out: "", err: "There is no key sx_0\n" });
  });

  it("refuses a misspelt subcommand", async () => {
    const misspelt = await runCommand("keys", {}, ["mak"]);
    expect(misspelt).toMatchObject({ code: 1, out: "", err: expect.stringContaining("unknown command 'mak'") });
  });
});

describe("keys, with a server on the embedded database", () => {
  it("are made and revoked through it without a key, and prices are loaded likewise", async () => {
    await using database = await createTestDatabase("pglite");
    await using server = await startTestServer(database.options, { AUTH: "on" });
    await expect.poll(() => server.lines.join("")).toContain("there is no usable API key");
    const key = await makeListAndRevoke(database.options);
    const status = async () =>
      (await fetch(`${server.address}/prices/`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect(await status()).toBe(200);
    const list = async () => linesOf(await runCommand("keys", database.options, ["list"]))[0];
    await vi.waitUntil(async () => new RegExp(`last used ${day}$`).test((await list()) ?? ""), { timeout: 30_000 });

    expect((await runCommand("prices", database.options, ["list"])).out).toContain("No prices are held");
    expect(linesOf(await runCommand("keys", database.options, ["revoke", key.slice(0, 11)]))).toHaveLength(1);
    await vi.waitUntil(async () => (await status()) === 401, { timeout: 20_000 });

    // The routes that the command uses are not reachable over the network.
    expect((await fetch(`${server.address}/keys`)).status).toBe(404);
    expect(server.lines.join("\n")).not.toContain(key.slice(12));
  });

  it("say who holds the database when that process serves nothing", async () => {
    await using database = await createTestDatabase("pglite");
    await using _lock = await lockDataDir(database.options.dataDir!);
    expect(await runCommand("keys", database.options, ["list"])).toMatchObject({
      code: 1,
      err: `The embedded database in ${database.options.dataDir} is in use by process ${process.pid}\n`,
    });
  });
});

/** The output of a command that must succeed. */
function linesOf({ code, out, err }: Finished): string[] {
  if (code !== 0) throw new Error(`keys ended with ${code}: ${err}`);
  return out.trimEnd().split("\n");
}
