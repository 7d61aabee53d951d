import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Ctx, EngineOptions } from "@strategy-executor/core";
import { type Service, startService } from "@strategy-executor/core/testing";
import type { ConnectOptions } from "@strategy-executor/db";
import { type AccessSettings, createAccess } from "../access/access.ts";
import { createSiteRules } from "../access/site-rules.ts";
import { createApp } from "../http/app.ts";
import { createGraphql } from "../graphql/graphql.ts";
import { trackConnections } from "../http/connections.ts";
import { createHttpServer } from "../http/http-server.ts";
import { createMetrics } from "../observability/metrics.ts";
import { createOpenStreams, type StreamTimes } from "../http/open-streams.ts";
import { createReportThreads } from "../reports/report-threads.ts";
import { testStrategiesDir } from "./server-process.ts";

export interface TestApp extends AsyncDisposable {
  readonly address: string;
  /** The context of its operations. */
  readonly ctx: Ctx;
  /** Notifies the engine of rows that a test writes itself. */
  readonly signals: Service["signals"];
}

const maxConnections = 10_000;

interface TestAppOptions extends Partial<Omit<AccessSettings, "sites">> {
  readonly log?: Ctx["log"];
  readonly streamsPerClient?: number;
  readonly streamTimes?: StreamTimes;
  readonly graphiql?: boolean;
  /** Overrides of the engine's options. */
  readonly engine?: Partial<EngineOptions>;
}

/** Serves the HTTP application within the test's process, with its service accessible. */
export async function startTestApp(
  database: ConnectOptions,
  {
    log,
    streamsPerClient = 2_000,
    streamTimes,
    graphiql = true,
    auth = "off",
    requestsPerMinute = null,
    engine = {},
  }: TestAppOptions = {},
): Promise<TestApp> {
  await using stack = new AsyncDisposableStack();
  const reports = stack.use(createReportThreads());
  const { ctx, signals } = stack.use(
    await startService(database, {
      strategiesDir: testStrategiesDir,
      ...(log !== undefined && { log }),
      ...engine,
      reports,
      service: { auth: auth === "on" ? "on" : "off" },
    }),
  );
  const streams = createOpenStreams(streamsPerClient, streamTimes);
  const sites = { auth, allowedHosts: [], publicUrl: null, corsOrigins: [], basePath: "" };
  const access = stack.use(createAccess(ctx, { auth, requestsPerMinute, sites }));
  const siteRules = createSiteRules(sites);
  const host = {
    ctx,
    access,
    siteRules,
    streams,
    metrics: createMetrics(),
    tracing: null,
    corsOrigins: [],
    dashboard: true,
    basePath: "",
  };
  const graphql = createGraphql({ ...host, graphiql });
  const app = createApp({ ...host, graphql: graphql.router, isReady: () => true });
  const server = createHttpServer(app, { isHandshake: graphql.isHandshake });
  const connections = trackConnections(server, maxConnections);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(async () => {
    const closed = once(server, "close");
    server.close();
    connections.destroyAll();
    await closed;
  });
  stack.use(graphql.acceptWebSockets(server));
  const started = stack.move();
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ctx,
    signals,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
