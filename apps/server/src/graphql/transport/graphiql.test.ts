import { readFileSync } from "node:fs";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, followOverSse } from "../../testing/graphql-client.ts";
import { startTestApp, type TestApp } from "../../testing/test-app.ts";

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

const exampleOf = (kind: string) => readFileSync(new URL(`examples/${kind}.graphql`, import.meta.url), "utf8");

describe("GraphiQL", () => {
  it("is served only to browsers, with and without the trailing slash", async () => {
    for (const path of ["/graphql", "/graphql/"]) {
      const page = await fetch(app.address + path, { headers: { accept: "text/html,*/*" }, redirect: "error" });
      expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(page.headers.get("content-security-policy")).toContain("script-src 'self';");
      const answer = await fetch(`${app.address}${path}?query={__typename}`);
      expect(await answer.json()).toMatchObject({ data: { __typename: "Query" } });
    }
  });

  it("serves everything that the page loads, under a policy that allows only its own scripts", async () => {
    const html = await (await fetch(`${app.address}/graphql`, { headers: { accept: "text/html" } })).text();
    const references = [...html.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, reference]) => String(reference));
    expect(references).toHaveLength(3);
    for (const reference of references) {
      const asset = await fetch(app.address + reference);
      expect(asset.status).toBe(200);
      const policy = asset.headers.get("content-security-policy");
      expect(policy).toContain("default-src 'none'; script-src 'self'; worker-src 'self';");
      expect(policy).not.toMatch(/unsafe-eval|https|upgrade-insecure-requests/);
      expect((await asset.text()).length).toBeGreaterThan(0);
    }
  });

  it("has examples that work", async () => {
    const feed = followOverSse(app.address, exampleOf("subscription"));
    expect((await feed.next()).value).toMatchObject({ data: { executions: { cursor: expect.any(String) } } });
    const executed = await ask(app.address, exampleOf("mutation"));
    const { executionId } = executed.data.executeStrategy;
    for await (const { data } of feed) {
      expect(data.executions.event.executionId).toBe(executionId);
      if (data.executions.event.status === "COMPLETED") break;
    }
    const { data } = await ask(app.address, exampleOf("query"));
    expect(data.executions.edges[0].node).toMatchObject({
      executionId,
      status: "COMPLETED",
      result: { finalValue: expect.any(Number), metrics: { sharpe: expect.any(Number) } },
    });
  });
});
