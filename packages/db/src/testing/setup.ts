import type { TestProject } from "vitest/node";
import { embeddedTemplate } from "./embedded-template.ts";
import { startPostgres } from "./postgres-server.ts";

/** What tests make their databases from: one PostgreSQL for the whole run (that of `TEST_DATABASE_URL`, or one started here) and one embedded database to copy. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  project.provide("embeddedTemplate", await embeddedTemplate());
  const given = process.env["TEST_DATABASE_URL"];
  if (given !== undefined) {
    project.provide("postgresUrl", given);
    return undefined;
  }
  const server = await startPostgres();
  project.provide("postgresUrl", server.url);
  return async () => server[Symbol.asyncDispose]();
}
