import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** Packs series for storage: JSON, compressed above `minCompressed`. Pure computation for a worker thread. */
export function packSeries(series: object): Uint8Array {
  const json = Buffer.from(JSON.stringify(series));
  if (json.length < minCompressed) return json;
  return zstdCompressSync(json, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** The inverse of `packSeries`. */
export function unpackSeries(packed: Uint8Array): Record<string, unknown> {
  const json = packed[0] === openingBrace ? Buffer.from(packed) : zstdDecompressSync(packed);
  return JSON.parse(json.toString("utf8")) as Record<string, unknown>;
}

/** Bytes. Below this, setting up the compressor costs more than writing the bytes. */
const minCompressed = 2_000;
/** First byte of JSON; compressed data never begin with it. */
const openingBrace = "{".codePointAt(0);
