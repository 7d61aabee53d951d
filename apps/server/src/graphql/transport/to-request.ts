import type { ServerResponse } from "node:http";
import type { Request as ExpressRequest } from "express";

/**
 * A request as Yoga takes it. The body is the text that `jsonText` has read. The signal aborts when the client leaves before it has the
 * whole answer. Yoga's own conversion lists the keys of the body, which takes a second for a text of 1 MB.
 */
export function toRequest(req: ExpressRequest, res: ServerResponse): Request {
  const url = new URL(req.path, "http://localhost");
  for (const [name, value] of Object.entries(req.query)) url.searchParams.set(name, String(value));
  const left = new AbortController();
  res.once("close", () => {
    if (!res.writableFinished) left.abort(res.errored ?? undefined);
  });
  const hasBody = req.method !== "GET" && req.method !== "HEAD" && typeof req.body === "string";
  return new Request(url, {
    method: req.method,
    headers: Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
    body: hasBody ? req.body : null,
    signal: left.signal,
  });
}
