import type { IncomingMessage } from "node:http";

import { CallbackRejectedError } from "./callback-rejected-error.ts";

/** A request of Node's `http` or of Express, before or after a body parser. */
export interface NodeRequest extends IncomingMessage {
  /** The output of a body parser: a parsed value, text, or bytes. */
  readonly body?: unknown;
  /** The raw bytes, if a body parser was configured to keep them. */
  readonly rawBody?: unknown;
}

/** The common view of a request, whatever interface it came through. */
export interface ReceivedRequest {
  readonly method: string;
  /** Header names are lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** @throws CallbackRejectedError when there are more than `maxBytes` or the body ends early */
  readBody(maxBytes: number): Promise<ReceivedBody>;
}

/** A body parser may have kept the bytes, or only its output. */
export type ReceivedBody = { readonly bytes: Uint8Array } | { readonly parsed: unknown };

/** The common view of a Fetch `Request` and of a request of Node or Express. */
export function toReceivedRequest(request: Request | NodeRequest): ReceivedRequest {
  return isFetchRequest(request) ? fromFetch(request) : fromNode(request);
}

function isFetchRequest(request: Request | NodeRequest): request is Request {
  // Not instanceof: frameworks have their own Request classes.
  return "arrayBuffer" in request && typeof request.headers.get === "function";
}

function fromFetch(request: Request): ReceivedRequest {
  return {
    method: request.method,
    headers: Object.fromEntries(request.headers),
    async readBody(maxBytes) {
      if (request.bodyUsed) throw new Error("The body of the request has been read before receiveCallback");
      return { bytes: await readAll(request.body ?? [], maxBytes) };
    },
  };
}

function fromNode(request: NodeRequest): ReceivedRequest {
  return {
    method: request.method ?? "",
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(", ") : (value ?? ""),
      ]),
    ),
    async readBody(maxBytes) {
      // A parser that ignored the content type leaves the body unread, and perhaps sets an empty object.
      if (!request.readableDidRead) return { bytes: await readAll(request, maxBytes) };

      const kept = request.rawBody ?? request.body;
      if (kept === undefined)
        throw new Error("The body of the request has been read before receiveCallback, and not kept");
      if (typeof kept !== "string" && !(kept instanceof Uint8Array)) return { parsed: kept };
      return { bytes: ensureSize(Buffer.from(kept), maxBytes) };
    },
  };
}

async function readAll(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of chunks) {
      length += chunk.length;
      if (length > maxBytes) break;
      read.push(chunk);
    }
  } catch (cause) {
    throw new CallbackRejectedError(400, "the body ended early", { cause });
  }
  if (length > maxBytes) throw tooLarge(maxBytes);
  return Buffer.concat(read);
}

function ensureSize(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

function tooLarge(maxBytes: number): CallbackRejectedError {
  return new CallbackRejectedError(413, `the body is larger than ${maxBytes} bytes`);
}
