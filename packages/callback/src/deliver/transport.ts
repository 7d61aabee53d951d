import type { Transform } from "node:stream";
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

/** What ky's `Request` would make streams and lists of, or listen to twice over. */
export interface Sending {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How much of the answer's body is wanted. The connection is dropped on the rest. */
  readonly maxResponseBytes: number;
  /** Ends the sending at once, with its reason, also while it waits for a connection. */
  readonly signal: AbortSignal;
  readonly onAnswer: (answer: Answer) => void;
}

/**
 * A `fetch` for ky that hands requests to undici itself: Node's own `fetch`, which goes over web streams, takes four times as
 * long for each. Nor does it decide anything: by its specification `fetch` sends again after a 421 and makes an error of a 407.
 * The answer goes to `onAnswer`, since a `Response` can have neither every status nor a body without a stream.
 */
export function sendThrough(dispatcher: Dispatcher, sending: Sending): (request: unknown) => Promise<Response> {
  return async (request) => {
    sending.signal.throwIfAborted();
    const { url, method } = request as Request;
    sending.onAnswer(await answerTo(dispatcher, new URL(url), method as Dispatcher.HttpMethod, sending));
    return new Response();
  };
}

function answerTo(
  dispatcher: Dispatcher,
  { origin, pathname, search }: URL,
  method: Dispatcher.HttpMethod,
  { headers, body, maxResponseBytes, signal }: Sending,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let controller: Dispatcher.DispatchController | null = null;
  let head: Omit<Answer, "bytes"> = { statusCode: 0, headers: {} };
  let decompressor: Transform | null = null;
  let isCut = false;
  const collected = collect(maxResponseBytes + 1);

  const finish = () => resolve({ ...head, bytes: collected.bytes() });
  const fail = (reason: Error) => {
    reject(reason);
    decompressor?.destroy();
    controller?.abort(reason);
  };
  const finishEarly = () => {
    finish();
    fail(new Error("No more is wanted"));
  };
  const read = (chunk: Buffer) => {
    if (collected.add(chunk)) finishEarly();
  };
  const abort = () => fail(signal.reason);
  signal.addEventListener("abort", abort);

  dispatcher.dispatch(
    { origin, path: pathname + search, method, headers, body },
    {
      onRequestStart(started) {
        controller = started;
        if (signal.aborted) abort();
      },
      // Comes for each 1xx too, before the one that counts.
      onResponseStart(_started, statusCode, answered) {
        head = { statusCode, headers: answered };
        decompressor = decompressorFor(head);
        // What is compressed can end before the answer does.
        decompressor?.on("data", read).on("end", finishEarly).on("error", fail);
      },
      onResponseData(started, chunk) {
        if (decompressor === null) return read(chunk);
        // Not paused meanwhile: a connection that ends while it is paused throws outside of any promise (nodejs/undici#5360).
        if (decompressor.writableLength < mostWaitingBytes) return void decompressor.write(chunk);
        isCut = true;
        decompressor.end();
        started.abort(new Error("More than can be decompressed in time"));
      },
      onResponseEnd() {
        if (decompressor === null) finish();
        else decompressor.end();
      },
      onResponseError(_started, error) {
        if (!isCut) fail(error);
      },
    },
  );
  return promise.finally(() => signal.removeEventListener("abort", abort));
}

/** Of what is compressed, and came faster than it is decompressed. The rest of an answer is left. */
const mostWaitingBytes = 4 * 1024 * 1024;

/** Keeps the first bytes. */
function collect(most: number) {
  const chunks: Buffer[] = [];
  let length = 0;
  return {
    /** Whether that is enough. */
    add(chunk: Buffer): boolean {
      chunks.push(chunk);
      length += chunk.length;
      return length >= most;
    },
    bytes(): Buffer {
      const [only] = chunks;
      return (chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)).subarray(0, most);
    },
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

function decompressorFor({ statusCode, headers }: Omit<Answer, "bytes">): Transform | null {
  const encoding = headers["content-encoding"];
  if (typeof encoding !== "string" || statusCode < 200 || statusesWithoutBody.has(statusCode)) return null;
  return decompressors.get(encoding.toLowerCase())?.() ?? null;
}
