import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase("postgres");
  app = await startTestApp(database.options);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe("GraphQL over HTTP", () => {
  // What they ask for is known before there is a server; where it is, only when they run.
  const audits = serverAudits({ url: () => `${app.address}/graphql` });

  it("is audited in full", () => {
    expect(audits.length).toBeGreaterThan(60);
  });

  it.each(audits)("$name", async ({ fn }) => {
    const result = await fn();
    expect("reason" in result ? result.reason : undefined).toBeUndefined();
    expect(result.status).toBe("ok");
  });
});
