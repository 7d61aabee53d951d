import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { describeInChromium } from "@strategy-executor/docs-page/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
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

describeInChromium("GraphiQL", (open) => {
  it("runs its saved query, mutation and subscription", async () => {
    await using opened = await open(`${app.address}/graphql`);
    const { page, problems } = opened;
    const answer = page.locator(".graphiql-response");
    // The page needs a moment after each click, and offers no sign of readiness.
    const run = (example: string, expected: string) =>
      vi.waitUntil(
        async () => {
          await page.getByRole("tab", { name: example }).click();
          await page.getByRole("button", { name: "Execute query" }).click({ delay: 200 });
          return answer
            .getByText(expected)
            .first()
            .waitFor({ timeout: 2_000 })
            .then(
              () => true,
              () => false,
            );
        },
        { timeout: 30_000 },
      );
    await run("Execute", '"PENDING"');
    await run("NewestExecutions", '"BoldAssetAllocation"');
    await run("Follow", '"cursor"');
    expect(problems).toEqual([]);
  });
});
