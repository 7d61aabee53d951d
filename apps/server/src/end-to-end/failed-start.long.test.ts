import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runServerToItsEnd } from "../testing/server-process.ts";

describe("a start that fails is one line: the setting, what is wrong, what to do", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "failed-start-"));
    await writeFile(join(folder, "file"), "");
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ["DATA_DIR", "file", "the path is a file: set DATA_DIR to a folder"],
    ["DATA_DIR", "file/below", "the path is a file, or leads through a file: set DATA_DIR to a folder"],
    // Node's recursive mkdir would never return.
    ["DATA_DIR", "/proc/x", "there is no such folder: set DATA_DIR to a folder that exists"],
    ["STRATEGIES_DIR", "nowhere", "there is no such folder: set STRATEGIES_DIR to a folder that exists"],
  ])("%s=%s", async (setting, value, reason) => {
    const path = value.startsWith("/") ? value : join(folder, value);
    const ended = await runServerToItsEnd([], { DATA_DIR: join(folder, "data"), [setting]: path });
    expect(ended).toEqual({ code: 1, err: `${setting}=${path}: ${reason}\n` });
  });

  it("PORT in use, and DATABASE_URL without a server", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const environment = { DATA_DIR: join(folder, "data"), PORT: String(port) };
    const ended = await runServerToItsEnd([], environment);
    taken.close();
    expect(ended.err).toBe(
      `PORT=${port}, HOST=127.0.0.1: the address is in use by another process: stop that process, or set PORT to another number\n`,
    );
    const url = `postgres://nobody@127.0.0.1:${port}/none`;
    expect((await runServerToItsEnd([], { DATABASE_URL: url })).err).toBe(
      "DATABASE_URL: nothing listens there: start PostgreSQL, or correct DATABASE_URL\n",
    );
  });
});
