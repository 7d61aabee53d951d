import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Served, serveGreetings } from "./testing/served.ts";

let server: Served;
let url: string;

beforeEach(async () => {
  server = await serveGreetings();
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
