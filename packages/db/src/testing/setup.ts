import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { memoryFolder } from "./memory-folder.ts";
import { startPostgres } from "./postgres-server.ts";
import { embeddedTemplate, postgresTemplate } from "./templates.ts";

/**
 * Provides one PostgreSQL for the whole run, that of `TEST_DATABASE_URL` or one started here, and a template database of each
 * kind.
 */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await using stack = new AsyncDisposableStack();
  // Applies to the test processes and to all processes that they start.
  process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(new URL("../../../../node_modules/.cache/node", import.meta.url));
  const folder = memoryFolder();
  if (folder !== null) {
    process.env["TMPDIR"] = folder;
    stack.defer(() => rm(folder, { recursive: true, force: true }));
  }
  const url = process.env["TEST_DATABASE_URL"] ?? stack.use(await startPostgres()).url;
  provide("postgresUrl", url);
  provide("postgresTemplate", stack.use(await postgresTemplate(url)).name);
  provide("embeddedTemplate", await embeddedTemplate());
  const started = stack.move();
  return () => started.disposeAsync();
}
