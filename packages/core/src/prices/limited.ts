import { DomainError } from "../common/domain-error.ts";

/** Passes the bytes on. @throws DomainError `payload_too_large` beyond `maxBytes` */
export async function* limited(
  csv: AsyncIterable<Uint8Array>,
  maxBytes: number,
  name: string,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of csv) {
    total += chunk.byteLength;
    if (total > maxBytes) throw new DomainError("payload_too_large", `${name} is larger than ${maxBytes} bytes`);
    yield chunk;
  }
}
