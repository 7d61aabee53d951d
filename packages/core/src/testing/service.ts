import { createGuard } from "@strategy-executor/callback";
import { type ConnectOptions, connectDatabase, type Database } from "@strategy-executor/db";
import { type EngineOptions, startEngine } from "../engine/engine.ts";
import { noopObserver } from "../engine/lifecycle/observer.ts";
import type { Signals } from "../engine/signals/signals.ts";
import type { Log } from "../common/log.ts";
import { createPriceProviders } from "../prices/providers/price-providers.ts";
import { type Ctx, localClient } from "../operations/operation.ts";
import type { Reports } from "../operations/reports/reports.ts";
import { reportOf } from "../analysis/stored/index.ts";
import type { ServiceInfo } from "../operations/service/service-info.ts";
import { loadRegistry } from "../engine/registry/registry.ts";
import { openSecretBox } from "../engine/signing/secrets-key.ts";

export interface Service extends AsyncDisposable {
  readonly ctx: Ctx;
  /** For tests that write to the database directly. */
  readonly signals: Signals;
  readonly database: Database;
}

const testSecretsKey = Buffer.alloc(32, "test").toString("base64");
const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Without a thread, and without pages. */
const plainReports: Reports = {
  analysis: async (source) => reportOf(source).analysis,
  html: () => Promise.reject(new Error("These tests have no pages of reports")),
};

interface Options extends Partial<EngineOptions> {
  readonly reports?: Reports;
  readonly service?: Partial<ServiceInfo>;
  /** Folder with strategies besides the built-in ones. */
  readonly strategiesDir?: string;
}

/** Starts the whole service except its transports on the given database. */
export async function startService(
  database: ConnectOptions,
  { reports = plainReports, service = {}, strategiesDir, ...options }: Options = {},
): Promise<Service> {
  await using stack = new AsyncDisposableStack();
  const registry = await loadRegistry(strategiesDir);
  const connected = stack.use(await connectDatabase(database));
  const log = options.log ?? silent;
  const notifications = options.notifications ?? { language: "en", publicUrl: null, mailer: null };
  const callbackGuard = options.callbackGuard ?? createGuard({ allowPrivate: true, allowHttp: true });
  const engine = stack.use(
    await startEngine({
      database: connected,
      log,
      observer: noopObserver,
      works: true,
      identity: { name: "test/1", version: "0.0.0" },
      market: { load: () => Promise.reject(new Error("These tests have no stored prices")) },
      registry,
      threads: 1,
      executionTimeoutMs: 60_000,
      memoryMb: 1_024,
      maxExecutionAttempts: 3,
      callbackTimeoutMs: 10_000,
      callbackGuard,
      notifications,
      retryWaits: [20],
      receiverLimits: { concurrency: 50, failuresToOpen: 1_000 },
      priceProviders: createPriceProviders({ files: "/nonexistent", provider: "files" }),
      secretBox: openSecretBox({ secretsKey: testSecretsKey }),
      maxBacklog: 250_000,
      limits: null,
      retentionDays: null,
      drainMs: 5_000,
      ...options,
    }),
  );
  const ctx: Ctx = {
    client: localClient,
    database: connected,
    lifecycle: engine.lifecycle,
    sweeps: engine.sweeps,
    backlog: engine.backlog,
    events: engine.events,
    callbackGuard,
    mailer: notifications.mailer,
    notifications,
    callbackMaxAttempts: 1,
    signingSecrets: engine.signingSecrets,
    redeliveries: engine.redeliveries,
    schedules: engine.schedules,
    reports,
    prices: engine.prices,
    service: { auth: "off", mode: "development", version: "0.0.0", public_url: null, mail: false, ...service },
    strategies: registry.strategies,
    log,
    parametersMaxBytes: 64_000,
    pricesMaxBytes: 1_000_000_000,
  };
  const started = stack.move();
  return { ctx, signals: engine.signals, database: connected, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
