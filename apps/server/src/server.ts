import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { createGuard } from "@strategy-executor/callback";
import {
  compareSettings,
  type Engine,
  loadRegistry,
  openSecretBox,
  type ServiceInfo,
  startEngine,
  storedMarket,
} from "@strategy-executor/core";
import { createPriceProviders } from "@strategy-executor/core/prices";
import { connectDatabase, hasUsableApiKey, removeAbandonedPrices } from "@strategy-executor/db";
import manifest from "../package.json" with { type: "json" };
import { createAccess } from "./access/access.ts";
import { createSiteRules, type SiteRules } from "./access/site-rules.ts";
import { createApp, createMetricsApp } from "./http/app.ts";
import { type Config, ConfigError, sharedSettings } from "./config.ts";
import { createGraphql } from "./graphql/graphql.ts";
import { type Connections, trackConnections } from "./http/connections.ts";
import { createHttpServer } from "./http/http-server.ts";
import type { TransportDependencies } from "./http/transport-dependencies.ts";
import type { Logger } from "./observability/log.ts";
import { createMetrics, type Metrics } from "./observability/metrics.ts";
import { createOperatorApp } from "./commands/operator/operator-app.ts";
import { reportForMail } from "./mail/report-for-mail.ts";
import { named } from "./start-failure.ts";
import { createOpenStreams } from "./http/open-streams.ts";
import { traceExecutions } from "./observability/trace-executions.ts";
import { createReportThreads } from "./reports/report-threads.ts";
import { startTracing, type Tracing } from "./observability/tracing.ts";

export interface RunningServer extends AsyncDisposable {
  /** Its address; null for a worker. */
  readonly address: string | null;
  /** A name of the database, for messages. */
  readonly database: string;
}

/** Opens the database, starts the engine and listens. Disposal finishes or requeues running executions. */
export async function startServer(config: Config, log: Logger): Promise<RunningServer> {
  await using stack = new AsyncDisposableStack();
  const { databaseUrl, dataDir } = config;
  const metrics = createMetrics();
  // Registered first, so that it is disposed after everything that reports to it.
  const tracing = config.tracing === null ? null : stack.use(await startTracing(config.tracing));
  const setting = databaseUrl === undefined ? `DATA_DIR=${dataDir}` : "DATABASE_URL";
  const onStalled = (process: string) =>
    log.warn({ process }, "database session ended: it held locks, and its process is frozen or cut off");
  const database = stack.use(await named(setting, connectDatabase({ databaseUrl, dataDir, onStalled })));
  await removeAbandonedPrices(database.db, { noImportRunning: database.kind === "pglite" });
  const registry = await named(`STRATEGIES_DIR=${config.strategiesDir}`, loadRegistry(config.strategiesDir));
  for (const { file, reason } of registry.refused) log.error({ file, reason }, "strategy refused");
  const callbackGuard = createGuard(config.callbackGuard);
  const { smtp, ...reading } = config.notifications;
  // Loaded on demand: it would add 0.1 s to every start.
  const mailer = smtp === null ? null : (await import("./mail/smtp-mailer.ts")).createSmtpMailer(smtp);
  const processName = `${hostname()}/${process.pid}`;
  const engine = stack.use(
    await startEngine({
      database,
      log,
      observer: tracing === null ? metrics.observer : traceExecutions(tracing, metrics.observer),
      works: config.role !== "api",
      identity: { name: processName, version: manifest.version },
      market: storedMarket(database.db),
      registry,
      threads: config.threads,
      executionTimeoutMs: config.executionTimeoutMs,
      memoryMb: config.memoryMb,
      maxExecutionAttempts: config.maxExecutionAttempts,
      callbackTimeoutMs: config.callbackTimeoutMs,
      retryWaits: config.retryWaits,
      receiverLimits: config.receiverLimits,
      callbackGuard,
      notifications: { ...reading, mailer, report: (executionId) => reportForMail(ctx, executionId, reading.language) },
      priceProviders: createPriceProviders(config.prices),
      secretBox: openSecretBox(config),
      maxBacklog: config.maxBacklog,
      limits: config.limits,
      retentionDays: config.retentionDays,
      drainMs: config.shutdownTimeoutMs,
    }),
  );
  const settings = sharedSettings(config);
  stack.use(compareSettings(engine.signals, log, { process: `${config.role} ${processName}`, settings }));
  metrics.include({ database, engine });
  const { parametersMaxBytes, pricesMaxBytes } = config;
  const ctx: TransportDependencies["ctx"] = {
    database,
    lifecycle: engine.lifecycle,
    sweeps: engine.sweeps,
    backlog: engine.backlog,
    events: engine.events,
    callbackGuard,
    mailer,
    notifications: reading,
    callbackMaxAttempts: config.callbackMaxAttempts,
    signingSecrets: engine.signingSecrets,
    redeliveries: engine.redeliveries,
    schedules: engine.schedules,
    reports: stack.use(createReportThreads()),
    prices: engine.prices,
    service: serviceInfo(config),
    strategies: registry.strategies,
    log,
    parametersMaxBytes,
    pricesMaxBytes,
  };
  const siteRules = createSiteRules(config.sites);
  const parts = { ctx, access: stack.use(createAccess(ctx, config)), siteRules, engine, metrics, tracing };
  const address = config.role === "worker" ? null : await listen(parts, config, stack);
  if (config.metricsPort !== null) await serveMetrics(parts, config, config.metricsPort, stack);
  database.lock?.serve(createOperatorApp(ctx));
  if (address !== null) database.lock?.publishAddress(address);
  const started = stack.move();
  return { address, database: database.description, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

function serviceInfo({ sites, mode, notifications }: Config): ServiceInfo {
  return {
    auth: sites.auth === "on" ? "on" : "off",
    mode,
    version: manifest.version,
    public_url: sites.publicUrl?.href ?? null,
    mail: notifications.smtp !== null,
  };
}

interface Parts extends Pick<TransportDependencies, "ctx" | "access"> {
  readonly siteRules: SiteRules;
  readonly engine: Engine;
  readonly metrics: Metrics;
  readonly tracing: Tracing | null;
}

async function listen(parts: Parts, config: Config, stack: AsyncDisposableStack): Promise<string> {
  const { engine, ...host } = parts;
  const { ctx } = host;
  await ensureGuarded(ctx, config);
  let ready = true;
  const streams = createOpenStreams(config.streamsPerClient);
  const { basePath, dashboard, keepAliveMs } = config;
  const graphql = createGraphql({ ...host, streams, basePath, graphiql: config.graphiql });
  const { sites } = config;
  const site = { corsOrigins: sites.corsOrigins, dashboard, basePath };
  const app = createApp({ ...host, ...site, streams, graphql: graphql.router, isReady: () => ready });
  const server = createHttpServer(app, { isHandshake: graphql.isHandshake, basePath, keepAliveMs });
  const connections = trackConnections(server, config.connectionsPerAddress);
  server.listen(config.port, config.host);
  await named(`PORT=${config.port}, HOST=${config.host}`, once(server, "listening"));
  stack.defer(async () => {
    ready = false;
    streams.end();
    // One deadline covers both: running executions stop while open requests finish.
    await Promise.all([close(server, connections, config.shutdownTimeoutMs), engine.drain()]);
  });
  stack.use(graphql.acceptWebSockets(server));
  const { port } = server.address() as AddressInfo;
  const name = config.host === "127.0.0.1" ? "localhost" : config.host.includes(":") ? `[${config.host}]` : config.host;
  return `http://${name}:${port}`;
}

/** Enough for several scrapers. */
const metricsConnections = 100;

/** Serves metrics on a separate port: for workers, or to keep metrics off the public port. */
async function serveMetrics(parts: Parts, { host }: Config, port: number, stack: AsyncDisposableStack): Promise<void> {
  const server = createHttpServer(createMetricsApp(parts));
  const connections = trackConnections(server, metricsConnections);
  server.listen(port, host);
  await named(`METRICS_PORT=${port}, HOST=${host}`, once(server, "listening"));
  stack.defer(() => close(server, connections, 1_000));
  parts.ctx.log.info({ port: (server.address() as AddressInfo).port }, "serving metrics");
}

/** Refuses to listen beyond loopback without an API key or an explicit AUTH=off. @throws ConfigError */
async function ensureGuarded(
  { database, log }: TransportDependencies["ctx"],
  { auth, exposed, host }: Config,
): Promise<void> {
  if (auth === "off" || (await hasUsableApiKey(database.db))) return;
  if (exposed) {
    throw new ConfigError(
      `HOST=${host} can be reached from elsewhere and there is no API key: make one with \`npm run keys -- create NAME\`, ` +
        "or say AUTH=off to let everybody in",
    );
  }
  log.warn({}, "there is no usable API key: npm run keys -- create NAME");
}

/** Lets open requests finish, up to the deadline. */
async function close(server: Server, connections: Connections, deadlineMs: number): Promise<void> {
  const timer = setTimeout(() => connections.destroyAll(), deadlineMs);
  server.close();
  server.closeIdleConnections();
  await once(server, "close");
  clearTimeout(timer);
}
