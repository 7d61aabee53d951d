import { DomainError } from "../../common/domain-error.ts";
import { type CsvFile, refused } from "./csv-file.ts";

/** Whether the runtime can decode bytes in this charset. */
export function isDecodable(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding !== "replacement";
  } catch {
    return false;
  }
}

/**
 * The text of the bytes, without a byte order mark. A byte order mark of UTF-8 or UTF-16 decides about the charset; otherwise
 * the file's does, or UTF-8.
 * @throws DomainError `invalid` for an unknown charset, and with line and byte, both from 1, where the bytes are not text of it
 */
export async function* decodeCsv(csv: AsyncIterable<Uint8Array>, file: CsvFile): AsyncGenerator<string> {
  if (file.charset !== undefined && !isDecodable(file.charset)) {
    throw new DomainError("invalid", `${file.name}: the charset ${JSON.stringify(file.charset)} is not known`);
  }
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let encoding = "";
  let head = new Uint8Array();
  let line = 1;
  let offset = 0;
  /** The incomplete character at the end of the last chunk, kept so that errors can name its first byte. */
  let begun = new Uint8Array();

  const decode = (bytes: Uint8Array, isLast: boolean): string => {
    if (!encoding.startsWith("utf-16")) ensureNoNul(bytes, file, line);
    try {
      return decoder!.decode(bytes, { stream: !isLast });
    } catch {
      const suspects = joined(begun, bytes);
      const index = firstBadByte(suspects, encoding, isLast);
      throw refused(
        file,
        line + countLines(suspects.subarray(0, index)),
        reasonOf(suspects, index, offset, file, encoding),
      );
    }
  };
  const advance = (bytes: Uint8Array): void => {
    const all = joined(begun, bytes);
    const whole = all.length - unfinished(all, encoding);
    line += countLines(all.subarray(0, whole));
    offset += whole;
    begun = all.slice(whole);
  };

  for await (const chunk of csv) {
    let bytes = chunk;
    if (decoder === undefined) {
      head = joined(head, chunk);
      if (head.length < 4) continue;
      bytes = head;
      encoding = encodingOf(head, file);
      decoder = new TextDecoder(encoding, { fatal: true });
    }
    const text = decode(bytes, false);
    advance(bytes);
    if (text !== "") yield text;
  }
  if (decoder === undefined) {
    encoding = encodingOf(head, file);
    decoder = new TextDecoder(encoding, { fatal: true });
    yield decode(head, true);
  } else {
    yield decode(new Uint8Array(), true);
  }
}

function encodingOf(head: Uint8Array, file: CsvFile): string {
  const [a, b, c, d] = head;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) {
    throw refused(file, 1, "the file is UTF-32, which cannot be read: save it as UTF-8");
  }
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  return new TextDecoder(file.charset ?? "utf-8").encoding;
}

/** NUL is valid UTF-8, but no CSV file has one: such a file is UTF-16 without a byte order mark. */
function ensureNoNul(bytes: Uint8Array, file: CsvFile, line: number): void {
  const index = bytes.indexOf(0);
  if (index === -1) return;
  throw refused(
    file,
    line + countLines(bytes.subarray(0, index)),
    "there is a NUL character. If the file is UTF-16, name its charset (charset=utf-16le), or save it as UTF-8",
  );
}

function reasonOf(bytes: Uint8Array, index: number, offset: number, file: CsvFile, encoding: string): string {
  const hex = bytes[index]!.toString(16).toUpperCase().padStart(2, "0");
  const where = `byte ${offset + index + 1} of the file (0x${hex})`;
  if (file.charset !== undefined || encoding !== "utf-8") return `${where} is not ${encoding}`;
  return `${where} is not UTF-8. Name the charset of the file (charset=euc-kr), or save it as UTF-8`;
}

/** The first byte of the first invalid character, found by bisection. */
function firstBadByte(bytes: Uint8Array, encoding: string, isLast: boolean): number {
  const isReadable = (length: number) => {
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  if (isLast && isReadable(bytes.length)) return bytes.length - Math.max(1, unfinished(bytes, encoding));
  let readable = 0;
  let unreadable = bytes.length;
  while (unreadable - readable > 1) {
    const middle = (readable + unreadable) >>> 1;
    if (isReadable(middle)) readable = middle;
    else unreadable = middle;
  }
  return unreadable - 1 - unfinished(bytes.subarray(0, unreadable - 1), encoding);
}

/** How many bytes at the end begin a character of UTF-8 that they do not complete. Other encodings are looked at as a whole. */
function unfinished(bytes: Uint8Array, encoding: string): number {
  if (encoding !== "utf-8") return 0;
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) count += 1;
  return count;
}

const newline = 0x0a;

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
