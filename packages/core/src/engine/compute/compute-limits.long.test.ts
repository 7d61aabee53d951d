import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { describe, expect, it } from "vitest";
import { submitSweep } from "../../operations/index.ts";
import { startReceiver } from "../../testing/receiver.ts";
import { startService } from "../../testing/service.ts";
import { stopsTheHungry } from "../../testing/stops-the-hungry.ts";

const strategiesDir = fileURLToPath(new URL("../../testing/strategies", import.meta.url));

describe("executions that exceed the memory limit", () => {
  stopsTheHungry(["objects", "array", "map", "typed", "shared"], ["objects", "typed", "shared"]);
});

describe("executions that exceed a limit", () => {
  it("are stopped as a sweep while their module still loads", async () => {
    await using test = await createTestDatabase("postgres");
    await using folder = await mkdtempDisposable(join(tmpdir(), "limits-"));
    const text = await readFile(join(strategiesDir, "endless.ts"), "utf8");
    const loops = `import { isMainThread } from "node:worker_threads";\nif (!isMainThread) for (;;);\n`;
    await writeFile(join(folder.path, "endless.ts"), loops + text);
    await using strict = await startService(test.options, { strategiesDir: folder.path, executionTimeoutMs: 300 });
    await using receiver = await startReceiver();
    await submitSweep.call(strict.ctx, {
      strategy_name: "Endless",
      grid: { axes: { initial_capital: [1_000, 2_000] } },
      callback_url: receiver.url,
    });
    await receiver.arrived(1);
    expect(receiver.received[0]?.body).toMatchObject({
      status: "failed",
      error_message: "Time limit of 0.3 s for a part exceeded",
    });
  });
});
