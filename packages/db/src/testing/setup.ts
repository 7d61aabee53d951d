import type { TestProject } from "vitest/node";
import { startPostgres } from "./postgres-server.ts";

/** One PostgreSQL for the whole run: the one of `TEST_DATABASE_URL`, or one started here. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given !== undefined) {
    project.provide("postgresUrl", given);
    return undefined;
  }
  const server = await startPostgres();
  project.provide("postgresUrl", server.url);
  return async () => server[Symbol.asyncDispose]();
}
