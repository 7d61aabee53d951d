import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { watchDiskSpace } from "./disk-space.ts";

it("reports whether less than the margin is free", async () => {
  using roomy = await watchDiskSpace(tmpdir(), 0);
  using tight = await watchDiskSpace(tmpdir(), Number.MAX_SAFE_INTEGER);
  expect([roomy.isShort, tight.isShort]).toEqual([false, true]);
});
