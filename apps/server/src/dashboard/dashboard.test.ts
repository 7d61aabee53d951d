import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createTestDatabase } from "@strategy-executor/db/testing";
import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOnly, startTestServer } from "../testing/test-server.ts";
import { type DashboardOptions, dashboardRouter } from "./dashboard-router.ts";

const stack = new AsyncDisposableStack();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dashboard-"));
  stack.defer(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "assets"));
  const page =
    '<!doctype html><meta name="base-path" content="" /><script src="/ui/first-paint.js"></script>' +
    '<script type="module" src="/ui/assets/index-1a2b.js"></script>';
  await writeFile(join(folder, "index.html"), page);
  await writeFile(join(folder, "first-paint.js"), "1;");
  const script = "export {};\n".repeat(1_000);
  await writeFile(join(folder, "assets/index-1a2b.js"), script);
  await writeFile(join(folder, "assets/index-1a2b.js.gz"), gzipSync(script));
});
afterAll(() => stack.disposeAsync());

describe("the dashboard", () => {
  it.each(["/ui/", "/ui/executions", "/ui/executions/12?tab=json", "/ui/no/such/view"])(
    "is sent at %s, under its policy, and asked for anew each time",
    async (path) => {
      await using served = await serve({ folder });
      const response = await fetch(served.url + path);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(response.headers.get("cache-control")).toBe("no-cache");
      const policy = response.headers.get("content-security-policy");
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
      expect(policy).toMatch(/; require-trusted-types-for 'script'$/);
      expect(policy).not.toContain("unsafe");
    },
  );

  it("sends files with a hash for good and compressed, others anew each time", async () => {
    await using served = await serve({ folder });
    const hashed = await fetch(`${served.url}/ui/assets/index-1a2b.js`);
    expect(hashed.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(hashed.headers.get("content-encoding")).toBe("gzip");
    expect(await hashed.text()).toHaveLength(11_000);
    expect((await fetch(`${served.url}/ui/first-paint.js`)).headers.get("cache-control")).toBe("no-cache");
  });

  it("has no page in place of a missing script, and takes no changes", async () => {
    await using served = await serve({ folder });
    expect((await fetch(`${served.url}/ui/assets/gone-1a2b.js`)).status).toBe(404);
    expect((await fetch(`${served.url}/ui/executions`, { method: "POST" })).status).toBe(404);
  });

  it("leads from /ui to /ui/", async () => {
    await using served = await serve({ folder });
    const response = await fetch(`${served.url}/ui`, { redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([301, "/ui/"]);
  });

  it("names its files below the path of a proxy", async () => {
    await using served = await serve({ folder, basePath: '/se"' });
    const page = await (await fetch(`${served.url}/ui/today`)).text();
    expect(page).toContain('src="/se&quot;/ui/assets/index-1a2b.js"');
    expect(page).toContain('src="/se&quot;/ui/first-paint.js"');
    expect(page).toContain('name="base-path" content="/se&quot;"');
  });

  it("says what is missing when it is not built", async () => {
    await using served = await serve({ folder: join(folder, "assets") });
    const response = await fetch(`${served.url}/ui/executions`);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("npm run bootstrap");
  });
});

it.each([
  ["on", "/ui/"],
  ["off", "/docs"],
])("with DASHBOARD=%s the root leads to %s", async (dashboard, target) => {
  await using database = await createTestDatabase();
  await using server = await startTestServer(database.options, { ...apiOnly(database.options), DASHBOARD: dashboard });
  const { headers, status } = await fetch(server.address, { redirect: "manual" });
  expect([status, headers.get("location")]).toEqual([302, target]);
  expect((await fetch(`${server.address}/ui/`)).headers.get("content-type")).toContain(
    dashboard === "on" ? "text/html" : "json",
  );
});

async function serve(options: DashboardOptions): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = express().use(dashboardRouter(options)).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
