import type { Ctx } from "@strategy-executor/core";
import { pingDatabase } from "@strategy-executor/db";
import cors from "cors";
import express, { type Express } from "express";
import helmet from "helmet";
import { problemHandler, sendProblem, unknownPath } from "./rest/problem.ts";
import { restRouter } from "./rest/router.ts";

export interface AppOptions {
  readonly ctx: Ctx;
  /** Origins whose pages may read answers; `*` for all. */
  readonly corsOrigins: readonly string[];
  /** Whether the process is past its start and before its end. */
  readonly isReady: () => boolean;
}

/** The HTTP application: every transport, mounted on one host. */
export function createApp({ ctx, corsOrigins, isReady }: AppOptions): Express {
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
  app.use(restRouter(ctx));
  app.use(unknownPath);
  app.use(problemHandler(ctx.log));
  return app;
}
