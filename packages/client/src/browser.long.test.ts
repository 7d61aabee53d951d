import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { describeDatabases } from "@strategy-executor/db/testing";
import { describeInChromium } from "@strategy-executor/docs-page/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import { build, type Rolldown } from "vite";
import { beforeAll, expect, it } from "vitest";

let bundle: Rolldown.OutputChunk;

beforeAll(async () => {
  const built = (await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      lib: { entry: fileURLToPath(new URL("index.ts", import.meta.url)), formats: ["es"], fileName: "client" },
    },
  })) as Rolldown.RolldownOutput[];
  bundle = built[0]!.output[0];
});

it("is built for the browser without any code of the server", () => {
  const workspace = bundle.moduleIds.filter((id) => !id.includes("/node_modules/"));
  for (const id of workspace) expect(id).toMatch(/\/packages\/client\/src\/|^\0/);
  const packages = bundle.moduleIds.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? []);
  expect(new Set(packages)).toEqual(new Set(["@trpc/client", "@trpc/server", "eventsource", "eventsource-parser"]));
  expect(bundle.imports).toEqual([]);
  expect(bundle.code).not.toContain("node:");
});

describeInChromium("the client", (open) => {
  describeDatabases("a page of another origin", (create) => {
    it("executes a strategy and shows its live status to the end", async () => {
      await using database = await create();
      const files = new Map([["/client.js", { type: "text/javascript", text: bundle.code }]]);
      await using site = await serve(files);
      await using server = await startTestServer(database.options, { CORS_ORIGINS: site.url });
      const page = readFileSync(new URL("examples/page.html", import.meta.url), "utf8");
      files.set("/", { type: "text/html", text: page.replace("http://localhost:8000", server.address) });
      await using opened = await open(site.url);
      await opened.page.getByText(/^worth \d+/).waitFor();
      expect(await opened.page.locator("#status li").allInnerTexts()).toEqual(["pending", "running", "completed"]);
      // The client closes the stream when the server says that this was all.
      const expected = /^(request to another host: .*|failed: .*: net::ERR_ABORTED)$/;
      expect(opened.problems.filter((problem) => !expected.test(problem))).toEqual([]);
      for (const problem of opened.problems) expect(problem).toContain(`: ${server.address}/trpc/`);
    });
  });
});

interface Site extends AsyncDisposable {
  readonly url: string;
}

/** Serves these files, by path. */
async function serve(files: ReadonlyMap<string, { readonly type: string; readonly text: string }>): Promise<Site> {
  const server = createServer((request, response) => {
    const { type, text } = files.get(request.url ?? "") ?? { type: "image/x-icon", text: "" };
    response.writeHead(200, { "content-type": type }).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
