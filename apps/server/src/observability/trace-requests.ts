import type { RequestHandler } from "express";
import { scopeOf } from "../http/request-scope.ts";
import type { Tracing } from "./tracing.ts";

/** Creates a span for each request, in the trace of its `traceparent` or in a new one. */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (req, res, next) => {
    const { method } = req;
    const scope = scopeOf(res);
    const attributes = { "http.request.method": method, "strategy_executor.request_id": scope.id };
    const span = tracing.start(method, { kind: "server", parent: req.get("traceparent") ?? null, attributes });
    scope.traceParent = span.traceParent;
    // A request whose client has disconnected has no response.
    res.once("close", () => {
      const route = routeOf(req);
      const status = res.statusCode;
      span.end({
        ...(route !== undefined && { name: `${method} ${route}` }),
        attributes: { "http.response.status_code": status, ...(route !== undefined && { "http.route": route }) },
        ...(status >= 500 && { error: `answered ${status}` }),
      });
    });
    next();
  };
}

/** The route without the values that a client chose. */
function routeOf({ route, baseUrl, originalUrl }: Parameters<RequestHandler>[0]): string | undefined {
  const path: unknown = (route as { readonly path?: unknown } | undefined)?.path;
  if (typeof path === "string") return `${baseUrl}${path}`;
  return originalUrl.startsWith("/trpc/") ? "/trpc" : undefined;
}
