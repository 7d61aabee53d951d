import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const checkout = fileURLToPath(new URL("../../../..", import.meta.url));

/** Nothing listens on the port of the discard service. */
const refusing = "http://127.0.0.1:9/";

it.each([["start"], ["run", "--silent", "keys"]])("says why `npm %s` could not install", async (...command) => {
  await using clone = await freshClone();
  const { code, out, err } = await npm(clone.folder, command);
  expect(code).toBe(1);
  expect(err).toMatch(/^Installing the dependencies from http:\/\/127\.0\.0\.1:9\/ with pnpm@[\d.]+\./m);
  expect(err).toContain("ECONNREFUSED");
  expect(err).toMatch(/^The dependencies could not be installed; the reason is above\./m);
  expect(out).not.toContain("Installing");
});

it("says nothing when everything is installed", async () => {
  await using clone = await freshClone();
  await mkdir(join(clone.folder, "node_modules/.pnpm"), { recursive: true });
  await cp(join(checkout, "pnpm-lock.yaml"), join(clone.folder, "node_modules/.pnpm/lock.yaml"));
  expect(await npm(clone.folder, ["run", "--silent", "bootstrap"])).toEqual({ code: 0, out: "", err: "" });
});

/** What the commands need before anything is installed, in a folder of its own. */
async function freshClone(): Promise<{ folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "bootstrap-"));
  for (const name of ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", "scripts", "strategy-executor"]) {
    await cp(join(checkout, name), join(folder, name), { recursive: true });
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Runs npm with an empty cache, as on a machine that has installed nothing yet. */
async function npm(folder: string, args: readonly string[]) {
  const child = spawn("npm", args, {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      npm_config_registry: refusing,
      npm_config_cache: join(folder, "cache"),
      npm_config_update_notifier: "false",
      npm_config_fetch_retries: "0",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}
