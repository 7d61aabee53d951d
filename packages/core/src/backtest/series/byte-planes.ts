/*
 * Numbers as byte planes: first the lowest byte of every number, then the next one. The high bytes of neighbours are alike, so
 * planes compress where whole numbers do not. Little-endian.
 */

/** Differences of each number to the one before it, as planes, 4 bytes each. */
export function packIntegers(values: Int32Array, planes = new Uint8Array(values.length * 4)): Uint8Array {
  const count = values.length;
  let before = 0;
  for (let index = 0; index < count; index += 1) {
    const value = values[index]!;
    writeWord(planes, index, count, value - before);
    before = value;
  }
  return planes;
}

export function unpackIntegers(planes: Uint8Array): Int32Array {
  const values = new Int32Array(fromPlanes(planes, 4).buffer);
  for (let index = 1; index < values.length; index += 1) values[index]! += values[index - 1]!;
  return values;
}

/** Doubles as planes, 8 bytes each. Throws a RangeError for NaN and the infinities, which JSON does not have. */
export function packDoubles(values: Float64Array, planes = new Uint8Array(values.length * 8)): Uint8Array {
  const count = values.length;
  const words = new Uint32Array(values.buffer, values.byteOffset, count * 2);
  for (let index = 0; index < count; index += 1) {
    if (!Number.isFinite(values[index])) throw new RangeError(`A series has ${values[index]} at index ${index}`);
    writeWord(planes, index, count, words[index * 2]!);
    writeWord(planes, index + 4 * count, count, words[index * 2 + 1]!);
  }
  return planes;
}

export function unpackDoubles(planes: Uint8Array): Float64Array {
  return new Float64Array(fromPlanes(planes, 8).buffer);
}

/**
 * Doubles that change little from one to the next, as planes of their differences: each pair of neighbours is subtracted as
 * 64-bit integers, and the sign of the difference moved to its lowest bit. Throws as `packDoubles` does.
 */
export function packCurve(values: Float64Array, planes = new Uint8Array(values.length * 8)): Uint8Array {
  const count = values.length;
  const words = new Uint32Array(values.buffer, values.byteOffset, count * 2);
  let low = 0;
  let high = 0;
  for (let index = 0; index < count; index += 1) {
    if (!Number.isFinite(values[index])) throw new RangeError(`A series has ${values[index]} at index ${index}`);
    const nextLow = words[index * 2]!;
    const nextHigh = words[index * 2 + 1]!;
    const lowChange = (nextLow - low) | 0;
    const highChange = (nextHigh - high - (nextLow < low ? 1 : 0)) | 0;
    const sign = highChange >> 31;
    // The lowest bit has the sign: it is shifted in as 0 and flipped by the exclusive or.
    writeWord(planes, index, count, (lowChange << 1) ^ sign);
    writeWord(planes, index + 4 * count, count, ((highChange << 1) | (lowChange >>> 31)) ^ sign);
    low = nextLow;
    high = nextHigh;
  }
  return planes;
}

export function unpackCurve(planes: Uint8Array): Float64Array {
  const words = new Uint32Array(fromPlanes(planes, 8).buffer);
  for (let index = 0, low = 0, high = 0; index < words.length; index += 2) {
    const sign = -(words[index]! & 1);
    const [codedLow, codedHigh] = [words[index]! ^ sign, words[index + 1]! ^ sign];
    const lowChange = ((codedLow >>> 1) | (codedHigh << 31)) >>> 0;
    const highChange = (codedHigh >>> 1) | (sign & 0x80000000) | 0;
    const nextLow = (low + lowChange) >>> 0;
    high = (high + highChange + (nextLow < low ? 1 : 0)) >>> 0;
    low = nextLow;
    words[index] = low;
    words[index + 1] = high;
  }
  return new Float64Array(words.buffer);
}

/** Writes the four bytes of a word into four planes of so many bytes. */
function writeWord(planes: Uint8Array, at: number, count: number, word: number): void {
  planes[at] = word;
  planes[at + count] = word >> 8;
  planes[at + 2 * count] = word >> 16;
  planes[at + 3 * count] = word >> 24;
}

function fromPlanes(planes: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const count = planes.length / width;
  const bytes = new Uint8Array(planes.length);
  for (let byte = 0; byte < width; byte += 1) {
    for (let index = 0, at = byte; index < count; index += 1, at += width) bytes[at] = planes[byte * count + index]!;
  }
  return bytes;
}
