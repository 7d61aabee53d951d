import { randomUUID } from "node:crypto";
import { createServer, type RequestListener, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { RequestHandler } from "express";

/** What a request may be, before anybody looks at what it says. */
export const requestLimits = {
  /** Of the request line and all headers. */
  headerBytes: 16_384,
  headers: 100,
  /** Characters of path and query. */
  url: 8_192,
  /** For all headers to arrive. */
  headersMs: 10_000,
  /** For a body of JSON to arrive. Files of prices may take longer; only silence ends those. */
  bodyMs: 30_000,
  /** Without a byte in either direction. */
  silenceMs: 120_000,
};

/** An HTTP server that neither large nor slow requests can occupy. */
export function createHttpServer(listener: RequestListener, { headersMs } = requestLimits): Server {
  const server = createServer(
    {
      maxHeaderSize: requestLimits.headerBytes,
      headersTimeout: headersMs,
      // Node's five minutes for a whole request would cut off a long file of prices; silence ends a request instead.
      requestTimeout: 0,
      connectionsCheckingInterval: 1_000,
    },
    listener,
  );
  server.maxHeadersCount = requestLimits.headers;
  server.timeout = requestLimits.silenceMs;
  server.on("clientError", tellClientError);
  return server;
}

/** Drops requests whose body has not arrived in time. Mount it only where bodies are read as a whole. */
export function limitBodyTime({ bodyMs } = requestLimits): RequestHandler {
  return (req, _res, next) => {
    if (req.method === "GET" || req.method === "HEAD") return next();
    const timer = setTimeout(() => req.destroy(), bodyMs);
    for (const event of ["end", "close"]) req.once(event, () => clearTimeout(timer));
    next();
  };
}

/** Node would answer without a body. */
function tellClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const status = statusOf[error.code ?? ""] ?? 400;
  const title = STATUS_CODES[status]!;
  const id = randomUUID();
  const detail = `The request cannot be read: ${title}`;
  const problem = { type: "about:blank", title, status, detail, request_id: id };
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json; charset=utf-8\r\nX-Request-Id: ${id}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const statusOf: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
