import { DomainError } from "@strategy-executor/core";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import { type Handler, type RequestHandler, Router } from "express";
import { admitRequest } from "../access/access.ts";
import type { TransportDependencies } from "../http/transport-dependencies.ts";
import { jsonText } from "../http/body/json-body.ts";
import { parseStrictJson } from "../http/body/strict-json.ts";
import { tellWhenToRetry } from "../http/retry-after.ts";
import { ctxFor, scopeOf } from "../http/request-scope.ts";
import { isUnexpected } from "./errors.ts";
import { appRouter } from "./router.ts";

/** Serves the router. It reads bodies itself: mount it before any body parser. */
export function trpcMiddleware(dependencies: TransportDependencies): Router {
  const router = Router();
  router.post("/*path", ...jsonText());
  router.use(checkInput, procedures(dependencies));
  return router;
}

/** Refuses input that would lose values. tRPC parses it again, and reports malformed JSON itself. */
const checkInput: RequestHandler = (req, _res, next) => {
  const text: unknown = req.method === "POST" ? req.body : req.query["input"];
  const isBatch = req.query["batch"] === "1";
  try {
    if (typeof text === "string") parseStrictJson(text, (name, index) => isBatch && index === 0 && /^\d+$/.test(name));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  next();
};

function procedures({ ctx, access, streams }: TransportDependencies): Handler {
  return createExpressMiddleware({
    router: appRouter,
    maxBodySize: 1_048_576,
    maxBatchSize: 20,
    // Clients send queries by POST where addresses would grow too long.
    allowMethodOverride: true,
    async createContext({ req, res, info }) {
      const caller = await admitRequest(access, req, res, info.calls.length);
      // Heartbeats reset this timeout as long as the client reads.
      if (info.type === "subscription") res.setTimeout(streams.stalledMs, () => res.destroy());
      return { ctx: ctxFor(ctx, caller.client, scopeOf(res)), streams, caller, res };
    },
    onError({ error, path, ctx: own }) {
      if (own !== undefined && error.cause instanceof DomainError) tellWhenToRetry(own.res, error.cause.code);
      if (isUnexpected(error))
        (own?.ctx ?? ctx).log.error({ err: error.cause ?? error, procedure: path }, "request failed");
    },
  });
}
