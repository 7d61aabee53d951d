import { connect } from "node:net";
import { type DeliveryOutcome, failureReason } from "@strategy-executor/callback";
import { isAllowedRecipient, type Mailer, recipientOf } from "@strategy-executor/core";
import { createTransport, type NodemailerError } from "nodemailer";

export interface SmtpOptions {
  /** `smtp://USER:PASSWORD@HOST:PORT`, or `smtps://` for TLS from the first byte. */
  readonly url: string;
  /** Sender: an address, or a name with one: `Strategies <se@example.com>`. */
  readonly from: string;
  /** Allowed recipients: addresses, or `*@example.com` for a domain; null for any. */
  readonly allow: readonly string[] | null;
}

/** Sends mail through an SMTP server, one connection per mail. */
export function createSmtpMailer({ url, from, allow }: SmtpOptions): Mailer {
  return {
    checkRecipient(address) {
      const recipient = recipientOf(address) ?? "";
      if (allow === null || isAllowedRecipient(recipient, allow)) return undefined;
      return "is not a recipient that SMTP_ALLOW allows";
    },
    async send({ address, id, subject, text, html, attachment, timeoutMs, signal }) {
      const begun = performance.now();
      const elapsed = () => Math.round(performance.now() - begun);
      signal?.throwIfAborted();
      const deadline = AbortSignal.timeout(timeoutMs);
      const ended = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
      const mail = {
        from,
        to: { name: "", address: recipientOf(address) ?? "" },
        subject,
        text,
        html,
        ...(attachment !== null && {
          attachments: [
            { filename: attachment.name, content: attachment.html, contentType: "text/html; charset=utf-8" },
          ],
        }),
        messageId: `<${id}@${domainOf(from)}>`,
        // Nodemailer must not read files or URLs that a message names.
        disableFileAccess: true,
        disableUrlAccess: true,
      };
      try {
        const { response } = await createTransport(transportOf(url, ended)).sendMail(mail);
        return answered(response, elapsed());
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason;
        if (deadline.aborted) return timedOut(timeoutMs, elapsed());
        return failed(error, elapsed());
      }
    },
  };
}

/** The signal destroys the socket, which ends every wait of the connection. */
function transportOf(url: string, ended: AbortSignal) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === "smtps:";
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const number = port === "" ? (secure ? 465 : 587) : Number(port);
  return {
    host,
    port: number,
    secure,
    ...(username !== "" && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    // A password is sent without TLS to this machine only.
    requireTLS: username !== "" && !secure && !isLoopback(host),
    getSocket(
      _options: unknown,
      done: (error: Error | null, socket?: { connection: ReturnType<typeof connect> }) => void,
    ) {
      const connection = connect({ host, port: number, signal: ended });
      connection.once("error", done);
      connection.once("connect", () => {
        connection.removeListener("error", done);
        done(null, { connection });
      });
    },
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

/** The domain of the sender, which makes message ids unique. */
function domainOf(from: string): string {
  return /@([^\s>]+)>?\s*$/.exec(from)?.[1] ?? "localhost";
}

function answered(response: string, durationMs: number): DeliveryOutcome {
  const statusCode = Number(/^\d{3}/.exec(response)?.[0] ?? 250);
  return { kind: "answered", statusCode, responseText: response, truncated: false, headers: {}, durationMs };
}

function failed(error: unknown, durationMs: number): DeliveryOutcome {
  const { response, responseCode, code } = error as NodemailerError;
  if (responseCode !== undefined && response !== undefined && response !== "") return answered(response, durationMs);
  const reason = failureReason(error);
  if (reason !== "Request failed") return { kind: "not-answered", error: reason, durationMs };
  return { kind: "not-answered", error: `Mail not sent (${code ?? "unknown error"})`, durationMs };
}

function timedOut(timeoutMs: number, durationMs: number): DeliveryOutcome {
  return { kind: "not-answered", error: `Timeout after ${timeoutMs / 1000} s`, timedOut: true, durationMs };
}
