import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { buffer } from "node:stream/consumers";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";

import { createDeliverer, type Delivery, type DeliveryOutcome, isDelivered } from "./deliver.ts";
import { certificates } from "../testing/certificates.ts";
import { closedPort, listen, rawReceiver, receiver } from "../testing/receiver.ts";

const deliverer = createDeliverer();
afterAll(() => deliverer[Symbol.asyncDispose]());

function post(url: string, more: Partial<Delivery> = {}): Promise<DeliveryOutcome> {
  return deliverer.deliver({ url, body: "{}", timeoutMs: 5_000, ...more });
}

describe("what is sent", () => {
  it("POSTs the very bytes as JSON", async () => {
    const body = '{"text":"전략 ✅",  "n":1.0}';
    const seen = Promise.withResolvers<object>();
    await using server = await receiver(async (request, response) => {
      seen.resolve({ method: request.method, url: request.url, headers: request.headers, body: await buffer(request) });
      response.end();
    });
    await post(`http://127.0.0.1:${server.port}/a/b?c=d`, { body, headers: { "Webhook-Id": "42" } });
    expect(await seen.promise).toMatchObject({
      method: "POST",
      url: "/a/b?c=d",
      headers: {
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(body)),
        "user-agent": expect.stringMatching(/./),
        "webhook-id": "42",
      },
      body: Buffer.from(body),
    });
  });

  it("uses another method when told to", async () => {
    await using server = await receiver((request, response) => response.end(request.method));
    expect(await post(`http://127.0.0.1:${server.port}/`, { method: "patch" })).toMatchObject({
      responseText: "PATCH",
    });
  });

  it("lets the caller replace the headers", async () => {
    await using server = await receiver((request, response) => response.end(request.headers["content-type"]));
    const url = `http://127.0.0.1:${server.port}/`;
    expect(await post(url, { headers: { "Content-Type": "application/cloudevents+json" } })).toMatchObject({
      responseText: "application/cloudevents+json",
    });
  });

  it("reuses the connection to a receiver", async () => {
    await using server = await receiver((_request, response) => response.end("ok"));
    for (let i = 0; i < 10; i++) await post(`http://127.0.0.1:${server.port}/`);
    // Two: a request made at the very end of an answer finds its connection still taken.
    expect(server.connections).toBeLessThanOrEqual(2);
  });
});

describe("what came back", () => {
  it("is recorded with status, text and headers in the case of Content-Type", async () => {
    await using server = await receiver((_request, response) => {
      response.writeHead(200, {
        "content-type": "application/json",
        "set-cookie": ["a=1", "b=2"],
        "x-request-id": "7",
      });
      response.end('{"status": "received"}');
    });
    const outcome = await post(`http://127.0.0.1:${server.port}/`);
    expect(outcome).toMatchObject({
      kind: "answered",
      statusCode: 200,
      responseText: '{"status": "received"}',
      truncated: false,
      headers: { "Content-Type": "application/json", "Set-Cookie": "a=1, b=2", "X-Request-Id": "7" },
    });
    expect(outcome).not.toHaveProperty("headers.X-True-Status");
    expect(isDelivered(outcome)).toBe(true);
  });

  it.each([201, 204, 301, 303, 304, 307, 400, 401, 410, 429, 500, 503, 599, 999])(
    "is recorded as it is and asked for once: %i",
    async (status) => {
      let requests = 0;
      await using server = await receiver((_request, response) => {
        requests += 1;
        response.writeHead(status, { location: "/elsewhere" }).end();
      });
      const outcome = await post(`http://127.0.0.1:${server.port}/`);
      expect(outcome).toMatchObject({ kind: "answered", statusCode: status, headers: { Location: "/elsewhere" } });
      expect(isDelivered(outcome)).toBe(status < 300);
      expect(requests).toBe(1);
    },
  );

  // What `fetch` does by its specification, and HTTP allows: the receiver says that it did not process the request.
  it("is asked for once more after 421 Misdirected Request, and then recorded as it is", async () => {
    let requests = 0;
    await using server = await receiver((_request, response) => {
      requests += 1;
      response.writeHead(421).end("not here");
    });
    const outcome = await post(`http://127.0.0.1:${server.port}/`);
    expect(outcome).toMatchObject({ kind: "answered", statusCode: 421, responseText: "not here" });
    expect(requests).toBe(2);
  });

  // `fetch` gives neither status nor reason for it. No receiver has a use for this status: it is a proxy's.
  it("is an error for 407 Proxy Authentication Required", async () => {
    await using server = await receiver((_request, response) => response.writeHead(407).end());
    const outcome = await post(`http://127.0.0.1:${server.port}/`);
    expect(outcome).toMatchObject({ kind: "not-answered", error: "Request failed" });
  });

  it("takes the answer that follows early hints", async () => {
    await using server = await receiver((_request, response) => {
      response.writeEarlyHints({ link: "</style.css>; rel=preload" }, () => response.end("the answer"));
    });
    const outcome = await post(`http://127.0.0.1:${server.port}/`);
    expect(outcome).toMatchObject({ statusCode: 200, responseText: "the answer" });
  });

  it.each(["gzip", "deflate", "br", "zstd"])(
    "is decompressed where it was compressed by %s all the same",
    async (encoding) => {
      const compress = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }[
        encoding
      ]!;
      await using server = await receiver((_request, response) => {
        response.writeHead(200, { "content-encoding": encoding }).end(compress(Buffer.from("전략 the answer")));
      });
      const outcome = await post(`http://127.0.0.1:${server.port}/`);
      expect(outcome).toMatchObject({ statusCode: 200, responseText: "전략 the answer", truncated: false });
    },
  );

  it.each([
    [200, "gzip"],
    [200, "deflate"],
    [200, "br"],
    [204, "gzip"],
    [204, "br"],
  ])("may be nothing at all, said to be compressed: %i, %s", async (status, encoding) => {
    await using server = await receiver((_request, response) => {
      response.writeHead(status, { "content-encoding": encoding }).end();
    });
    const outcome = await post(`http://127.0.0.1:${server.port}/`);
    expect(outcome).toMatchObject({ kind: "answered", statusCode: status, responseText: "" });
  });

  it.each(["gzip", "br"])("is as long as is wanted, however little is sent of it: %s", async (encoding) => {
    const text = randomBytes(200_000).toString("hex");
    const compress = encoding === "gzip" ? gzipSync : brotliCompressSync;
    // Before the request, which would not wait for seconds on a busy machine.
    const compressed = compress(Buffer.from(text));
    await using server = await receiver((_request, response) => {
      response.writeHead(200, { "content-encoding": encoding }).end(compressed);
    });
    const whole = await post(`http://127.0.0.1:${server.port}/`, { maxResponseBytes: text.length });
    expect(whole).toMatchObject({ truncated: false, responseText: text });
    const part = await post(`http://127.0.0.1:${server.port}/`);
    expect(part).toMatchObject({ truncated: true, responseText: text.slice(0, 20_000) });
  });

  it("is taken as far as it goes where the connection ends while it is still decompressed", async () => {
    // Empty blocks, which decompress to nothing, then a word: much to read for little.
    const empty = Buffer.from([0, 0, 0, 0xff, 0xff]);
    const word = Buffer.from([1, 2, 0, 0xfd, 0xff, 0x6f, 0x6b]);
    const zlibHeader = Buffer.from([0x78, 0x9c]);
    await using server = await receiver((_request, response) => {
      response.writeHead(200, { "content-encoding": "deflate", connection: "close" });
      response.end(Buffer.concat([zlibHeader, ...Array.from({ length: 100_000 }, () => empty), word]));
    });
    for (let i = 0; i < 5; i += 1)
      expect(await post(`http://127.0.0.1:${server.port}/`)).toMatchObject({ statusCode: 200, responseText: "ok" });
  });

  it("drops the connection on what follows the end of what is compressed", async () => {
    const dropped = Promise.withResolvers<boolean>();
    await using server = await receiver((_request, response) => {
      response.writeHead(200, { "content-encoding": "deflate" });
      response.on("close", () => dropped.resolve(!response.writableFinished));
      response.write(Buffer.concat([deflateSync("ok"), Buffer.from("more")]));
    });
    expect(await post(`http://127.0.0.1:${server.port}/`)).toMatchObject({ statusCode: 200, responseText: "ok" });
    expect(await dropped.promise).toBe(true);
  });

  it("keeps the first 20 kB and drops the connection on the rest", async () => {
    const dropped = Promise.withResolvers<boolean>();
    await using server = await receiver((_request, response) => {
      const more = (): void => {
        while (response.write("0123456789".repeat(1000)));
      };
      response.on("drain", more).on("close", () => dropped.resolve(!response.writableFinished));
      more();
    });
    const outcome = await post(`http://127.0.0.1:${server.port}/`);
    expect(outcome).toMatchObject({ statusCode: 200, responseText: "0123456789".repeat(2000), truncated: true });
    expect(await dropped.promise).toBe(true);
  });

  it("cuts between characters", async () => {
    await using server = await receiver((_request, response) => response.end("전략"));
    const outcome = await post(`http://127.0.0.1:${server.port}/`, { maxResponseBytes: 4 });
    expect(outcome).toMatchObject({ responseText: "전", truncated: true });
  });

  it.each([
    ["text/html; charset=euc-kr", [0xbf, 0xc0, 0xb7, 0xf9], "오류"],
    ['text/plain; charset="EUC-KR"; x=y', [0xbf, 0xc0, 0xb7], "오\uFFFD"],
    ["text/plain;charset=Shift_JIS", [0x83, 0x47, 0x83, 0x89], "エラ"],
    ["text/plain; charset=iso-8859-1", [0x63, 0x61, 0x66, 0xe9], "café"],
    ["text/plain; charset=utf-16le", [0x41, 0, 0x00, 0xac], "A가"],
    ["text/plain; charset=nonsense", [0x41, 0xec, 0x98, 0xa4], "A오"],
    ["no media type", [0xec, 0x98, 0xa4], "오"],
  ])("reads %s", async (type, bytes, text) => {
    await using server = await receiver((_request, response) => {
      response.writeHead(500, { "content-type": type }).end(Buffer.from(bytes));
    });
    expect(await post(`http://127.0.0.1:${server.port}/`)).toMatchObject({ statusCode: 500, responseText: text });
  });

  it("cuts between characters of any charset", async () => {
    await using server = await receiver((_request, response) => {
      response.setHeader("content-type", "text/plain; charset=euc-kr");
      response.end(Buffer.from([0xbf, 0xc0, 0xb7, 0xf9]));
    });
    const outcome = await post(`http://127.0.0.1:${server.port}/`, { maxResponseBytes: 3 });
    expect(outcome).toMatchObject({ responseText: "오", truncated: true });
  });

  it("replaces what is no UTF-8 and removes NUL characters", async () => {
    await using server = await receiver((_request, response) => response.end(Buffer.from([65, 0, 66, 0xff, 67])));
    expect(await post(`http://127.0.0.1:${server.port}/`)).toMatchObject({ responseText: "AB\uFFFDC" });
  });

  const python = spawnSync("python3", ["--version"]).status === 0;
  it.runIf(python)("records the 501 of python3 -m http.server", async () => {
    const child = spawn("python3", ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]);
    onTestFinished(() => void child.kill());
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const port = /port (\d+)/.exec(line.toString())?.[1];
    expect(await post(`http://localhost:${port}/callback`)).toMatchObject({
      kind: "answered",
      statusCode: 501,
      responseText: expect.stringContaining("Unsupported method"),
      headers: { "Content-Type": expect.stringContaining("text/html") },
    });
  });
});

describe("localhost", () => {
  it.each(["127.0.0.1", "::1"])("reaches a receiver that listens on %s only", async (host) => {
    await using server = await receiver((_request, response) => response.end("here"), host);
    expect(await post(`http://localhost:${server.port}/`)).toMatchObject({ responseText: "here" });
  });
});

describe("short reasons", () => {
  it("Connection refused", async () => {
    const port = await closedPort();
    for (const host of ["127.0.0.1", "localhost"])
      expect(await post(`http://${host}:${port}/`)).toMatchObject({
        kind: "not-answered",
        error: "Connection refused",
      });
  });

  it("Timeout: no answer", async () => {
    await using server = await receiver(() => {});
    const outcome = await post(`http://127.0.0.1:${server.port}/`, { timeoutMs: 150 });
    expect(outcome).toMatchObject({ kind: "not-answered", error: "Timeout after 0.15 s" });
  });

  it("Timeout: an answer that drips", async () => {
    const dropped = Promise.withResolvers<string>();
    await using server = await receiver((_request, response) => {
      response.writeHead(200).write("x");
      const drip = setInterval(() => response.write("x"), 20);
      response.on("close", () => (clearInterval(drip), dropped.resolve("dropped")));
    });
    const outcome = await post(`http://127.0.0.1:${server.port}/`, { timeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: "not-answered", error: "Timeout after 0.2 s" });
    expect(await dropped.promise).toBe("dropped");
  });

  it("Timeout: a name that is not looked up in time", async () => {
    await using slow = createDeliverer({ resolveHost: () => new Promise(() => {}) });
    const outcome = await slow.deliver({ url: "http://receiver.example/", body: "", timeoutMs: 100 });
    expect(outcome).toMatchObject({ error: "Timeout after 0.1 s" });
  });

  it("DNS lookup failed: a name that does not exist", async () => {
    expect(await post("http://receiver.invalid/")).toMatchObject({ error: "DNS lookup failed: unknown name" });
  });

  it("Connection reset", async () => {
    await using server = await rawReceiver((socket) => socket.resetAndDestroy());
    expect(await post(`http://127.0.0.1:${server.port}/`)).toMatchObject({ error: "Connection reset" });
  });

  it.each(["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"])("Connection closed: after %j", async (answer) => {
    await using server = await rawReceiver((socket) => socket.end(answer));
    const outcome = await post(`http://127.0.0.1:${server.port}/`);
    expect(outcome).toMatchObject({ error: "Connection closed before the answer was complete" });
  });

  it.each([
    ["I am not a web server\r\n", "Invalid HTTP response"],
    ["HTTP/1.1 099 Early\r\n\r\n", "Invalid HTTP response"],
    ["HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", "Invalid HTTP response"],
    ["HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\nok", "Invalid HTTP response"],
    [`HTTP/1.1 200 OK\r\nx: ${"x".repeat(100_000)}\r\n\r\n`, "Response headers too large"],
    ["HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\nok", "Invalid compression of the response"],
  ])("answer %j", async (answer, error) => {
    await using server = await rawReceiver((socket) => socket.end(answer));
    expect(await post(`http://127.0.0.1:${server.port}/`)).toMatchObject({ error });
  });

  it("TLS: certificate", async () => {
    await using ours = await listen(
      createTlsServer(certificates.localhost, (_, response) => response.end("ok")),
      "::1",
    );
    await using other = await listen(createTlsServer(certificates["example.org"]), "127.0.0.1");
    expect(await post(`https://localhost:${ours.port}/`)).toMatchObject({ error: "TLS: self-signed certificate" });

    const trusted = getCACertificates("default");
    setDefaultCACertificates([...trusted, certificates.localhost.cert, certificates["example.org"].cert]);
    onTestFinished(() => setDefaultCACertificates(trusted));
    expect(await post(`https://localhost:${ours.port}/`)).toMatchObject({ statusCode: 200, responseText: "ok" });
    expect(await post(`https://localhost:${other.port}/`)).toMatchObject({
      error: "TLS: certificate is for another host",
    });
  });

  it("TLS: a receiver that does not speak it", async () => {
    await using plain = await receiver((_request, response) => response.end());
    await using mute = await rawReceiver((socket) => socket.end());
    expect(await post(`https://127.0.0.1:${plain.port}/`)).toMatchObject({ error: "TLS: wrong version number" });
    expect(await post(`https://127.0.0.1:${mute.port}/`)).toMatchObject({
      error: "TLS: connection closed during the handshake",
    });
  });

  it.each([
    ["ftp://example.org/", "Address not allowed: not an http or https URL"],
    ["nonsense", "Address not allowed: not an http or https URL"],
    ["http://user:secret@example.org/", "Address not allowed: user name or password in the URL"],
    ["http://127.0.0.1:6667/", "Port not allowed"],
  ])("address %s", async (url, error) => {
    expect(await post(url)).toMatchObject({ kind: "not-answered", error });
  });
});

describe("stopping", () => {
  it("rejects with the reason of the caller's signal", async () => {
    const stop = new AbortController();
    await using server = await receiver(() => stop.abort(new Error("shutting down")));
    await expect(post(`http://127.0.0.1:${server.port}/`, { signal: stop.signal })).rejects.toThrow("shutting down");
    await expect(post(`http://127.0.0.1:${server.port}/`, { signal: stop.signal })).rejects.toThrow("shutting down");
    expect(server.connections).toBe(1);
  });
});

describe("disposing", () => {
  it("lets what is under way finish", async () => {
    const asked = Promise.withResolvers<ServerResponse>();
    await using server = await receiver((_request, response) => asked.resolve(response));
    const ending = createDeliverer();
    const outcome = ending.deliver({ url: `http://127.0.0.1:${server.port}/`, body: "", timeoutMs: 5_000 });
    const response = await asked.promise;
    const disposed = ending[Symbol.asyncDispose]();
    response.end("in time");
    expect(await outcome).toMatchObject({ responseText: "in time" });
    await disposed;
  });
});

describe("allowAddress", () => {
  it.each(["127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])(
    "is asked about the host %s",
    async (host) => {
      await using guarded = createDeliverer({
        allowAddress: (ip) => (/^(127\.0\.0\.1|::1|::ffff:7f00:1)$/.test(ip) ? "loopback" : true),
      });
      await using server = await receiver((_request, response) => response.end());
      const outcome = await guarded.deliver({ url: `http://${host}:${server.port}/`, body: "", timeoutMs: 1_000 });
      expect(outcome).toMatchObject({ kind: "not-answered", error: "Address not allowed: loopback" });
      expect(server.connections).toBe(0);
    },
  );

  it("is asked at every look-up, and only what it allows is dialled", async () => {
    const v4 = { address: "127.0.0.1", family: 4 };
    const v6 = { address: "::1", family: 6 };
    const answers = [[v6], [v4], [v4, v6]];
    await using guarded = createDeliverer({
      allowAddress: (ip) => ip === v6.address,
      resolveHost: async () => answers.shift() ?? [],
    });
    await using open = await receiver((_request, response) => response.end(), v6.address);
    await using inner = await receiver((_request, response) => response.end(), v4.address);
    const deliver = ({ port }: { port: number }) =>
      guarded.deliver({ url: `http://receiver.example:${port}/`, body: "", timeoutMs: 1_000 });
    expect(await deliver(open)).toMatchObject({ statusCode: 200 });
    expect(await deliver(inner)).toMatchObject({ error: "DNS lookup failed: no address that may be called" });
    expect(await deliver(inner)).toMatchObject({ error: "Connection refused" });
    expect(inner.connections).toBe(0);
  });
});
