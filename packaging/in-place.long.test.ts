import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createProject } from "./testing/project.ts";

// Meanwhile the package of the checkout is what its tarball will be, so that nothing else may start: see vitest.config.ts.
it("a library comes from `npm pack` in its folder as well, which is then as before", { timeout: 600_000 }, async () => {
  const folder = new URL("../packages/callback/", import.meta.url).pathname;
  const before = await readFile(join(folder, "package.json"), "utf8");
  await using checks = await createProject([]);
  await mkdir(join(checks.folder, "packed"));
  await checks.run("npm", "pack", folder, "--pack-destination", "packed");
  await checks.run("npm", "install", "--no-audit", "--no-fund", "./packed/strategy-executor-callback-0.1.0.tgz", "zod");
  const program =
    'import("@strategy-executor/callback/contract").then((own) => console.log(typeof own.defineCallback))';
  expect(await checks.run("node", "--eval", program)).toBe("function\n");
  expect(await readFile(join(folder, "package.json"), "utf8")).toBe(before);
});
