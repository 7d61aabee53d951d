import type { LookupAddress } from "node:dns";
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";

import { blockedPorts } from "./blocked-ports.ts";
import { createDeliverer, type Delivery, type DeliveryOutcome } from "../deliver/deliver.ts";
import { createGuard, type GuardOptions } from "./guard.ts";
import type { ResolveHost } from "./lookup.ts";
import { rawReceiver, receiver } from "../testing/receiver.ts";

const strict = createGuard();
const development = createGuard({ allowPrivate: true, allowHttp: true });

describe("a given address", () => {
  it.each([
    "https://example.org",
    "https://example.org./hook",
    "https://example.org:8443/hook?token=1",
    "https://8.8.8.8/",
    "https://134744072/",
    "https://[2606:4700:4700::1111]/",
    "https://[::ffff:8.8.8.8]/",
    // Names are judged at DNS lookup.
    "https://db/",
    "https://db.internal/",
    "https://notlocalhost/",
    "https://localhost.example.org/",
  ])("is taken: %s", (url) => expect(strict.checkUrl(url)).toBeUndefined());

  it.each([
    "127.0.0.1",
    "127.1",
    "127.0.0.1.",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "%31%32%37.0.0.1",
    "0",
    "0x.1",
    "10.0.0.1",
    "0xa.0.0.1",
    "012.0.0.1",
    "167772161",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "172.16.0.1",
    "192.168.0.1",
    "3232235521",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "4294967295",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::FFFF:169.254.169.254]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::10.0.0.1]",
    "[2002:7f00:1::]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[fe80::1]",
    "[fec0::1]",
    "[fd00::1]",
    "[ff02::1]",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ｌｏｃａｌｈｏｓｔ",
    "a.localhost",
    "a.localhost.",
  ])("is refused in every notation: https://%s/", (host) => {
    expect(strict.checkUrl(`https://${host}/`)).toBe("not a public address");
    expect(strict.checkUrl(`https://${host}:8443/hook`)).toBe("not a public address");
  });

  it.each([
    ["http://example.org/", "https is required"],
    ["http://127.0.0.1/", "https is required"],
    ["ftp://example.org/", "not an http or https URL"],
    ["file:///etc/passwd", "not an http or https URL"],
    ["gopher://127.0.0.1:6379/_FLUSHALL", "not an http or https URL"],
    ["//example.org/", "not an http or https URL"],
    ["https:example.org", "not an http or https URL"],
    ["https://me@example.org/", "user name or password in the URL"],
    ["https://me:secret@example.org/", "user name or password in the URL"],
    ["https://example.org@127.0.0.1/", "user name or password in the URL"],
    ["https://@127.0.0.1/", "user name or password in the URL"],
    ["https://:@example.org/", "user name or password in the URL"],
    ["https://example.org\\@127.0.0.1/", "white space, control characters or backslashes in the URL"],
    ["https://127.0.0.1\t/", "white space, control characters or backslashes in the URL"],
    ["https://[fe80::1%eth0]/", "not a valid URL"],
    ["https://[fe80::1%25eth0]/", "not a valid URL"],
    ["https://[::1/", "not a valid URL"],
    ["https://256.0.0.1/", "not a valid URL"],
    ["https://4294967296/", "not a valid URL"],
    ["https://1.2.3.4.5/", "not a valid URL"],
    ["https://example.org:65536/", "not a valid URL"],
    ["https://example..org/", "not a valid host name"],
    ["https://example.org../", "not a valid host name"],
    ["https://.example.org/", "not a valid host name"],
    ["https://example.org:0/", "port 0 may not be called"],
    ["https://example.org:22/", "port 22 may not be called"],
    ["https://example.org:25/", "port 25 may not be called"],
    ["https://example.org:6000/", "port 6000 may not be called"],
    ["https://example.org:00025/", "port 25 may not be called"],
  ])("is refused: %s: %s", (url, reason) => expect(strict.checkUrl(url)).toBe(reason));

  it("may be private and http where allowed, but never a metadata service", () => {
    for (const host of ["localhost:8888", "127.0.0.1", "[::1]:8888", "10.0.0.1", "192.168.0.1", "[fd00::1]"])
      expect(development.checkUrl(`http://${host}/`)).toBeUndefined();
    for (const host of ["169.254.169.254", "0.0.0.0", "[fe80::1]", "[::ffff:169.254.169.254]"])
      expect(development.checkUrl(`http://${host}/`)).toBe("neither a public nor a private address");
    expect(development.checkUrl("http://localhost:25/")).toBe("port 25 may not be called");
  });

  it("may be in an allowed network, localhost on either loopback address", () => {
    const guard = createGuard({ allowCidrs: ["10.1.0.0/16", "::1"] });
    for (const host of ["10.1.2.3", "[::ffff:10.1.2.3]", "[::1]", "localhost", "8.8.8.8"])
      expect(guard.checkUrl(`https://${host}/`)).toBeUndefined();
    for (const host of ["10.2.0.1", "127.0.0.1"])
      expect(guard.checkUrl(`https://${host}/`)).toBe("not a public address");
  });
});

describe("ports", () => {
  it("can be limited", () => {
    const guard = createGuard({ allowHttp: true, allowPorts: ["80", "443", "8000-8002"] });
    const open = [80, 443, 8_000, 8_001, 8_002];
    for (const port of open) expect(guard.checkUrl(`http://example.org:${port}/`)).toBeUndefined();
    for (const port of [81, 444, 7_999, 8_003])
      expect(guard.checkUrl(`http://example.org:${port}/`)).toBe(`port ${port} may not be called`);
    expect(guard.checkUrl("http://example.org/")).toBeUndefined();
    expect(createGuard({ allowPorts: ["8443"] }).checkUrl("https://example.org/")).toBe("port 443 may not be called");
  });

  it("that fetch blocks are refused even if they are listed", () => {
    const guard = createGuard({ allowPorts: ["1-65535"] });
    expect(guard.checkUrl("https://example.org:25/")).toBe("port 25 may not be called");
  });

  it.each(["", "http", "0", "65536", "90-80", "1-", "-1", "1-65536", "1,2", " 80"])("%j is none", (port) => {
    expect(() => createGuard({ allowPorts: [port] })).toThrow(TypeError);
  });

  it("that are blocked are those of fetch, and 0", async () => {
    const refused: number[] = [];
    for (let port = 1; port <= 10_100; port++) {
      const dispatcher = { dispatch: () => assertUnreached() } as unknown as NonNullable<RequestInit["dispatcher"]>;
      const error: unknown = await fetch(`http://127.0.0.1:${port}/`, { dispatcher }).catch((e: unknown) => e);
      if (error instanceof TypeError && String(error.cause).includes("bad port")) refused.push(port);
    }
    expect([...blockedPorts]).toEqual([0, ...refused]);
  });
});

/** Delivers through a separate guard, so that every delivery makes its own connection and lookup. */
async function deliver(
  url: string,
  options: GuardOptions,
  { resolveHost, ...more }: Partial<Delivery> & { resolveHost?: ResolveHost } = {},
): Promise<DeliveryOutcome> {
  await using deliverer = createDeliverer({
    ...createGuard({ allowHttp: true, ...options }),
    ...(resolveHost && { resolveHost }),
  });
  return await deliverer.deliver({ url, body: "{}", timeoutMs: 5_000, ...more });
}

const v4 = { address: "127.0.0.1", family: 4 };
const v6 = { address: "::1", family: 6 };
const onlyV6 = { allowCidrs: ["::1"] };

describe("a called address", () => {
  it("is checked again", async () => {
    await using inner = await receiver((_request, response) => response.end());
    for (const [url, error] of [
      [`http://127.0.0.1:${inner.port}/`, "Address not allowed: not a public address"],
      [`http://[::ffff:7f00:1]:${inner.port}/`, "Address not allowed: not a public address"],
      [`http://localhost.:${inner.port}/`, "Address not allowed: not a public address"],
      ["http://example.org:25/", "Address not allowed: port 25 may not be called"],
    ] as const)
      expect(await deliver(url, {})).toMatchObject({ kind: "not-answered", error });
    expect(await deliver(`http://localhost:${inner.port}/`, { allowHttp: false })).toMatchObject({
      error: "Address not allowed: https is required",
    });
    expect(inner.connections).toBe(0);
    expect(await deliver(`http://localhost:${inner.port}/`, { allowPrivate: true })).toMatchObject({ statusCode: 200 });
  });

  it("is judged by what the name resolves to at connection time, which defeats DNS rebinding", async () => {
    await using open = await receiver((_request, response) => response.end("public"), v6.address);
    await using inner = await receiver((_request, response) => response.end("secret"));
    const answers: LookupAddress[][] = [[v6], [v4], [v4, v6], [v6, v4], [v4]];
    async function deliverToEach(port: number): Promise<DeliveryOutcome[]> {
      let lookUps = 0;
      const resolveHost = async () => answers[lookUps++] ?? [];
      const url = `http://rebound.example:${port}/`;
      expect(createGuard({ ...onlyV6, allowHttp: true }).checkUrl(url)).toBeUndefined();
      const outcomes: DeliveryOutcome[] = [];
      for (const _ of answers) outcomes.push(await deliver(url, onlyV6, { resolveHost }));
      // One lookup per delivery: there is no second answer to trust.
      expect(lookUps).toBe(answers.length);
      return outcomes;
    }
    const found = { responseText: "public" };
    const hidden = { error: "DNS lookup failed: unknown name, or no address that may be called" };
    expect(await deliverToEach(open.port)).toMatchObject([found, hidden, found, found, hidden]);
    // At the public address, the inner receiver's port may belong to another program.
    expect(await deliverToEach(inner.port)).toMatchObject([{}, hidden, {}, {}, hidden]);
    expect(open.connections).toBe(3);
    expect(inner.connections).toBe(0);
  });

  it.each([
    "127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "fe80::1%eth0",
    "169.254.169.254",
    "no address",
  ])(
    "is not called when the name resolves to %s, and the reason is the same as for an unknown name",
    async (address) => {
      const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
      const outcomes = [
        await deliver("http://inner.example/", {}, { resolveHost: async () => [{ address, family: 4 }] }),
        await deliver("http://inner.example/", {}, { resolveHost: () => Promise.reject(unknown) }),
        await deliver("http://inner.example/", {}, { resolveHost: async () => [] }),
      ];
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ error: "DNS lookup failed: unknown name, or no address that may be called" });
    },
  );

  it("is not replaced by a redirect's target", async () => {
    await using inner = await receiver((_request, response) => response.end("secret"));
    await using open = await receiver((request, response) => {
      response.writeHead(Number(request.url?.slice(1)), { location: `http://127.0.0.1:${inner.port}/` }).end();
    }, v6.address);
    for (const status of [301, 302, 303, 307, 308])
      expect(await deliver(`http://[::1]:${open.port}/${status}`, onlyV6)).toMatchObject({
        kind: "answered",
        statusCode: status,
        responseText: "",
        headers: { Location: `http://127.0.0.1:${inner.port}/` },
      });
    expect(inner.connections).toBe(0);
  });
});

describe("a malicious receiver", () => {
  it("sends a body of 1 GB: the first 20 kB are read and the connection is dropped", async () => {
    const chunk = Buffer.alloc(1_000_000, "x");
    const cut = Promise.withResolvers<number>();
    await using server = await receiver((_request, response: ServerResponse) => {
      response.writeHead(200, { "content-length": 1_000_000_000 });
      let written = 0;
      const more = (): void => {
        while (written < 1_000_000_000) {
          written += chunk.length;
          if (!response.write(chunk)) return;
        }
      };
      response.on("drain", more).on("close", () => cut.resolve(written));
      more();
    });
    const outcome = await deliver(`http://127.0.0.1:${server.port}/`, { allowPrivate: true }, { timeoutMs: 60_000 });
    expect(outcome).toMatchObject({ kind: "answered", responseText: "x".repeat(20_000), truncated: true });
    // The socket buffers of both sides may have been filled.
    expect(await cut.promise).toBeLessThan(100_000_000);
  });

  it.each([
    ["headers", "HTTP/1.1 200 OK\r\nx-drip: ".padEnd(1_000, "x")],
    ["its body", `HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n${"x".repeat(1_000)}`],
  ])("sends %s a byte at a time: the connection is closed at the deadline", async (_what, answer) => {
    const cut = Promise.withResolvers<string>();
    await using server = await rawReceiver((socket) => {
      let sent = 0;
      const drip = setInterval(() => socket.write(answer.charAt(sent++)), 20);
      socket.on("close", () => (clearInterval(drip), cut.resolve("cut")));
    });
    const url = `http://127.0.0.1:${server.port}/`;
    const outcome = await deliver(url, { allowPrivate: true }, { timeoutMs: 1_000 });
    expect(outcome).toMatchObject({ kind: "not-answered", error: "Timeout after 1 s", timedOut: true });
    expect(await cut.promise).toBe("cut");
  });
});

function assertUnreached(): never {
  throw new Error("dispatched");
}
