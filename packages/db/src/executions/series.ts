import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** Series as they are stored: JSON, compressed where that is worth it. Pure computation, meant for a worker thread. */
export function packSeries(series: object): Uint8Array {
  const json = Buffer.from(JSON.stringify(series));
  if (json.length < worthIt) return json;
  return zstdCompressSync(json, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** The inverse of `packSeries`. */
export function unpackSeries(packed: Uint8Array): Record<string, unknown> {
  const json = packed[0] === openingBrace ? Buffer.from(packed) : zstdDecompressSync(packed);
  return JSON.parse(json.toString("utf8")) as Record<string, unknown>;
}

/** Bytes. What the compressor needs for itself takes longer to get than so few to write. */
const worthIt = 2_000;
/** What compressed bytes never begin with. */
const openingBrace = "{".codePointAt(0);
