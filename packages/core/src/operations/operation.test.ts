import { createTestDatabase } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { executeStrategy, listExecutions } from "./index.ts";
import { startService } from "../testing/service.ts";

it("takes no work without room on the embedded database's disk, and still answers questions", async () => {
  await using test = await createTestDatabase("pglite");
  const full = { ...test.options, diskMarginBytes: Number.MAX_SAFE_INTEGER };
  await using service = await startService(full, { works: false });
  const refused = executeStrategy.call(service.ctx, { strategy_name: "BoldAssetAllocation" });
  await expect(refused).rejects.toMatchObject({ code: "unavailable" });
  expect(await listExecutions.call(service.ctx, {})).toEqual({ executions: [], next_cursor: null });
});
