import { setTimeout as after } from "node:timers/promises";
import { pingDatabase } from "@strategy-executor/db";
import { docsPage } from "@strategy-executor/docs-page";
import cors from "cors";
import express, { type Express, type Request, type RequestHandler, type Response, type Router } from "express";
import helmet from "helmet";
import type { TransportDependencies } from "./transport-dependencies.ts";
import { requestLimits, limitBodyTime } from "./http-server.ts";
import { dashboardRouter } from "../dashboard/dashboard-router.ts";
import { sessionRouter } from "../dashboard/session-router.ts";
import { documentRouter } from "../rest/document-router.ts";
import type { SiteRules } from "../access/site-rules.ts";
import type { Metrics } from "../observability/metrics.ts";
import { metricsRouter } from "../observability/metrics-router.ts";
import { removeBasePath } from "./base-path.ts";
import { identifyRequest } from "./request-scope.ts";
import { sendProblem, unknownPath } from "../rest/problem.ts";
import { HttpRefusal } from "./http-refusal.ts";
import { refusalHandler } from "./refusal-handler.ts";
import { restRouter } from "../rest/router.ts";
import { traceRequests } from "../observability/trace-requests.ts";
import type { Tracing } from "../observability/tracing.ts";
import { trpcMiddleware } from "../trpc/middleware.ts";

export interface AppOptions extends TransportDependencies {
  /** The handler of `/graphql`. */
  readonly graphql: Router;
  readonly siteRules: SiteRules;
  /** Origins that CORS allows; `*` for all. */
  readonly corsOrigins: readonly string[];
  /** Whether the dashboard is served at `/ui/`. */
  readonly dashboard: boolean;
  /** The path below which a proxy mounts the service; empty for the root. */
  readonly basePath: string;
  readonly metrics: Metrics;
  /** Null without tracing. */
  readonly tracing: Tracing | null;
  /** Whether the process has started and is not stopping. */
  readonly isReady: () => boolean;
}

/** A database that answers more slowly counts as not ready. */
const readyWithinMs = 5_000;

/** The HTTP application with all transports. */
export function createApp({
  graphql,
  siteRules,
  corsOrigins,
  dashboard,
  basePath,
  metrics,
  tracing,
  isReady,
  ...host
}: AppOptions): Express {
  const { ctx } = host;
  const app = express();
  app.set("query parser", "simple");
  app.disable("etag");
  app.disable("x-powered-by");
  if (basePath !== "") app.use(removeBasePath(basePath));
  app.use(identifyRequest);
  app.use(strictHeaders());
  app.use(welcomeOnly(siteRules));
  if (corsOrigins.length > 0) app.use(allowOrigins(corsOrigins));
  app.use(shortUrl);
  app.get("/healthz", (_req, res) => {
    res.json({ status: "ok" });
  });
  app.get("/readyz", async (_req, res) => {
    const ping = () => pingDatabase(ctx.database.db).catch(() => false);
    const answers = isReady() && (await Promise.race([ping(), after(readyWithinMs, false, { ref: false })]));
    if (answers) res.json({ status: "ready" });
    else sendProblem(res, 503, "The database or the queue does not answer");
  });
  app.get("/", (_req, res) => {
    res.redirect(`${basePath}${dashboard ? "/ui/" : "/docs"}`);
  });
  if (dashboard) app.use(sessionRouter(host.access), dashboardRouter({ basePath }));
  app.use(docsPage({ openapiUrl: "/openapi.json", title: "Strategy executor", basePath }));
  app.use(documentRouter(basePath));
  app.use(metricsRouter(host.access, metrics));
  if (tracing !== null) app.use(traceRequests(tracing));
  app.use(noStore);
  app.use("/trpc", limitBodyTime(), trpcMiddleware(host));
  app.use("/graphql", limitBodyTime());
  app.use(graphql);
  app.use(restRouter(host));
  app.use(unknownPath);
  app.use(refusalHandler(ctx.log));
  return app;
}

/** Responses are data: browsers must not run, frame or sniff them. HTML pages set their own policies. */
function strictHeaders(): RequestHandler {
  const nothing = ["'none'"];
  const headers = headersSetBy(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: nothing, baseUri: nothing, formAction: nothing, frameAncestors: nothing },
      },
    }),
  );
  return (_req, res, next) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  };
}

/** Computed once: helmet computes these headers for each request, which costs measurable time under load. */
function headersSetBy(handler: RequestHandler): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  const response = {
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: () => undefined,
  };
  void handler({} as Request, response as unknown as Response, (error?: unknown) => {
    if (error !== undefined) throw error;
  });
  return headers;
}

/** Refuses requests of other sites' pages, on every path. */
function welcomeOnly(siteRules: SiteRules): RequestHandler {
  return (req, _res, next) => next(siteRules.refusalOf(req) ?? undefined);
}

function allowOrigins(origins: readonly string[]): RequestHandler {
  return cors({
    origin: origins.includes("*") ? "*" : [...origins],
    exposedHeaders: ["RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", "X-Request-Id"],
  });
}

const shortUrl: RequestHandler = (req, _res, next) => {
  if (req.originalUrl.length <= requestLimits.url) return next();
  throw new HttpRefusal(414, `The path and the query are longer than ${requestLimits.url} characters`);
};

/** Responses belong to one client: intermediaries must not cache them. */
const noStore: RequestHandler = (_req, res, next) => {
  res.set("Cache-Control", "no-store");
  next();
};

/** The HTTP application of the metrics port. */
export function createMetricsApp({
  ctx: { log },
  access,
  siteRules,
  metrics,
}: Pick<AppOptions, "ctx" | "access" | "siteRules" | "metrics">): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(identifyRequest);
  app.use(welcomeOnly(siteRules));
  app.get("/healthz", (_req, res) => {
    res.json({ status: "ok" });
  });
  app.use(metricsRouter(access, metrics));
  app.use(unknownPath);
  app.use(refusalHandler(log));
  return app;
}
