import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { TLSSocket } from "node:tls";

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  /** Trusting this file trusts the server, if its certificate matches the name it is called by. */
  readonly certificateFile: string;
  /** The received mails, oldest first. */
  readonly mails: readonly Mail[];
}

export interface Mail {
  readonly from: string;
  readonly to: string;
  /** The raw headers and text. */
  readonly content: string;
  /** Whether the connection was encrypted at that time. */
  readonly encrypted: boolean;
  /** The login, as `user:password`. */
  readonly login: string | null;
}

interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * Implements enough SMTP (RFC 5321, STARTTLS, AUTH PLAIN) to receive mails. Refuses recipients at `nowhere.example`.
 */
export async function startMailServer(certificate: Certificate): Promise<MailServer> {
  const mails: Mail[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write("220 localhost\r\n");
    // A client may disconnect at any point.
    converse(socket, certificate, mails).catch(() => socket.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const folder = await mkdtemp(join(tmpdir(), "mail-server-"));
  const certificateFile = join(folder, "certificate.pem");
  await writeFile(certificateFile, certificate.cert);
  return {
    port: (server.address() as AddressInfo).port,
    certificateFile,
    mails,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
      await rm(folder, { recursive: true });
    },
  };
}

async function converse(socket: Socket, certificate: Certificate, mails: Mail[]): Promise<void> {
  const encrypted = socket instanceof TLSSocket;
  const lines = createInterface({ input: socket, crlfDelay: Infinity });
  const say = (text: string) => socket.write(`${text}\r\n`);
  let login: string | null = null;
  let from = "";
  let to = "";
  let content: string[] | null = null;
  for await (const line of lines) {
    const [verb = "", argument = "", ...more] = line.split(" ");
    const command = verb.toUpperCase();
    if (content !== null && line !== ".") content.push(line);
    else if (content !== null) {
      mails.push({ from, to, content: content.join("\n"), encrypted, login });
      content = null;
      say("250 taken");
    } else if (command === "EHLO") say(`250-localhost\r\n250 ${encrypted ? "AUTH PLAIN" : "STARTTLS"}`);
    else if (command === "STARTTLS") {
      say("220 go ahead");
      lines.close();
      const secure = new TLSSocket(socket, { isServer: true, ...certificate });
      secure.on("error", () => undefined);
      return converse(secure, certificate, mails);
    } else if (command === "AUTH") {
      login = Buffer.from(more[0] ?? "", "base64")
        .toString("utf8")
        .split("\0")
        .slice(1)
        .join(":");
      say("235 welcome");
    } else if (command === "MAIL") {
      from = argument;
      say("250 ok");
    } else if (command === "RCPT") {
      to = argument;
      say(to.includes("nowhere.example") ? "550 no such mailbox" : "250 ok");
    } else if (command === "DATA") {
      content = [];
      say("354 go on");
    } else if (command === "QUIT") {
      socket.end("221 bye\r\n");
    } else say("250 ok");
  }
}
