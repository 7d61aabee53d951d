import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../config.ts";
import type { RunningServer } from "../server.ts";
import { apiOnly, startTestServer } from "../testing/test-server.ts";
import { createSiteRules } from "./site-rules.ts";

describe("site rules", () => {
  const judge = (environment: Record<string, string>, method: string, headers: Record<string, string>) => {
    const asked = { method, headers: { host: "localhost:8000", ...headers } } as unknown as IncomingMessage;
    return createSiteRules(readConfig(environment).sites).refusalOf(asked);
  };
  const open = { AUTH: "off" };
  const rebound = { host: "rebound.example:8000" };

  it.each([
    ["127.0.0.1"],
    ["127.0.0.1:8000"],
    ["[::1]:8000"],
    ["203.0.113.7"],
    ["localhost"],
    ["LOCALHOST:8000"],
    ["localhost."],
    ["server:8000"],
    ["ui.localhost:8000"],
    ["host.docker.internal:8000"],
  ])("serve the host %s, which no other site can have", (host) => {
    for (const method of ["GET", "POST"]) expect(judge(open, method, { host })).toBeNull();
  });

  it.each([
    ["rebound.example"],
    ["rebound.example:8000"],
    ["rebound.example."],
    ["127.0.0.1.rebound.example"],
    ["localhost.rebound.example"],
    ["evil.notlocalhost"],
    ["a@localhost"],
    ["rebound.example#localhost"],
    ["[rebound.example]"],
    [""],
  ])("refuse the host %s with 421, reads included", (host) => {
    for (const method of ["GET", "HEAD", "OPTIONS", "POST"]) {
      expect(judge(open, method, { host })).toMatchObject({ status: 421, message: /ALLOWED_HOSTS/ });
    }
    expect(judge({ AUTH: "on" }, "GET", { host })).toBeNull();
  });

  it("serve the hosts that the operator names", () => {
    const named = { ...open, ALLOWED_HOSTS: "a.example, Rebound.Example" };
    expect(judge(named, "GET", rebound)).toBeNull();
    expect(judge(named, "GET", { host: "b.example" })?.status).toBe(421);
    expect(judge({ ...open, PUBLIC_URL: "https://rebound.example/se" }, "GET", rebound)).toBeNull();
    expect(() => readConfig({ ALLOWED_HOSTS: "https://a.example" })).toThrow("ALLOWED_HOSTS");
  });

  it.each([
    ["a program", {}],
    ["a page of the server", { origin: "http://localhost:8000", "sec-fetch-site": "same-origin" }],
    ["a page of the server behind TLS", { origin: "https://localhost:8000" }],
    ["a page of an allowed origin", { origin: "https://app.example", "sec-fetch-site": "cross-site" }],
    ["a page below PUBLIC_URL", { origin: "https://strategies.example", "sec-fetch-site": "same-origin" }],
    ["a client with a key", { origin: "https://evil.example", authorization: "Bearer sx_1" }],
    ["the browser's user", { "sec-fetch-site": "none" }],
  ])("let %s change something", (_name, headers) => {
    const known = { CORS_ORIGINS: "https://APP.example/", PUBLIC_URL: "https://strategies.example/se/" };
    for (const AUTH of ["on", "off"]) expect(judge({ ...known, AUTH }, "POST", headers)).toBeNull();
  });

  it.each([
    ["a page of another site", { origin: "https://evil.example" }],
    ["a page of another port", { origin: "http://localhost:3000", "sec-fetch-site": "same-site" }],
    ["a page without an origin", { origin: "null" }],
    ["a page whose origin is hidden", { "sec-fetch-site": "cross-site" }],
    ["a neighbour whose origin is hidden", { "sec-fetch-site": "same-site" }],
    ["an http page of an https host", { origin: "http://localhost:8000", "sec-fetch-site": "cross-site" }],
    ["a page with the password of a proxy", { origin: "https://evil.example", authorization: "Basic bWU6bWU=" }],
  ])("do not let %s change anything", (_name, headers) => {
    for (const AUTH of ["on", "off"]) {
      for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
        expect(judge({ AUTH }, method, headers)).toMatchObject({ status: 403, message: /CORS_ORIGINS/ });
      }
      expect(judge({ AUTH }, "GET", headers)).toBeNull();
      expect(judge({ AUTH, CORS_ORIGINS: "*" }, "POST", { origin: "https://any.example", ...headers })).toBeNull();
    }
  });

  describe("for a session", () => {
    const cookie = "other=1; strategy-executor-session=token";
    const own = { cookie, origin: "http://localhost:8000" };
    const judgeSession = (kind: string, headers: Record<string, string>, environment = {}) => {
      const asked = {
        method: kind === "socket" ? "GET" : kind,
        url: "/executions/",
        headers: { host: "localhost:8000", ...headers },
      };
      const rules = createSiteRules(readConfig({ AUTH: "on", ...environment }).sites);
      const sent = asked as unknown as IncomingMessage;
      return kind === "socket" ? rules.refusalOfWebSocket(sent) : rules.refusalOf(sent);
    };

    it.each([
      ["GET", { cookie, "sec-fetch-site": "same-origin" }],
      ["GET", { cookie, "sec-fetch-site": "none" }],
      ["GET", { cookie }],
      ["POST", { cookie, "sec-fetch-site": "same-origin" }],
      ["POST", own],
      ["DELETE", { ...own, "sec-fetch-site": "same-origin" }],
      ["socket", own],
      ["socket", { ...own, "sec-fetch-site": "same-origin" }],
      ["POST", { cookie, authorization: "Bearer sx_1", origin: "https://evil.example" }],
    ])("let %s with %o pass", (kind, headers) => {
      expect(judgeSession(kind, headers)).toBeNull();
    });

    it.each([
      ["GET", { cookie, "sec-fetch-site": "same-site" }],
      ["GET", { cookie, "sec-fetch-site": "cross-site" }],
      ["POST", { cookie }],
      ["POST", { cookie, "sec-fetch-site": "none" }],
      ["POST", { ...own, "sec-fetch-site": "same-site" }],
      ["POST", { cookie, origin: "http://localhost:3000" }],
      ["POST", { cookie, origin: "null" }],
      ["POST", { cookie, authorization: "Basic bWU6bWU=", origin: "https://evil.example" }],
      ["socket", { cookie }],
      ["socket", { cookie, "sec-fetch-site": "same-origin" }],
      ["socket", { cookie, origin: "http://localhost:3000" }],
      ["socket", { ...own, "sec-fetch-site": "same-site" }],
    ])("refuse %s with %o", (kind, headers) => {
      for (const environment of [
        {},
        { CORS_ORIGINS: "http://localhost:3000,https://evil.example" },
        { CORS_ORIGINS: "*" },
      ])
        expect(judgeSession(kind, headers, environment)).toMatchObject({ status: 403, message: /session/ });
    });

    it("serve the page itself to links of neighbours", () => {
      const headers = { host: "localhost:8000", cookie, "sec-fetch-site": "same-site" };
      const judgeAt = (url: string) =>
        createSiteRules(readConfig({ AUTH: "on" }).sites).refusalOf({
          method: "GET",
          url,
          headers,
        } as unknown as IncomingMessage);
      for (const url of ["/", "/ui", "/ui/", "/ui/executions/1?tab=result"]) expect(judgeAt(url)).toBeNull();
      for (const url of ["/uix", "/executions/?a=/ui/", "//ui/x"]) expect(judgeAt(url)?.status).toBe(403);
    });

    it("go by the name that the cookie has over https", () => {
      const behind = { PUBLIC_URL: "https://a.example" };
      const named = (name: string) => judgeSession("POST", { cookie: `${name}=token` }, behind)?.status;
      expect(named("__Host-strategy-executor-session")).toBe(403);
      expect(named("strategy-executor-session")).toBeUndefined();
      const origin = "https://a.example";
      expect(judgeSession("POST", { cookie: "__Host-strategy-executor-session=token", origin }, behind)).toBeNull();
    });

    it("are not needed where API keys are off", () => {
      expect(judgeSession("POST", { cookie }, { AUTH: "off" })).toBeNull();
    });
  });

  it.each(["forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"])(
    "refuse what a proxy forwarded by %s unless somebody said how it is guarded",
    (name) => {
      const headers = { [name]: "1", ...rebound };
      for (const method of ["GET", "POST"]) {
        expect(judge({}, method, headers)).toMatchObject({ status: 403, message: /AUTH.*MODE.*PUBLIC_URL/ });
      }
      expect(judge({ AUTH: "off", ALLOWED_HOSTS: "rebound.example" }, "GET", headers)).toBeNull();
      expect(judge({ HOST: "0.0.0.0" }, "GET", headers)).toBeNull();
    },
  );
});

describe("a server with the default settings", () => {
  let database: TestDatabase;
  let server: RunningServer & { readonly address: string };
  beforeAll(async () => {
    database = await createTestDatabase();
    server = await startTestServer(database.options, apiOnly(database.options));
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });
  const foreign = { origin: "https://evil.example", "content-type": "application/json" };

  it.each([
    ["REST", "/executions/1/cancel/", { status: 403, detail: expect.stringContaining("evil.example") }],
    ["REST", "/callbacks/redeliver/", { status: 403, title: "Forbidden" }],
    ["tRPC", "/trpc/cancelExecution", { error: { data: { code: "FORBIDDEN", httpStatus: 403, fields: [] } } }],
    ["GraphQL", "/graphql", { errors: [{ extensions: { code: "FORBIDDEN" } }] }],
  ])("refuses bodiless requests of other sites' pages in the form of %s", async (_name, path, body) => {
    const refused = await send(server.address, "POST", path, foreign);
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.text)).toMatchObject(body);
  });

  it("serves the same requests of programs", async () => {
    expect((await send(server.address, "POST", "/executions/1/cancel/", {})).status).toBe(404);
  });

  it.each(["/", "/docs", "/openapi.json", "/healthz", "/executions/", "/trpc/listStrategies", "/graphql?query={a}"])(
    "refuses a rebound name at %s",
    async (path) => {
      const refused = await send(server.address, "GET", path, { host: "rebound.example" });
      expect(refused.status).toBe(421);
      expect(refused.text).toContain("ALLOWED_HOSTS");
    },
  );

  it.each([
    ["a rebound name", { host: "rebound.example", origin: "http://rebound.example" }, 421, "ALLOWED_HOSTS"],
    ["another site", { origin: "https://evil.example" }, 403, "evil.example"],
    ["a proxy", { "x-forwarded-for": "203.0.113.7" }, 403, "PUBLIC_URL"],
  ])("refuses WebSockets of %s", async (_name, headers, status, word) => {
    const refused = await send(server.address, "GET", "/graphql", { ...handshake, ...headers });
    expect(refused.status).toBe(status);
    expect(JSON.parse(refused.text)).toMatchObject({ errors: [{ message: expect.stringContaining(word) }] });
    expect(refused.type).toContain("application/json");
  });
});

const handshake = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-protocol": "graphql-transport-ws",
};

/** `fetch` does not let a program choose these headers. */
async function send(address: string, method: string, path: string, headers: Record<string, string>) {
  const sent = request(address + path, { method, headers, agent: false }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return {
    status: response.statusCode,
    type: response.headers["content-type"] ?? "",
    text: await text(response),
  };
}
