import type { Ctx } from "@strategy-executor/core";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import type { Handler } from "express";
import type { Streams } from "../streams.ts";
import { isUnexpected } from "./errors.ts";
import { appRouter } from "./router.ts";

/** Serves the router. It reads bodies itself: mount it before any body parser. */
export function trpcMiddleware(ctx: Ctx, streams: Streams): Handler {
  return createExpressMiddleware({
    router: appRouter,
    maxBodySize: 1_048_576,
    maxBatchSize: 20,
    createContext({ req, res, info }) {
      // Heartbeats keep busy every line whose client reads.
      if (info.type === "subscription") res.setTimeout(streams.stalledMs, () => res.destroy());
      return { ctx, streams, client: req.ip ?? "" };
    },
    onError({ error, path }) {
      if (isUnexpected(error)) ctx.log.error({ err: error.cause ?? error, procedure: path }, "request failed");
    },
  });
}
