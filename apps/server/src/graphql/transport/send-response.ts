import { once } from "node:events";
import type { Response as ServerResponse } from "express";

/** Headers that keep anything in between from holding an event back. */
const streamHeaders = { "Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no" };

/**
 * Sends an answer as fast as the client takes it, and gives its source up when the client is gone or has taken nothing for
 * `stalledMs`.
 */
export async function sendResponse(res: ServerResponse, answer: Response, stalledMs: number): Promise<void> {
  if (res.destroyed) return answer.body?.cancel();
  res.status(answer.status);
  for (const [name, value] of answer.headers) res.setHeader(name, value);
  if (answer.headers.get("content-type")?.startsWith("text/event-stream") === true) {
    // Yoga says `none`, which is no encoding that there is.
    res.removeHeader("Content-Encoding");
    for (const [name, value] of Object.entries(streamHeaders)) res.setHeader(name, value);
  }
  if (answer.body !== null) {
    const reader = answer.body.getReader();
    res.once("close", () => reader.cancel().catch(() => undefined));
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (!res.write(next.value)) await drained(res, stalledMs);
    }
  }
  res.end();
}

async function drained(res: ServerResponse, stalledMs: number): Promise<void> {
  if (res.destroyed) return;
  const timer = setTimeout(() => res.destroy(), stalledMs);
  const settled = new AbortController();
  const { signal } = settled;
  await Promise.race([once(res, "drain", { signal }), once(res, "close", { signal })]);
  settled.abort();
  clearTimeout(timer);
}
