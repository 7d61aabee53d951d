import { readFileSync } from "node:fs";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProject, type Project } from "./testing/project.ts";

const limit = { timeout: 600_000 };

describe("clients that are generated from the documents of a running service", limit, () => {
  let database: TestDatabase;
  let server: Awaited<ReturnType<typeof startTestServer>>;
  let project: Project;
  beforeAll(async () => {
    database = await createTestDatabase("pglite");
    server = await startTestServer(database.options);
    const programs = ["openapi-fetch.ts", "hey-api.ts", "graphql-client.ts"];
    // A page before the one of each client.
    await fetch(`${server.address}/strategies/execute/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ strategy_name: "Slow", parameters: { milliseconds: 1 } }),
    });
    project = await createProject(
      [
        "openapi-typescript@7.13.0",
        "openapi-fetch@0.17.0",
        "@hey-api/openapi-ts@0.99.0",
        "@graphql-codegen/cli@7.4.3",
        "@graphql-codegen/client-preset@6.2.0",
        "@graphql-typed-document-node/core@3.2.0",
        "graphql@16.15.0",
        "typescript@5.9.3",
        "@types/node@24",
      ],
      Object.fromEntries([
        ...programs.map((name) => [name, readFileSync(new URL(`testing/generated/${name}`, import.meta.url), "utf8")]),
        ["tsconfig.json", JSON.stringify({ compilerOptions, files: programs })],
        ["openapi-ts.config.ts", heyConfig(server.address)],
        ["codegen.json", codegenConfig(server.address)],
      ]) as Record<string, string>,
    );
  }, limit.timeout);
  afterAll(async () => {
    await project?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  const results = {
    status: "completed",
    strategy: "BoldAssetAllocation",
    pages: [1, 1],
    fields: ["label"],
  };

  it("are generated without a warning, and their types hold", async () => {
    for (const line of [
      "openapi-typescript ADDRESS/openapi.json -o rest.ts",
      "openapi-ts",
      "graphql-codegen --config codegen.json",
    ]) {
      const [program, ...args] = line.replace("ADDRESS", server.address).split(" ");
      // Both outputs, because warnings may go to either.
      const said = await project.run("sh", "-c", '"$@" 2>&1', "sh", program!, ...args);
      expect(said).not.toMatch(/warn|deprecat|error|⚠|invalid|unsupported/i);
    }
    expect(await project.run("tsc")).toBe("");
  });

  it("by openapi-typescript submit, read, list, page and get typed errors", async () => {
    expect(await run("openapi-fetch.ts")).toEqual({ ...results, missing: 404 });
  });

  it("by @hey-api/openapi-ts do so too, and follow an execution", async () => {
    expect(await run("hey-api.ts")).toEqual({ ...results, missing: 404, followed: true });
  });

  it("by GraphQL Code Generator do so too", async () => {
    expect(await run("graphql-client.ts")).toEqual({ ...results, missing: "not_found" });
  });

  async function run(program: string): Promise<unknown> {
    const flag = "--disable-warning=ExperimentalWarning";
    return JSON.parse(await project.run(process.execPath, flag, program, server.address)) as unknown;
  }
});

const compilerOptions = {
  strict: true,
  noEmit: true,
  target: "esnext",
  module: "nodenext",
  allowImportingTsExtensions: true,
  skipLibCheck: true,
};

const heyConfig = (address: string) => `
  import { defineConfig } from "@hey-api/openapi-ts";
  export const config = { input: "${address}/openapi.json", output: { path: "hey", module: { extension: ".ts" } } };
  export default defineConfig(config);
`;

const codegenConfig = (address: string) =>
  JSON.stringify({
    schema: `${address}/graphql`,
    importExtension: ".ts",
    documents: "graphql-client.ts",
    generates: { "./gql/": { preset: "client", config: { useTypeImports: true, enumType: "string-literal" } } },
  });
