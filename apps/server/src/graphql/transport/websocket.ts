import { once } from "node:events";
import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { DomainError, type Log } from "@strategy-executor/core";
import { CloseCode, handleProtocols } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import { type Access, toCredentials } from "../../access/access.ts";
import type { SiteRules } from "../../access/site-rules.ts";
import { decodeUtf8, NotUtf8Error } from "../../http/body/utf8.ts";
import type { HttpRefusal } from "../../http/http-refusal.ts";
import { withoutBasePath } from "../../http/base-path.ts";
import { sayAndClose } from "../../http/connections.ts";
import { limits } from "../limits.ts";
import { toEnumName } from "../mapping/name-mapping.ts";
import { graphqlRefusal } from "../refusal.ts";
import { parseStrictMessage } from "../strict-request.ts";
import { goingAway, webSocketProtocol, type Yoga } from "./websocket-protocol.ts";

export interface WebSocketOptions {
  readonly yoga: Yoga;
  readonly access: Access;
  readonly siteRules: SiteRules;
  /** A client that has not answered by the next ping is dropped. */
  readonly heartbeatMs: number;
  readonly log: Log;
}

/** How long a client may take to answer the closing handshake. */
const farewellMs = 1_000;

/** Whether a request is a WebSocket handshake (RFC 6455, section 4.1) at this path. */
export function isWebSocketHandshake(
  path: string,
  basePath: string,
  { method, url = "", headers }: IncomingMessage,
): boolean {
  const isAtPath = withoutBasePath(url, basePath).replace(/\?.*$/, "").replace(/\/$/, "") === path;
  return isAtPath && method === "GET" && headers.upgrade?.trim().toLowerCase() === "websocket" && !hasBody(headers);
}

/** Serves GraphQL over the server's WebSockets. Disposal closes them. */
export function acceptWebSockets(
  server: Server,
  { yoga, access, siteRules, heartbeatMs, log }: WebSocketOptions,
): AsyncDisposable {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.bodyBytes, handleProtocols });
  const protocol = webSocketProtocol(yoga, access);
  const serve = (socket: WebSocket, request: IncomingMessage) => {
    const stopHeartbeat = startHeartbeat(socket, heartbeatMs);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        // Resolves when the data is flushed, so that nothing is produced for a client that does not read.
        send: (text) => new Promise((resolve) => socket.send(text, () => resolve())),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) =>
          socket.on("message", (message) => {
            const text = readMessage(socket, message as Buffer);
            if (text === undefined) return;
            handle(text).catch((error: unknown) => {
              log.error({ err: error }, "WebSocket message failed");
              socket.close(CloseCode.InternalServerError, "Internal server error");
            });
          }),
      },
      { socket, credentials: toCredentials(request) },
    );
    // A client violated the WebSocket protocol; the library closes its socket.
    socket.on("error", (error) => log.debug({ err: error }, "WebSocket failed"));
    socket.once("close", (code, reason) => {
      stopHeartbeat();
      void closed(code, String(reason));
    });
  };

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = siteRules.refusalOfWebSocket(request);
    if (refusal !== null) return refuse(socket, refusal);
    sockets.handleUpgrade(request, socket, head, serve);
  };
  server.on("upgrade", onUpgrade);
  return {
    async [Symbol.asyncDispose]() {
      server.off("upgrade", onUpgrade);
      const clients = [...sockets.clients];
      const gone = clients.map((client) => once(client, "close"));
      for (const client of clients) client.close(goingAway, "Going away");
      const timer = setTimeout(() => clients.forEach((client) => client.terminate()), farewellMs);
      await Promise.all(gone);
      clearTimeout(timer);
    },
  };
}

/** The text of a message; undefined when it was refused because its bytes or values would be lost. */
function readMessage(socket: WebSocket, message: Buffer): string | undefined {
  try {
    const text = decodeUtf8(message);
    return refuseLostValues(socket, text) ? undefined : text;
  } catch (error) {
    if (!(error instanceof NotUtf8Error)) throw error;
    socket.close(CloseCode.BadRequest, "The message is not UTF-8");
    return undefined;
  }
}

/** Answers a request whose values would be lost. The protocol reports malformed JSON itself. */
function refuseLostValues(socket: WebSocket, text: string): boolean {
  try {
    parseStrictMessage(text);
  } catch (error) {
    if (!(error instanceof DomainError)) return false;
    const { message, fields } = error;
    const code = toEnumName(error.code);
    const { id } = JSON.parse(text) as { readonly id?: unknown };
    if (typeof id !== "string") socket.close(CloseCode.BadRequest, "The message has values that cannot be kept");
    else socket.send(JSON.stringify({ id, type: "error", payload: [{ message, extensions: { code, fields } }] }));
    return true;
  }
  return false;
}

/** Keeps proxies from closing an idle connection, and detects departed clients. */
function startHeartbeat(socket: WebSocket, heartbeatMs: number): () => void {
  let answered = true;
  socket.on("pong", () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, heartbeatMs);
  return () => clearInterval(timer);
}

/** Bytes after the headers belong to the body of an ordinary request. */
function hasBody(headers: IncomingMessage["headers"]): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function refuse(socket: Duplex, refusal: HttpRefusal): void {
  const { status } = refusal;
  const { type, body } = graphqlRefusal(refusal);
  const text = JSON.stringify(body);
  sayAndClose(
    socket,
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: ${type}; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}
