import type { LookupAddress } from "node:dns";
import { createGuard } from "@strategy-executor/callback";
import { startReceiver } from "@strategy-executor/core/testing";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeCallbackTargets } from "../callback-targets.ts";
import { readConfig } from "../config.ts";
import { restTransport } from "../parity/rest-transport.ts";
import { transports } from "../parity/transports.ts";
import { newClient } from "../testing/api-keys.ts";
import { startTestApp } from "../testing/test-app.ts";
import { startTestServer } from "../testing/test-server.ts";

const submit = (address: string, callback_url: string, by = restTransport) =>
  by.call(address, "executeStrategy", { strategy_name: "Slow", parameters: { milliseconds: 1 }, callback_url });

describe("the settings", () => {
  const production = { MODE: "production" };
  const problemBy = (environment: Record<string, string>, url: string) =>
    createGuard(readConfig(environment).callbackGuard).checkUrl(url);

  it.each([
    ["http://hooks.example.org/", "https is required"],
    ["https://10.0.0.7/", "not a public address"],
    ["https://localhost:8443/", "not a public address"],
    ["https://[::ffff:127.0.0.1]/", "not a public address"],
    ["https://2130706433/", "not a public address"],
    ["https://169.254.169.254/latest/meta-data", "not a public address"],
    ["https://hooks.example.org:22/", "port 22 may not be called"],
    ["https://me:secret@hooks.example.org/", "user name or password in the URL"],
    ["https://hooks.example.org:8443/", undefined],
  ])("decide on %s in production: %s", (url, problem) => {
    expect(problemBy(production, url)).toBe(problem);
  });

  it.each([
    ["http://localhost:8888/", undefined],
    ["http://192.168.0.4/", undefined],
    ["http://169.254.169.254/", "neither a public nor a private address"],
    ["http://me:secret@localhost/", "user name or password in the URL"],
  ])("decide on %s in development: %s", (url, problem) => {
    expect(problemBy({}, url)).toBe(problem);
  });

  it("allow what the operator names, and can forbid http in development too", () => {
    const named = {
      ...production,
      CALLBACK_ALLOW_CIDRS: "10.1.0.0/16, fd00::/8",
      CALLBACK_ALLOW_PORTS: "443, 8000-8999",
    };
    expect(problemBy(named, "https://10.1.200.3/")).toBeUndefined();
    expect(problemBy(named, "https://[fd00::1]:8080/")).toBeUndefined();
    expect(problemBy(named, "https://10.2.0.1/")).toBe("not a public address");
    expect(problemBy(named, "https://10.1.0.1:444/")).toBe("port 444 may not be called");
    expect(problemBy({ ...production, CALLBACK_ALLOW_HTTP: "true" }, "http://hooks.example.org/")).toBeUndefined();
    expect(problemBy({ CALLBACK_ALLOW_HTTP: "false" }, "http://localhost:8888/")).toBe("https is required");
  });

  it("are reported at the start", () => {
    const reach = (environment: Record<string, string>) =>
      describeCallbackTargets(readConfig(environment).callbackGuard);
    expect(reach({})).toBe("http and https to public and private addresses, this machine included");
    expect(reach(production)).toBe("https to public addresses");
    expect(reach({ ...production, CALLBACK_ALLOW_CIDRS: "10.1.0.0/16", CALLBACK_ALLOW_PORTS: "443" })).toBe(
      "https to public addresses and 10.1.0.0/16, ports 443",
    );
  });

  it.each([
    ["CALLBACK_ALLOW_CIDRS", "10.0.0.0/8,10.0.0.0/99", "Not a network such as 10.1.0.0/16 or fd00::/8: 10.0.0.0/99"],
    ["CALLBACK_ALLOW_PORTS", "443,99999", "Not a port such as 443 or a range such as 8000-8999: 99999"],
    ["CALLBACK_ALLOW_HTTP", "yes", 'Invalid option: expected one of "true"|"false"'],
  ])("end the start with %s=%s", (name, value, message) => {
    expect(() => readConfig({ [name]: value })).toThrow(`Bad setting: ${name}=${JSON.stringify(value)}: ${message}`);
  });
});

describe("a callback_url", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it("to an internal address is refused in production, over every transport, unless the operator allows it", async () => {
    await using receiver = await startReceiver();
    await using server = await startTestServer(database.options, {
      MODE: "production",
      CALLBACK_ALLOW_HTTP: "true",
      CALLBACK_ALLOW_CIDRS: "127.0.0.1",
    });
    await submit(server.address, receiver.url.replace("localhost", "127.0.0.1"));
    await receiver.arrived(1);
    for (const transport of transports) {
      await expect(submit(server.address, "http://127.0.0.2:8888/", transport)).rejects.toMatchObject({
        code: "invalid",
        message: "callback_url: not a public address",
        fields: [{ path: "callback_url", message: "not a public address" }],
      });
    }
  });

  it("whose name resolves to an internal address at delivery is not called, and the reason reveals nothing internal", async () => {
    await using open = await startReceiver(undefined, "::1");
    await using inner = await startReceiver();
    const v6 = { address: "::1", family: 6 };
    const v4 = { address: "127.0.0.1", family: 4 };
    const answers: LookupAddress[][] = [[v6], [v4]];
    await using app = await startTestApp(database.options, {
      engine: {
        callbackGuard: createGuard({ allowHttp: true, allowCidrs: ["::1"] }),
        resolveHost: async () => answers.shift() ?? [],
      },
    });
    await submit(app.address, `http://rebound.example:${new URL(open.url).port}/`);
    await open.arrived(1);
    // An internal name and an unknown name must look alike.
    for (const port of [new URL(inner.url).port, "8443"]) {
      const accepted = await submit(app.address, `http://rebound.example:${port}/`);
      const { execution_id } = accepted as { execution_id: number };
      await expect
        .poll(() => restTransport.call(app.address, "getExecution", { execution_id }), { timeout: 20_000 })
        .toMatchObject({
          callback: {
            sent: false,
            sent_at: null,
            response: { error: "DNS lookup failed: unknown name, or no address that may be called" },
          },
        });
    }
    expect(inner.received).toEqual([]);
  });

  it("are looked up on behalf of their client, so that its dead names delay nobody else's callbacks", async () => {
    await using receiver = await startReceiver();
    const asked: (string | undefined)[][] = [];
    await using app = await startTestApp(database.options, {
      auth: "on",
      engine: {
        resolveHost: async (hostname, client) => (
          asked.push([hostname, client]),
          [{ address: "127.0.0.1", family: 4 }]
        ),
      },
    });
    const owner = newClient(app.ctx.database.db);
    const { key } = await owner.key(["execute"]);
    const callback_url = `http://receiver.example:${new URL(receiver.url).port}/`;
    const input = { strategy_name: "Slow", parameters: { milliseconds: 1 }, callback_url };
    await restTransport.call(app.address, "executeStrategy", input, key);
    await receiver.arrived(1);
    expect(asked).toEqual([["receiver.example", owner.client]]);
  });
});
