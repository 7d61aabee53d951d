import type { IncomingMessage } from "node:http";
import { pipeline, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { HttpRefusal, unsupportedCoding } from "../http-refusal.ts";

/**
 * The body as a stream of bytes, decompressed according to `Content-Encoding`.
 * @throws HttpRefusal 415 for another coding; the stream fails with 400 when the bytes cannot be decompressed
 */
export function unpackedBody(request: IncomingMessage): AsyncIterable<Uint8Array> {
  const coding = request.headers["content-encoding"]?.trim().toLowerCase() || "identity";
  if (coding === "identity") return request;
  const unpacker = unpackers[coding];
  if (unpacker === undefined) throw new HttpRefusal(415, unsupportedCoding(coding));
  return unpack(request, unpacker(), coding);
}

const unpackers: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

async function* unpack(request: IncomingMessage, unpacker: Transform, coding: string): AsyncGenerator<Uint8Array> {
  // The iteration below reports the errors of both streams.
  const unpacked = pipeline(request, unpacker, () => undefined);
  try {
    yield* unpacked as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw isOfZlib(error) ? new HttpRefusal(400, `The body is not valid ${coding}: ${error.message}`) : error;
  }
}

function isOfZlib(error: unknown): error is Error {
  return error instanceof Error && "code" in error && /^(Z_|ERR__ERROR|ERR_BROTLI|ZSTD_)/.test(String(error.code));
}
