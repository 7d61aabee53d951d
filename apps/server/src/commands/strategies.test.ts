import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { runCommand, runCommandProcess } from "../testing/command.ts";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const guide = readFileSync(new URL("../../../../docs/write-a-strategy.md", import.meta.url), "utf8");
const [portfolio, momentum, breakout] = [...guide.matchAll(/```(?:ts|js)\n(.*?)```/gs)].map(([, code]) => code!);

it("loads and runs the strategies of the guide", async () => {
  const { code, out, err } = await check({ "a.ts": portfolio!, "b.ts": momentum!, "c.js": breakout! });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.split("\n").map((line) => line.split(/\s{2,}/).slice(0, 3))).toEqual([
    ["MyPortfolio", "1.0.0", "runs"],
    ["MyDualMomentum", "1.0.0", "runs"],
    ["MyBreakout", "1.0.0", "runs"],
    [""],
  ]);
});

it("names what is refused and what fails, and ends with 1", async () => {
  const failing = portfolio!.replace('because: "a third each" })', 'because: "a third each", scores: { SPY: NaN } })');
  const { code, out, err } = await check({ "failing.ts": failing, "broken.ts": "throw new Error('boom')" });
  expect(out).toMatch(
    /^MyPortfolio {2}1\.0\.0 {2}fails {2}MyPortfolio failed on 2004-01-30: the score of SPY is not a number/,
  );
  expect({ code, err }).toEqual({ code: 1, err: "broken.ts is refused: Error: boom\n2 faults found\n" });
});

it("says when there is no folder, or nothing in it", async () => {
  const empty = await runCommand("strategies", {}, ["check", await folderOf({})]);
  expect(empty).toMatchObject({ code: 1, err: "The folder holds no strategy\n" });
  const nowhere = await runCommand("strategies", {}, ["check", "/no/such/folder"]);
  expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining("ENOENT") });
});

/** In a process of its own, because Vitest resolves imports in its own way. */
async function check(files: Readonly<Record<string, string>>) {
  return runCommandProcess("strategies", {}, ["check", await folderOf(files)]);
}

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "check-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}
