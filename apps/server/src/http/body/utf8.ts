/** Bytes that are not UTF-8. Positions count from 1. */
export class NotUtf8Error extends Error {
  override readonly name = "NotUtf8Error";
  readonly line: number;
  readonly byte: number;

  constructor(line: number, byte: number, value: number) {
    const hex = value.toString(16).toUpperCase().padStart(2, "0");
    super(`is not UTF-8: line ${line}, byte ${byte} of the body (0x${hex}) cannot be read`);
    this.line = line;
    this.byte = byte;
  }
}

/** Decodes UTF-8 and drops a byte order mark. @throws NotUtf8Error instead of replacing invalid bytes */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const index = firstBadByte(bytes);
    const line = bytes.subarray(0, index).reduce((count, byte) => (byte === newline ? count + 1 : count), 1);
    throw new NotUtf8Error(line, index + 1, bytes[index]!);
  }
}

const newline = 0x0a;

/** The first invalid byte, found by bisection; the last byte of a truncated text. */
function firstBadByte(bytes: Uint8Array): number {
  let readable = 0;
  let unreadable = bytes.length;
  while (unreadable - readable > 1) {
    const middle = (readable + unreadable) >>> 1;
    if (canContinue(bytes.subarray(0, middle))) readable = middle;
    else unreadable = middle;
  }
  return unreadable - 1;
}

function canContinue(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
