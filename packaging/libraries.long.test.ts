import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createTestDatabase, freePort, type TestDatabase } from "@strategy-executor/db/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProject, installNodes, type Project, tarballs } from "./testing/project.ts";

// Packing, and several downloads of Node.
const majors = ["20", "22", "24"];
const limit = { timeout: 600_000 };

describe("the libraries outside of the checkout", limit, () => {
  let database: TestDatabase;
  let server: Awaited<ReturnType<typeof startTestServer>>;
  let project: Project;
  let nodes: Awaited<ReturnType<typeof installNodes>>;
  beforeAll(async () => {
    database = await createTestDatabase("pglite");
    server = await startTestServer(database.options);
    const { callback, client, core } = await tarballs();
    project = await createProject(
      [callback!, client!, core!, "zod", "typescript@5.9.3", "typescript-7@npm:typescript@7.0.2"],
      {
        ...programs,
        "run.js": readFileSync(new URL("../examples/node/run.js", import.meta.url), "utf8"),
        ...typed,
      },
    );
    nodes = await installNodes(majors);
  }, limit.timeout);
  afterAll(async () => {
    await nodes?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  it.each(majors)("execute, follow and receive on Node %s", async (major) => {
    const node = nodes.programs[major]!;
    expect(await project.run(node, "--version")).toMatch(new RegExp(`^v${major}\\.`));
    expect(JSON.parse(await project.run(node, "execute.js", server.address))).toEqual({
      variant: "BAA-G4",
      seen: ["pending", "running", "completed"],
      failed: "Unknown variant: INVALID. Available variants: BAA-G12, BAA-G4, BAA-G12/T3, BAA-G4/T2, BAA-SPY",
      refused: "NOT_FOUND",
      received: "completed",
    });
    expect((await project.run(node, "run.js", server.address)).split("\n")).toEqual([
      expect.stringMatching(/^execution \d+ pending$/),
      expect.stringMatching(/^execution \d+ running$/),
      expect.stringMatching(/^execution \d+ completed$/),
      expect.stringMatching(/^worth \d+\.\d\d, return -?\d+\.\d\d %$/),
      "",
    ]);
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const message = `\nNo service answers at ${nowhere} (ECONNREFUSED)\n`;
    await expect(project.run(node, "run.js", nowhere)).rejects.toThrow(message);
    expect(JSON.parse(await project.run(node, "callback.js"))).toEqual({
      delivered: 200,
      received: { paid: true },
      forged: 401,
      strategy: "MyPortfolio",
    });
  });

  it("have types, which need nothing of the server", async () => {
    expect(await project.run("tsc", "-p", "browser")).toBe("");
    await project.run("npm", "install", "--no-audit", "--no-fund", "@types/node@20");
    expect(await project.run("tsc", "-p", "node")).toBe("");
    expect(await project.run(process.execPath, "node_modules/typescript-7/bin/tsc", "-p", "node")).toBe("");
  });

  it("install none of the server's packages", async () => {
    const listed = JSON.parse(await project.run("npm", "ls", "--all", "--json")) as { dependencies: Tree };
    const names = new Set(namesOf(listed.dependencies));
    for (const foreign of ["express", "drizzle-orm", "postgres", "pg-boss", "@electric-sql/pglite", "graphql"])
      expect(names).not.toContain(foreign);
    for (const name of ["callback", "client", "core"]) {
      const folder = join(project.folder, "node_modules/@strategy-executor", name);
      const manifest = await readFile(join(folder, "package.json"), "utf8");
      expect(manifest).not.toMatch(/workspace:|catalog:|"private"/);
      expect(await readFile(join(folder, "LICENSE"), "utf8")).toContain("Apache License");
    }
  });
});

it("pass publint and arethetypeswrong", limit, async () => {
  await using checks = await createProject(["publint@0.3.25", "@arethetypeswrong/cli@0.18.5"]);
  for (const tarball of Object.values(await tarballs())) {
    expect(await checks.run("publint", "--strict", tarball)).toContain("All good!");
    // They are modules, which CommonJS can only import.
    await checks.run("attw", tarball, "--profile", "esm-only");
  }
});

interface Tree {
  readonly [name: string]: { readonly dependencies?: Tree };
}

function namesOf(tree: Tree): string[] {
  return Object.entries(tree).flatMap(([name, { dependencies = {} }]) => [name, ...namesOf(dependencies)]);
}

const programs = {
  "execute.js": `
    import { createServer } from "node:http";
    import { once } from "node:events";
    import { createClient, ExecutionFailedError, isRefused } from "@strategy-executor/client";
    import { createExecutionReceiver, toNodeHandler } from "@strategy-executor/client/callbacks";

    const client = createClient({ url: process.argv[2] });
    const seen = [];
    const onUpdate = (update) => update.kind === "event" && seen.push(update.event.status);
    const { variant } = await client.executeAndWait("BoldAssetAllocation", { variant: "BAA-G4" }, { onUpdate });
    const failed = await client.executeAndWait("BoldAssetAllocation", { variant: "INVALID" }).catch((error) => error);
    if (!(failed instanceof ExecutionFailedError)) throw failed;
    const refused = await client.execute("Unheard").catch((error) => error);
    if (!isRefused(refused)) throw refused;

    const { promise, resolve } = withResolvers();
    const handle = ({ payload }) => resolve(payload.status);
    const receiver = createServer(toNodeHandler(createExecutionReceiver({ secrets: null, handled: new Set(), handle })));
    await once(receiver.listen(0, "127.0.0.1"), "listening");
    const callback_url = \`http://127.0.0.1:\${receiver.address().port}/\`;
    await client.execute("BoldAssetAllocation", {}, { callback_url });
    const received = await promise;
    receiver.close();
    console.log(JSON.stringify({ variant, seen, failed: failed.message, refused: refused.data.code, received }));

    function withResolvers() {
      let resolve;
      const promise = new Promise((settle) => (resolve = settle));
      return { promise, resolve };
    }
  `,
  "callback.js": `
    import { createServer } from "node:http";
    import { once } from "node:events";
    import { createDeliverer, createSigningSecret } from "@strategy-executor/callback";
    import { defineCallback, preparePayload } from "@strategy-executor/callback/contract";
    import { createReceiver, toNodeHandler } from "@strategy-executor/callback/receive";
    import { defineStrategy, spread } from "@strategy-executor/core/strategy";
    import { z } from "zod";

    const secret = createSigningSecret();
    const invoicePaid = defineCallback({
      name: "invoice_paid",
      summary: "Sent when the customer has paid",
      address: "{$request.query.callback_url}",
      requestBody: z.object({ paid: z.boolean() }),
      responses: { "2XX": { description: "Noted" } },
    });
    let received;
    const handle = ({ payload }) => void (received = payload);
    const receiver = createServer(
      toNodeHandler(createReceiver(invoicePaid, { secrets: [secret], handled: new Set(), handle })),
    );
    await once(receiver.listen(0, "127.0.0.1"), "listening");
    const url = \`http://127.0.0.1:\${receiver.address().port}/\`;
    const deliverer = createDeliverer();
    const body = preparePayload(invoicePaid, { paid: true });
    const send = async (secrets) =>
      (await deliverer.deliver({ url, body, webhook: { id: crypto.randomUUID(), secrets }, timeoutMs: 10_000 })).statusCode;
    const delivered = await send([secret]);
    const forged = await send([createSigningSecret()]);
    await deliverer[Symbol.asyncDispose]();
    receiver.close();
    const strategy = defineStrategy({
      name: "MyPortfolio",
      version: "1.0.0",
      description: "Shares and bonds.",
      source: "My own",
      parameters: z.object({}),
      schedule: "year-end",
      defaultFill: "same_close",
      universe: () => ["SPY", "TLT"],
      history: () => ({ months: 0 }),
      decide: () => ({ weights: spread(1, ["SPY", "TLT"]), because: "half each" }),
    });
    console.log(JSON.stringify({ delivered, received, forged, strategy: strategy.name }));
  `,
};

const strictly = { strict: true, noEmit: true, skipLibCheck: false, target: "es2022", module: "nodenext" };

// tRPC's own types are about disposables.
const typed = {
  "browser/tsconfig.json": JSON.stringify({
    compilerOptions: {
      ...strictly,
      module: "esnext",
      moduleResolution: "bundler",
      lib: ["es2022", "dom", "esnext.disposable"],
      types: [],
    },
  }),
  "browser/page.ts": `
    import { createClient, type Inputs, type Outputs } from "@strategy-executor/client";
    import { defineCallback } from "@strategy-executor/callback/contract";

    const client = createClient({ url: "http://localhost:8000" });
    export const { portfolio, variant } = await client.executeAndWait("BoldAssetAllocation", { variant: "BAA-G4" });
    export const assets: readonly string[] = portfolio.offensive_assets;
    // @ts-expect-error there is no such variant
    await client.executeAndWait("BoldAssetAllocation", { variant: "BAA-G5" });
    // @ts-expect-error not a number
    await client.executeAndWait("MovingAverageCrossover", { short_window: "20" });
    export const sweep = await client.procedures.getSweep.query({ execution_id: 1 });
    // @ts-expect-error missing
    await client.procedures.getSweep.query({});
    // @ts-expect-error no such field
    sweep.nothing;
    export type Submission = Inputs["submitSweep"];
    export const page: Outputs["listExecutions"] = await client.executions.list({ status: "failed" });
    export type Define = typeof defineCallback;
  `,
  "node/tsconfig.json": JSON.stringify({ compilerOptions: { ...strictly, types: ["node"] } }),
  "node/receive.ts": `
    import { createServer } from "node:http";
    import { createExecutionReceiver, toNodeHandler } from "@strategy-executor/client/callbacks";
    import { createDeliverer, type Deliverer } from "@strategy-executor/callback";
    import { defineStrategy, spread, type View } from "@strategy-executor/core/strategy";
    import { z } from "zod";

    const receive = createExecutionReceiver({
      secrets: null,
      handled: new Set<string>(),
      handle({ payload }) {
        if (payload.status === "completed") console.log(payload.result.final_value.toFixed(2));
        else console.log(payload.error_message.trim());
        // @ts-expect-error no such field
        payload.nothing;
      },
    });
    createServer(toNodeHandler(receive));
    export const deliverer: Deliverer = createDeliverer();
    export const mine = defineStrategy({
      name: "Mine",
      version: "1.0.0",
      description: "Shares.",
      source: "My own",
      parameters: z.object({ share: z.number().default(1) }),
      schedule: "year-end",
      defaultFill: "same_close",
      universe: () => ["SPY"],
      history: () => ({ months: 0 }),
      decide: (view: View, { share }) => ({ weights: spread(share, ["SPY"]), because: \`as of \${view.day}\` }),
    });
  `,
};
