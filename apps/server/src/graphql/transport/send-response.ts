import { once } from "node:events";
import type { Response as ServerResponse } from "express";

/** Headers that keep proxies from buffering events. */
const streamHeaders = { "Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no" };

/**
 * Sends a response with backpressure. Cancels its source when the client disconnects or reads nothing for `stalledMs`.
 */
export async function sendResponse(res: ServerResponse, answer: Response, stalledMs: number): Promise<void> {
  if (res.destroyed) return answer.body?.cancel();
  res.status(answer.status);
  for (const [name, value] of answer.headers) res.setHeader(name, value);
  if (/^(?:text\/event-stream|multipart\/mixed)/.test(answer.headers.get("content-type") ?? "")) {
    // Yoga sends `none`, which is not a content coding.
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
