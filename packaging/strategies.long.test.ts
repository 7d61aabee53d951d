import { readFileSync } from "node:fs";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import { expect, it } from "vitest";
import { createProject, tarballs } from "./testing/project.ts";

const guide = readFileSync(new URL("../docs/write-a-strategy.md", import.meta.url), "utf8");
const [portfolio, momentum, breakout] = [...guide.matchAll(/```(?:ts|js)\n(.*?)```/gs)].map(([, code]) => code!);
const config = /```json\n(\{\s+"compilerOptions".*?)```/s.exec(guide)![1]!;

it(
  "checks strategies that are written outside of the checkout, and the service runs them",
  { timeout: 300_000 },
  async () => {
    const { client, core } = await tarballs();
    await using project = await createProject([client!, core!, "zod", "typescript@7.0.2"], {
      "tsconfig.json": config,
      "my-portfolio.ts": portfolio!,
      "my-dual-momentum.ts": momentum!,
      "my-breakout.js": breakout!,
      "call/run.js": `
      import { createClient } from "@strategy-executor/client";
      const client = createClient({ url: process.argv[2] });
      for (const name of ["MyPortfolio", "MyDualMomentum", "MyBreakout"])
        console.log((await client.executeAndWait(name)).strategy);
    `,
      "wrong/misspelt.ts": portfolio!.replace("universe:", "univers:"),
    });
    await expect(project.run("tsc")).rejects.toThrow(/^tsc \nwrong\/misspelt\.ts\(\d+,\d+\): error TS2561/);
    await project.run("rm", "-r", "wrong");
    expect(await project.run("tsc")).toBe("");

    await using database = await createTestDatabase("pglite");
    await using server = await startTestServer(database.options, { STRATEGIES_DIR: project.folder });
    expect(await project.run("node", "call/run.js", server.address)).toBe("MyPortfolio\nMyDualMomentum\nMyBreakout\n");
  },
);
