import type { CallOptions } from "./types.ts";

/** Answers like the call, and rejects with the signal's own reason when it aborts, as `fetch` does. */
export async function abortable<Answer>(answer: Promise<Answer>, { signal }: CallOptions = {}): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** A new idempotency key. Pages over plain http have no `crypto.randomUUID`. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
