import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dataDirHolder, lockDataDir } from "./data-dir-lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "strategy-executor-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("refuses a second process, naming the holder and its address", async () => {
  await using lock = await lockDataDir(folder);
  await expect(lockDataDir(folder)).rejects.toThrow(`${folder} is in use by process ${process.pid}`);
  lock.publishAddress("http://localhost:8000");
  await expect(lockDataDir(folder)).rejects.toThrow("serving http://localhost:8000");
  expect(await dataDirHolder(folder)).toMatchObject({ pid: process.pid, address: "http://localhost:8000" });
});

it("lets only the directory's user connect to the holder", async () => {
  await using lock = await lockDataDir(folder);
  const { socket } = (await dataDirHolder(folder))!;
  expect((await stat(socket)).mode & 0o777).toBe(0o600);
  lock.serve((req, res) => res.end(`${req.method} ${req.url}`));
  const [answer] = (await once(get({ socketPath: socket, path: "/hello" }), "response")) as [IncomingMessage];
  expect(await text(answer)).toBe("GET /hello");
});

it("is free after a normal exit; a missing folder has no holder", async () => {
  await (await lockDataDir(folder))[Symbol.asyncDispose]();
  expect(await dataDirHolder(folder)).toBeNull();
  expect(await dataDirHolder(join(folder, "none"))).toBeNull();
  await using _lock = await lockDataDir(folder);
});

it("takes over from a process that was killed", async () => {
  const holder = await holdInAnotherProcess(folder);
  expect((await dataDirHolder(folder))?.pid).toBe(holder.pid);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  await using _lock = await lockDataDir(folder);
  expect((await dataDirHolder(folder))?.pid).toBe(process.pid);
});

it("admits exactly one of many processes after a crash", async () => {
  const holder = await holdInAnotherProcess(folder);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  const [crashed] = await readdir(folder);
  for (let round = 0; round < rounds; round += 1) {
    const starters = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataDir(folder)));
    const locks = starters.flatMap((starter) => (starter.status === "fulfilled" ? [starter.value] : []));
    expect(locks).toHaveLength(1);
    expect(await readdir(folder)).toHaveLength(1);
    // What a process leaves behind that is killed: a socket that nobody listens on.
    const [name] = await readdir(folder);
    await rename(join(folder, name!), join(folder, "kept"));
    await locks[0]?.[Symbol.asyncDispose]();
    await rename(join(folder, "kept"), join(folder, crashed!));
  }
});

it("admits exactly one of many processes that start together", async () => {
  const children = Array.from({ length: 6 }, () => startHolder(folder));
  const said = await Promise.all(
    children.map(async (child) => String(((await once(child.stdout, "data")) as [Buffer])[0]).trim()),
  );
  const winner = children.find((_, index) => said[index] === "held");
  expect(said.filter((word) => word === "held")).toHaveLength(1);
  expect(said.filter((word) => word === `in use by ${winner?.pid}`)).toHaveLength(5);
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(children.map(async (child) => child.exitCode ?? child.signalCode ?? (await once(child, "exit"))));
});

it("works below a path too long for a socket name", async () => {
  const deep = join(folder, "a".repeat(120));
  await mkdir(deep);
  await using _lock = await lockDataDir(deep);
  await expect(lockDataDir(deep)).rejects.toThrow("is in use by process");
});

it("trusts no socket outside that others could have put there", async () => {
  const deep = join(folder, "b".repeat(120));
  await mkdir(deep);
  const before = await readdir(tmpdir());
  await (await lockDataDir(deep))[Symbol.asyncDispose]();
  const isNew = (name: string) => !before.includes(name) && /^strategy-executor-[0-9a-f]{16}$/.test(name);
  const made = (await readdir(tmpdir())).find(isNew);
  const place = join(tmpdir(), made!);
  expect((await stat(place)).mode & 0o777).toBe(0o700);
  for (const make of [
    () => mkdir(place, { mode: 0o777 }).then(() => chmod(place, 0o777)),
    () => symlink(folder, place),
    () => writeFile(place, ""),
  ]) {
    await rm(place, { recursive: true });
    await make();
    const refusal = `${place}, where the lock of the data folder ${deep} has to be, is not a private folder of this user`;
    await expect(lockDataDir(deep)).rejects.toThrow(refusal);
    await expect(dataDirHolder(deep)).rejects.toThrow(refusal);
  }
  await rm(place);
});

const rounds = 3;

async function holdInAnotherProcess(dataDir: string) {
  const child = startHolder(dataDir);
  await once(child.stdout, "data");
  return child;
}

/** Says `held` once it has the directory, or who has. */
function startHolder(dataDir: string) {
  const program = `
    const { lockDataDir } = await import(${JSON.stringify(new URL("./data-dir-lock.ts", import.meta.url).href)});
    setInterval(() => {}, 1000);
    await lockDataDir(process.argv[1]).then(
      () => console.log("held"),
      (error) => console.log("in use by " + error.holder.pid),
    );`;
  return spawn(process.execPath, ["--input-type=module", "-e", program, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}
