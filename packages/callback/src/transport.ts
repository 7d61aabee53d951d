import { pipeline, type Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import type { Dispatcher } from "undici";

/** What came back, as it came but for its compression. */
export interface Answer {
  readonly statusCode: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most one byte more than what is wanted. */
  readonly bytes: Buffer;
}

export interface Sending {
  /** As text: a `Request` would make a stream of it. */
  readonly body: string;
  /** How much of the answer's body is wanted. The connection is dropped on the rest. */
  readonly maxResponseBytes: number;
  readonly onAnswer: (answer: Answer) => void;
}

/**
 * A `fetch` for ky that hands requests to undici itself: Node's own `fetch`, which goes over web streams, takes three times as
 * long for each. Nor does it decide anything: by its specification `fetch` sends again after a 421 and makes an error of a 407.
 * The answer goes to `onAnswer`, since a `Response` can have neither every status nor a body without a stream.
 */
export function sendThrough(
  dispatcher: Dispatcher,
  { body, maxResponseBytes, onAnswer }: Sending,
): (request: unknown) => Promise<Response> {
  return async (request) => {
    const { url, method, headers, signal } = request as Request;
    const { origin, pathname, search } = new URL(url);
    const answer = await dispatcher.request({
      origin,
      path: pathname + search,
      method: method as Dispatcher.HttpMethod,
      headers: Object.fromEntries(headers),
      body,
      signal,
    });
    const bytes = await readUpTo(maxResponseBytes + 1, decompressed(answer));
    onAnswer({ statusCode: answer.statusCode, headers: answer.headers, bytes });
    return new Response();
  };
}

// As `fetch` reads them: what ends early is taken as far as it goes, and no bytes are none.
const zlib = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const brotli = { flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH };
const zstd = { flush: constants.ZSTD_e_continue, finishFlush: constants.ZSTD_e_flush };

/** Receivers are asked not to compress; some do. */
const decompressors = new Map<string, () => Transform>([
  ["gzip", () => createGunzip(zlib)],
  ["x-gzip", () => createGunzip(zlib)],
  ["deflate", () => createInflate(zlib)],
  ["br", () => createBrotliDecompress(brotli)],
  ["zstd", () => createZstdDecompress(zstd)],
]);

const statusesWithoutBody = new Set([204, 205, 304]);

function decompressed({ statusCode, headers, body }: Dispatcher.ResponseData): AsyncIterable<Buffer> {
  if (statusesWithoutBody.has(statusCode)) return body;
  const encoding = headers["content-encoding"];
  const decompressor = typeof encoding === "string" && decompressors.get(encoding.toLowerCase());
  // Who reads the end of the pipeline is told of its failure.
  return decompressor ? pipeline(body, decompressor(), () => undefined) : body;
}

/** Leaving the loop early destroys the stream and with it the connection. */
async function readUpTo(most: number, stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= most) break;
  }
  const [only] = chunks;
  return (chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)).subarray(0, most);
}
