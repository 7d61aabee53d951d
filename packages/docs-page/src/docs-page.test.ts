import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express, { type Express } from "express";
import helmet from "helmet";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { docsPage } from "./docs-page.ts";
import { describeInChromium } from "./testing/browser.ts";

const document = {
  openapi: "3.1.0",
  info: { title: "Greetings", version: "1" },
  paths: {
    "/greet/": {
      get: { summary: "Say hello", operationId: "greet", responses: { 200: { description: "A greeting" } } },
    },
  },
};

let server: Served;
let url: string;

beforeEach(async () => {
  const app = express().use(helmet());
  app.use(docsPage({ openapiUrl: "/openapi.json", title: "Bread & <b>butter</b>" }));
  app.get("/openapi.json", (_req, res) => void res.json(document));
  app.get("/greet", (_req, res) => void res.json({ hello: "world" }));
  server = await serve(app);
  url = server.url;
});

afterEach(() => server[Symbol.asyncDispose]());

describe("docsPage", () => {
  it.each(["/docs", "/docs/"])("serves the page at %s without a redirect", async (path) => {
    const response = await fetch(url + path, { redirect: "error" });
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await response.text()).toContain("<title>Bread &amp; &lt;b>butter&lt;/b></title>");
  });

  it("serves everything that the page loads below /docs", async () => {
    const html = await (await fetch(`${url}/docs`)).text();
    const references = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, reference]) => String(reference));
    expect(references).toHaveLength(4);
    for (const reference of references) {
      expect(reference).toMatch(/^\/docs\//);
      const asset = await fetch(url + reference);
      expect(asset.status).toBe(200);
      expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(0);
    }
  });

  it("replaces helmet's policy by a stricter one that does not ask for https", async () => {
    for (const path of ["/docs", "/docs/initializer.js", "/docs/swagger-ui-bundle.js"]) {
      const policy = (await fetch(url + path)).headers.get("content-security-policy");
      expect(policy).toContain("default-src 'none'; script-src 'self';");
      expect(policy).not.toMatch(/unsafe|https|upgrade-insecure-requests/);
    }
    expect((await fetch(`${url}/openapi.json`)).headers.get("content-security-policy")).toContain("upgrade");
  });

  it("serves nothing else of the package", async () => {
    for (const path of ["/docs/package.json", "/docs/index.html"]) expect((await fetch(url + path)).status).toBe(404);
  });
});

describeInChromium("docsPage", (open) => {
  it("shows the document and executes an operation on the server", async () => {
    await using opened = await open(`${url}/docs`);
    const { page, problems } = opened;
    await page.getByRole("heading", { name: "Greetings" }).waitFor();
    await page.locator("#operations-default-greet .opblock-summary-control").click();
    await page.getByRole("button", { name: "Execute" }).click();
    const answer = page.locator("#operations-default-greet .live-responses-table .highlight-code").first();
    expect(await answer.innerText()).toContain('"hello": "world"');
    expect(problems).toEqual([]);
  });

  it("reports the faults of a page", async () => {
    const app = express();
    app.get("/", (_req, res) => {
      res.set("Content-Security-Policy", "script-src 'self'");
      res.send(`<script>1</script><script src="/missing.js"></script><img src="http://elsewhere.invalid/a.png">`);
    });
    await using bad = await serve(app);
    await using opened = await open(bad.url);
    const found = opened.problems.join("\n");
    expect(found).toContain("content security policy: script-src-elem inline");
    expect(found).toContain(`status 404: ${bad.url}/missing.js`);
    expect(found).toContain("request to another host: http://elsewhere.invalid/a.png");
  });
});

interface Served extends AsyncDisposable {
  readonly url: string;
}

async function serve(app: Express): Promise<Served> {
  const listening = app.listen(0, "127.0.0.1");
  await once(listening, "listening");
  return {
    url: `http://localhost:${(listening.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(listening, "close");
      listening.close();
      listening.closeAllConnections();
      await closed;
    },
  };
}
