import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { describe, expect, it } from "vitest";
import { createSmtpMailer } from "./smtp-mailer.ts";

const mail = {
  address: "mailto:me@example.com",
  id: "8f2b6b0e-6f0e-4c51-9a08-0d0a4f3c9d11",
  subject: "월말 결정: new decision",
  text: "Hold: 50.0% IEF\n",
  html: "<p>Hold: 50.0% IEF</p>\n",
  attachment: null,
  timeoutMs: 5_000,
};

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

/** A real SMTP server on loopback that keeps what it accepts. */
async function startSmtp(options: SMTPServerOptions = {}) {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        const raw = Buffer.concat(chunks).toString("utf8");
        received.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

const from = "Strategies <se@strategies.example>";
const mailerOf = (url: string, allow: readonly string[] | null = null) => createSmtpMailer({ url, from, allow });

describe("a mail", () => {
  it("is accepted with the server's reply, and arrives as text and HTML with the report attached", async () => {
    await using smtp = await startSmtp();
    const attachment = { name: "execution-12.html", html: "<!doctype html><title>Report</title>" };
    const outcome = await mailerOf(smtp.url).send({ ...mail, attachment });
    expect(outcome).toMatchObject({ kind: "answered", statusCode: 250, responseText: expect.stringMatching(/^250 /) });
    const [{ raw, ...envelope }] = smtp.received as [Received];
    expect(envelope).toEqual({ from: "se@strategies.example", to: ["me@example.com"] });
    expect(raw).toContain("Message-ID: <8f2b6b0e-6f0e-4c51-9a08-0d0a4f3c9d11@strategies.example>");
    expect(raw).toMatch(/^From: Strategies <se@strategies\.example>$/m);
    expect(raw).toMatch(/^To: me@example\.com$/m);
    expect(raw).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(raw).toContain("Content-Type: text/plain");
    expect(raw).toMatch(/filename=execution-12\.html/);
    const [, content = ""] = /filename=execution-12\.html\r?\n\r?\n([A-Za-z0-9+/=\r\n]+)/.exec(raw) ?? [];
    const isBase64 = /Content-Transfer-Encoding: base64/.test(raw);
    if (isBase64) expect(Buffer.from(content, "base64").toString()).toBe(attachment.html);
    else expect(raw).toContain(attachment.html);
  });

  it("has the same id whenever it is sent again", async () => {
    await using smtp = await startSmtp();
    const mailer = mailerOf(smtp.url);
    await mailer.send(mail);
    await mailer.send(mail);
    const ids = smtp.received.map(({ raw }) => /^Message-ID: .*$/m.exec(raw)?.[0]);
    expect(ids[0]).toBe(ids[1]);
  });

  it("can name a recipient with escapes", async () => {
    await using smtp = await startSmtp();
    await mailerOf(smtp.url).send({ ...mail, address: "mailto:me%2Bse@example.com" });
    expect(smtp.received[0]!.to).toEqual(["me+se@example.com"]);
  });

  it("logs in with the user of the address", async () => {
    const logins: unknown[] = [];
    await using smtp = await startSmtp({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, done) {
        logins.push({ username, password });
        done(null, { user: username });
      },
    });
    const outcome = await mailerOf(smtp.url.replace("//", "//us%40er:p%2Fw@")).send(mail);
    expect(outcome).toMatchObject({ statusCode: 250 });
    expect(logins).toEqual([{ username: "us@er", password: "p/w" }]);
  });
});

describe("what is recorded when it fails", () => {
  it("is the reply of a server that refuses the recipient", async () => {
    await using smtp = await startSmtp({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error("No such user"), { responseCode: 550 })),
    });
    expect(await mailerOf(smtp.url).send(mail)).toMatchObject({
      kind: "answered",
      statusCode: 550,
      responseText: expect.stringContaining("No such user"),
    });
  });

  it("is the reply of a server that wants it later", async () => {
    await using smtp = await startSmtp({
      onMailFrom: (_address, _session, done) => done(Object.assign(new Error("Try again"), { responseCode: 451 })),
    });
    expect(await mailerOf(smtp.url).send(mail)).toMatchObject({ kind: "answered", statusCode: 451 });
  });

  it("is a short reason without a server", async () => {
    await using smtp = await startSmtp();
    const { url } = smtp;
    await smtp[Symbol.asyncDispose]();
    expect(await mailerOf(url).send(mail)).toMatchObject({ kind: "not-answered", error: "Connection refused" });
  });

  it("is the deadline of a server that says nothing, and its connection is gone", async () => {
    const connected = Promise.withResolvers<Socket>();
    const server = createServer((socket) => connected.resolve(socket.on("error", () => {})));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const outcome = await mailerOf(`smtp://127.0.0.1:${port}`).send({ ...mail, timeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: "not-answered", error: "Timeout after 0.2 s", timedOut: true });
    const socket = await connected.promise;
    if (!socket.closed) await once(socket.resume(), "close");
    server.close();
  });

  it("is nothing when the caller stops", async () => {
    const stop = new AbortController();
    const server = createServer((socket) => {
      socket.on("error", () => {});
      stop.abort(new Error("shutting down"));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const sending = mailerOf(`smtp://127.0.0.1:${port}`).send({ ...mail, signal: stop.signal });
    await expect(sending).rejects.toThrow("shutting down");
    server.close();
  });
});

describe("recipients", () => {
  it.each([
    ["mailto:me@example.com", true],
    ["mailto:Other@EXAMPLE.com", true],
    ["mailto:boss@company.example", true],
    ["mailto:me@company.example", false],
    ["mailto:me@sub.example.com", false],
    ["mailto:me@notexample.com", false],
  ])("are those named: %s %s", (address, isAllowed) => {
    const mailer = mailerOf("smtp://127.0.0.1", ["*@example.com", "boss@company.example"]);
    expect(mailer.checkRecipient(address) === undefined).toBe(isAllowed);
    expect(mailerOf("smtp://127.0.0.1").checkRecipient(address)).toBeUndefined();
    expect(mailerOf("smtp://127.0.0.1", []).checkRecipient(address)).toMatch(/SMTP_ALLOW/);
  });
});
