import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase("postgres");
  app = await startTestApp(database.options, { engine: { works: false } });
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

  it.each([
    ["POST", "a subscription", "subscription { executionEvents(id: 1) { __typename } }", "application/json", 406],
    ["POST", "a query", "{ __typename }", "image/png", 406],
    ["PUT", "a query", "{ __typename }", "application/json", 405],
    ["DELETE", "a query", "{ __typename }", "application/json", 405],
    ["GET", "a mutation", "mutation { cancelExecution(id: 1) { __typename } }", "application/json", 405],
  ])("refuses %s of %s (%s, Accept: %s) with a body that says why", async (method, _what, query, accept, status) => {
    const url = new URL(`${app.address}/graphql`);
    const isPost = method === "POST";
    if (!isPost) url.searchParams.set("query", query);
    const headers = { accept, ...(isPost && { "content-type": "application/json" }) };
    const response = await fetch(url, { method, headers, ...(isPost && { body: JSON.stringify({ query }) }) });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringMatching(/\w+ \w+ \w+/) }] });
  });

  it("takes a large body without listing its characters, which occupies the process for a second", async () => {
    const query = "query ($text: String) { strategy(name: $text) { name } }";
    const listed = vi.spyOn(Object, "keys");
    try {
      const response = await fetch(`${app.address}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query, variables: { text: "x".repeat(900_000) } }),
      });
      await response.text();
      expect(response.status).toBe(200);
      expect(listed.mock.results.map(({ value }) => value.length as number).filter((length) => length > 1_000)).toEqual(
        [],
      );
    } finally {
      listed.mockRestore();
    }
  });
});
