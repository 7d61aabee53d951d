import { mkdtempDisposable, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openSecretBox } from "./secrets-key.ts";

it("keeps the key in a file that only its user can read, and opens with it what it sealed", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "secrets-key-"));
  const sealed = await openSecretBox({ dataDir: folder.path }).seal("a text", "its row");
  expect(await readdir(folder.path)).toEqual(["secrets.key"]);
  expect((await stat(join(folder.path, "secrets.key"))).mode & 0o777).toBe(0o600);
  expect(await openSecretBox({ dataDir: folder.path }).open(sealed, "its row")).toBe("a text");
});

it.each(["secrets.key", "secrets.key.new"])("makes a key where a crash left an empty %s", async (name) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "secrets-key-"));
  await writeFile(join(folder.path, name), "");
  const sealed = await openSecretBox({ dataDir: folder.path }).seal("a text", "its row");
  expect(await readdir(folder.path)).toEqual(["secrets.key"]);
  expect(await openSecretBox({ dataDir: folder.path }).open(sealed, "its row")).toBe("a text");
});

it("leaves a file alone that holds something else, and says what to do", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "secrets-key-"));
  const path = join(folder.path, "secrets.key");
  await writeFile(path, "half a k");
  const sealing = openSecretBox({ dataDir: folder.path }).seal("a text", "its row");
  await expect(sealing).rejects.toThrow(`${path} holds no key of 32 bytes in base64: restore it from a backup`);
  expect(await readFile(path, "utf8")).toBe("half a k");
});
