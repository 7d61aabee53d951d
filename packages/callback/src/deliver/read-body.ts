/** What was read of a body. */
export interface ReadBody {
  readonly bytes: Uint8Array;
  /** The body is longer. */
  readonly truncated: boolean;
}

/**
 * Reads the first bytes of a body and drops the connection on the rest.
 *
 * @throws what ends the body early
 */
export async function readAtMost(maxBytes: number, body: ReadableStream<Uint8Array> | null): Promise<ReadBody> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the stream, and with it the request.
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), truncated: length > maxBytes };
}
