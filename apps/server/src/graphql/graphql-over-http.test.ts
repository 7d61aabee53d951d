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
  // The list of audits is known before the server starts; its address is read when they run.
  const audits = serverAudits({ url: () => `${app.address}/graphql` });

  it("runs every audit", () => {
    expect(audits.length).toBeGreaterThan(60);
  });

  it.each(audits)("$name", async ({ fn }) => {
    const result = await fn();
    expect("reason" in result ? result.reason : undefined).toBeUndefined();
    expect(result.status).toBe("ok");
  });
});
