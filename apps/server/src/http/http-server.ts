import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { RequestHandler } from "express";
import { withoutBasePath } from "./base-path.ts";
import { sayAndClose } from "./connections.ts";
import { refusalBody } from "./refusal-handler.ts";

/** Limits that apply before a request is interpreted. */
export const requestLimits = {
  /** Bytes of the request line and all headers. */
  headerBytes: 16_384,
  headers: 100,
  /** Characters of path and query. */
  url: 8_192,
  /** Time for all headers to arrive, from the first byte of a request or the opening of the connection. */
  headersMs: 10_000,
  /** Time for a JSON body to arrive. Price files may take longer; only the idle limit ends those. */
  bodyMs: 30_000,
  /** Time without a byte in either direction while a request is answered. */
  silenceMs: 120_000,
};

export interface HttpServerOptions {
  readonly limits?: typeof requestLimits;
  /** The path below which a proxy mounts the service; the root when absent. */
  readonly basePath?: string;
  /** How long an idle connection stays open for the next request; Node's default when absent. */
  readonly keepAliveMs?: number;
  /** Whether the server accepts a request with an `Upgrade` header as a handshake. When absent, it accepts none. */
  readonly isHandshake?: (request: IncomingMessage) => boolean;
}

/** An HTTP server with limits on the size and the duration of requests. */
export function createHttpServer(
  listener: RequestListener,
  {
    limits: { headersMs } = requestLimits,
    keepAliveMs,
    basePath = "",
    isHandshake = () => false,
  }: HttpServerOptions = {},
): Server {
  const server = createServer(
    {
      maxHeaderSize: requestLimits.headerBytes,
      headersTimeout: headersMs,
      // Node's limit of five minutes per request would cut off a long price file. The idle limit replaces it.
      requestTimeout: 0,
      connectionsCheckingInterval: 1_000,
      ...(keepAliveMs !== undefined && { keepAliveTimeout: keepAliveMs }),
      // A server may ignore `Upgrade` (RFC 9110, section 7.8). Clients such as Java's offer HTTP/2 with every request.
      shouldUpgradeCallback: isHandshake,
    },
    listener,
  );
  server.maxHeadersCount = requestLimits.headers;
  server.timeout = requestLimits.silenceMs;
  server.on("clientError", (error, socket) => tellClientError(error, socket, basePath));
  return server;
}

/** Drops requests whose body is not complete in time. Mount it only where bodies are read as a whole. */
export function limitBodyTime({ bodyMs } = requestLimits): RequestHandler {
  return (req, _res, next) => {
    if (req.method === "GET" || req.method === "HEAD") return next();
    const timer = setTimeout(() => req.destroy(), bodyMs);
    for (const event of ["end", "close"]) req.once(event, () => clearTimeout(timer));
    next();
  };
}

/** Node's own answer has no body. */
function tellClientError(error: UnreadableRequest, socket: Duplex, basePath: string): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const status = statusOf[error.code ?? ""] ?? 400;
  const title = STATUS_CODES[status]!;
  const id = randomUUID();
  const message = `The request cannot be read: ${title}`;
  const { type, body } = refusalBody(withoutBasePath(pathOf(error.rawPacket), basePath), {
    status,
    message,
    fields: [],
    requestId: id,
  });
  const text = JSON.stringify(body);
  sayAndClose(
    socket,
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${type}; charset=utf-8\r\nX-Request-Id: ${id}\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

interface UnreadableRequest extends NodeJS.ErrnoException {
  /** The packet that could not be parsed. It begins with the request line unless the request came in pieces. */
  readonly rawPacket?: Buffer;
}

function pathOf(packet: Buffer = Buffer.of()): string {
  return /^[A-Z]+ (\/\S*)/.exec(packet.toString("latin1"))?.[1] ?? "";
}

const statusOf: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
