import type { Ctx } from "@strategy-executor/core";
import { pingDatabase } from "@strategy-executor/db";
import { docsPage } from "@strategy-executor/docs-page";
import cors from "cors";
import express, { type Express, type Router } from "express";
import helmet from "helmet";
import { documentRouter } from "./rest/document-router.ts";
import { problemHandler, sendProblem, unknownPath } from "./rest/problem.ts";
import { restRouter } from "./rest/router.ts";
import type { Streams } from "./streams.ts";
import { trpcMiddleware } from "./trpc/middleware.ts";

export interface AppOptions {
  readonly ctx: Ctx;
  readonly streams: Streams;
  /** Serves `/graphql`. */
  readonly graphql: Router;
  /** Origins whose pages may read answers; `*` for all. */
  readonly corsOrigins: readonly string[];
  /** Whether the process is past its start and before its end. */
  readonly isReady: () => boolean;
}

/** The HTTP application: every transport, mounted on one host. */
export function createApp({ ctx, streams, graphql, corsOrigins, isReady }: AppOptions): Express {
  const app = express();
  app.set("query parser", "simple");
  app.disable("etag");
  app.use(helmet());
  if (corsOrigins.length > 0) app.use(cors({ origin: corsOrigins.includes("*") ? "*" : [...corsOrigins] }));
  app.get("/healthz", (_req, res) => {
    res.json({ status: "ok" });
  });
  app.get("/readyz", async (_req, res) => {
    const answers = isReady() && (await pingDatabase(ctx.database.db).catch(() => false));
    if (answers) res.json({ status: "ready" });
    else sendProblem(res, 503, "The database or the queue does not answer");
  });
  app.get("/", (_req, res) => {
    res.redirect("/docs");
  });
  app.use(docsPage({ openapiUrl: "/openapi.json", title: "Strategy executor" }));
  app.use(documentRouter());
  app.use("/trpc", trpcMiddleware(ctx, streams));
  app.use(graphql);
  app.use(restRouter(ctx, streams));
  app.use(unknownPath);
  app.use(problemHandler(ctx.log));
  return app;
}
