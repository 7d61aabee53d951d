import { expect, it } from "vitest";
import { createTestDatabase, startSwallowingProxy } from "../testing/index.ts";
import { connectDatabase } from "./connect.ts";
import { isUnavailable } from "./unavailable.ts";

it("a start whose packets are lost fails after a while", async () => {
  await using test = await createTestDatabase("postgres");
  await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
  const swallowed = proxy.swallowNext("pg_try_advisory_lock_shared");
  const failure = connectDatabase({ databaseUrl: proxy.url }).catch((error: unknown) => error);
  await swallowed;
  expect(isUnavailable(await failure)).toBe(true);
});
