/**
 * Counts from now on what this thread allocates in shared buffers, which neither V8 nor Node tells of a thread. Returns a
 * number that other threads can read, and this one set back.
 */
export function countSharedBuffers(): Float64Array {
  const bytes = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
  globalThis.SharedArrayBuffer = new Proxy(SharedArrayBuffer, {
    construct(target, args, newTarget) {
      const buffer = Reflect.construct(target, args, newTarget) as SharedArrayBuffer;
      bytes[0] = bytes[0]! + buffer.byteLength;
      return buffer;
    },
  });
  return bytes;
}
