import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProject, installNodes, type Project, tarballs } from "./testing/project.ts";

const versions = ["22.12.0", "24"];
const limit = { timeout: 600_000 };

describe("the command outside of the checkout", limit, () => {
  let database: TestDatabase;
  let server: Awaited<ReturnType<typeof startTestServer>>;
  let project: Project;
  let nodes: Awaited<ReturnType<typeof installNodes>>;
  beforeAll(async () => {
    database = await createTestDatabase("pglite");
    server = await startTestServer(database.options);
    const { cli } = await tarballs();
    project = await createProject([cli!]);
    nodes = await installNodes(versions);
  }, limit.timeout);
  afterAll(async () => {
    await nodes?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  describe.each(versions)("on Node %s", (version) => {
    it("runs, lists, follows and shows executions", async () => {
      const ran = await command(version, "run", "BoldAssetAllocation", "-p", "variant=BAA-G4", "--json");
      const { execution_id: id, result } = JSON.parse(ran) as { execution_id: number; result: { variant: string } };
      expect(result.variant).toBe("BAA-G4");
      expect(await command(version, "ls", "--limit", "1")).toMatch(new RegExp(`^ +${id} +completed`, "m"));
      expect(await command(version, "watch", String(id))).toMatch(/^\d+ +3 +completed/m);
      expect(await command(version, "sweep", "MovingAverageCrossover", "--axis", "short_window=5,10")).toContain(
        "completed",
      );
      expect(await command(version, "api", "getExecution", "--input", JSON.stringify({ execution_id: id }))).toContain(
        '"status":"completed"',
      );
      expect(await command(version, "callbacks", "try")).toMatch(/^recorded +delivered at \S+Z, answered with 200$/m);
      expect(await command(version, "completion", "bash")).toContain("strategy-executor");
    });

    it.each([
      ["start", "start needs a checkout of the service, or its image"],
      ["keys list", "list needs a checkout of the service, or its image"],
      [
        "secrets create",
        "create needs a checkout of the service, or its image, or use: strategy-executor api createSigningSecret",
      ],
    ])("leaves %s to the checkout", async (line, message) => {
      await expect(command(version, ...line.split(" "))).rejects.toThrow(`error: ${message}\n`);
    });
  });

  it("contains no code of the server, and has its name", async () => {
    const folder = join(project.folder, "node_modules/@strategy-executor/cli/dist");
    const { sources } = JSON.parse(await readFile(join(folder, "index.js.map"), "utf8")) as { sources: string[] };
    expect(sources.filter((source) => source.includes("apps/server"))).toEqual([]);
    expect(await project.run("strategy-executor", "--help")).toMatch(/^Usage: strategy-executor /);
  });

  function command(version: string, ...args: readonly string[]): Promise<string> {
    const environment = [`HOME=${project.folder}`, "XDG_CONFIG_HOME=", `STRATEGY_EXECUTOR_URL=${server.address}`];
    const program = join(project.folder, "node_modules/.bin/strategy-executor");
    return project.run("env", ...environment, nodes.programs[version]!, program, ...args);
  }
});
