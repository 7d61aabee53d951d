import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** Series as they are stored: JSON, compressed. Pure computation, meant for a worker thread. */
export function packSeries(series: object): Uint8Array {
  return zstdCompressSync(JSON.stringify(series), { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** The inverse of `packSeries`. */
export function unpackSeries(packed: Uint8Array): Record<string, unknown> {
  return JSON.parse(zstdDecompressSync(packed).toString("utf8")) as Record<string, unknown>;
}
