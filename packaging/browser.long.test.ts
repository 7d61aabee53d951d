import { createReadStream, existsSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { describeInChromium } from "@strategy-executor/docs-page/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createProject, type Project, tarballs } from "./testing/project.ts";

describeInChromium("an application built with Vite", (open) => {
  let project: Project;
  let database: TestDatabase;
  beforeAll(async () => {
    const { callback, client } = await tarballs();
    project = await createProject([callback!, client!, "vite@8.3.8", "zod"], { ...application, ...example() });
    for (const folder of [".", "example"]) await project.run("vite", "build", folder, "--logLevel", "warn");
    database = await createTestDatabase("pglite");
  }, 300_000);
  afterAll(async () => {
    await database?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  it("runs a strategy and checks a callback", async () => {
    await using site = await serve(join(project.folder, "dist"));
    await using server = await startTestServer(database.options, { CORS_ORIGINS: site.url });
    await using opened = await open(`${site.url}/?${new URLSearchParams({ url: server.address })}`);
    await opened.page.getByText(/^worth \d+/).waitFor();
    expect(await opened.page.locator("#callback").innerText()).toBe(
      'https://example.org/invoices/7 {"paid":true}, and paid: Invalid input: expected boolean, received string',
    );
  });

  it("is the example: it shows the run, the result and a wrong address", async () => {
    await using site = await serve(join(project.folder, "example/dist"));
    await using server = await startTestServer(database.options, { CORS_ORIGINS: site.url });
    await using opened = await open(site.url);
    const { page } = opened;
    await page.getByLabel("Service").fill(server.address);
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText(/^Worth \d+\.\d\d, holds [A-Z]/).waitFor();
    const events = await page.locator("li").allInnerTexts();
    expect(events.map((event) => event.replace(/^\d+ /, ""))).toEqual(["pending", "running", "completed"]);
    await page.getByLabel("Service").fill("http://localhost:9");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("No service answers at http://localhost:9 (Failed to fetch)").waitFor();
  });
});

/** The example of the repository, in a folder of the project. */
function example(): Readonly<Record<string, string>> {
  const read = (name: string) => readFileSync(new URL(`../examples/browser/${name}`, import.meta.url), "utf8");
  return { "example/index.html": read("index.html"), "example/main.js": read("main.js") };
}

const application = {
  "index.html":
    '<!doctype html><title>Application</title><p id="result"></p><p id="callback"></p><script type="module" src="/main.ts"></script>',
  "main.ts": `
    import { createClient } from "@strategy-executor/client";
    import { type CallbackMismatchError, defineCallback, preparePayload, resolveAddress } from "@strategy-executor/callback/contract";
    import { z } from "zod";

    const invoicePaid = defineCallback({
      name: "invoice_paid",
      summary: "Sent when the customer has paid",
      address: "{$request.query.callback_url}/invoices/{$request.body#/id}",
      requestBody: z.object({ paid: z.boolean() }),
      responses: { "2XX": { description: "Noted" } },
    });
    const request = { url: "/", method: "POST", query: { callback_url: "https://example.org" }, body: { id: 7 } };
    const address = resolveAddress(invoicePaid.address, request);
    let mistake = "";
    try {
      preparePayload(invoicePaid, { paid: "yes" as never });
    } catch (error) {
      mistake = (error as CallbackMismatchError).issues.map(({ path, message }) => \`\${path}: \${message}\`).join();
    }
    document.querySelector("#callback")!.textContent =
      \`\${address} \${preparePayload(invoicePaid, { paid: true })}, and \${mistake}\`;

    const client = createClient({ url: new URLSearchParams(location.search).get("url")! });
    const result = await client.executeAndWait("BoldAssetAllocation", { variant: "BAA-G4" });
    document.querySelector("#result")!.textContent = \`worth \${result.final_value}\`;
  `,
};

/** Serves the files of a folder. */
async function serve(folder: string): Promise<AsyncDisposable & { readonly url: string }> {
  const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = join(folder, pathname === "/" ? "index.html" : pathname);
    if (!existsSync(file)) return void response.writeHead(204).end();
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
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
