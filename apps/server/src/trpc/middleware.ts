import { createExpressMiddleware } from "@trpc/server/adapters/express";
import type { Handler } from "express";
import { admitRequest } from "../access/access.ts";
import type { TransportDependencies } from "../http/transport-dependencies.ts";
import { ctxFor, scopeOf } from "../http/request-scope.ts";
import { isUnexpected } from "./errors.ts";
import { appRouter } from "./router.ts";

/** Serves the router. It reads bodies itself: mount it before any body parser. */
export function trpcMiddleware({ ctx, access, streams }: TransportDependencies): Handler {
  return createExpressMiddleware({
    router: appRouter,
    maxBodySize: 1_048_576,
    maxBatchSize: 20,
    async createContext({ req, res, info }) {
      const caller = await admitRequest(access, req, res, info.calls.length);
      // Heartbeats reset this timeout as long as the client reads.
      if (info.type === "subscription") res.setTimeout(streams.stalledMs, () => res.destroy());
      return { ctx: ctxFor(ctx, caller.client, scopeOf(res)), streams, caller };
    },
    onError({ error, path, ctx: own }) {
      if (isUnexpected(error))
        (own?.ctx ?? ctx).log.error({ err: error.cause ?? error, procedure: path }, "request failed");
    },
  });
}
