import { availableParallelism } from "node:os";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createGuard, type GuardOptions } from "@strategy-executor/callback";
import {
  maxCallbackAttempts,
  notificationLanguages,
  parseSecretsKey,
  providerNames,
} from "@strategy-executor/core/settings";
import { z } from "zod";

/** An invalid setting. `message` is one line that names it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const checkout = fileURLToPath(new URL("../../..", import.meta.url));
const port = z.coerce.number().int().min(0).max(65_535);
const list = z.string().transform((text) => text.split(",").map((part) => part.trim()));
/** ASCII letters, as browsers send it; without scheme and port. */
const hostName = /^[\w-]+(?:\.[\w-]+)*$/;
const milliseconds = (max: number) => z.coerce.number().int().min(1).max(max);

const Environment = z.object({
  PORT: port.default(8000),
  METRICS_PORT: port.optional(),
  HOST: z.string().default("127.0.0.1"),
  DATA_DIR: z.string().default(resolve(checkout, ".data")),
  DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, "is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE")
    .optional(),
  ROLE: z.enum(["all", "api", "worker"]).default("all"),
  MODE: z.enum(["development", "production"]).optional(),
  AUTH: z.enum(["on", "off"]).optional(),
  ALLOWED_HOSTS: list.pipe(z.array(z.string().regex(hostName, "is not a host name"))).optional(),
  BASE_PATH: z
    .string()
    .regex(/^(?:\/|(?:\/[\w.~-]+)+\/?)$/, "is not a path such as /strategies")
    .optional(),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  DASHBOARD: z.enum(["on", "off"]).default("on"),
  GRAPHIQL: z.enum(["on", "off"]).optional(),
  STRATEGIES_DIR: z.string().optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  CORS_ORIGINS: list.pipe(z.array(z.union([z.literal("*"), z.url()]))).optional(),
  COMPUTE_THREADS: z.coerce.number().int().min(1).max(256).default(availableParallelism()),
  EXECUTION_TIMEOUT_MS: milliseconds(24 * 3600_000).default(300_000),
  WORKER_MEMORY_MB: z.coerce.number().int().min(64).max(1_000_000).default(1_024),
  EXECUTION_MAX_ATTEMPTS: z.coerce.number().int().min(1).max(100).default(3),
  CALLBACK_TIMEOUT_MS: milliseconds(600_000).default(10_000),
  CALLBACK_MAX_ATTEMPTS: z.coerce.number().int().min(1).max(maxCallbackAttempts).default(1),
  CALLBACK_RETRY_MS: milliseconds(24 * 3600_000).default(5_000),
  CALLBACK_RETRY_MAX_MS: milliseconds(7 * 24 * 3600_000).default(12 * 3600_000),
  CALLBACK_CONCURRENCY: z.coerce.number().int().min(1).max(10_000).default(50),
  CALLBACK_RATE_LIMIT: z.coerce.number().positive().max(100_000).optional(),
  CALLBACK_CIRCUIT_FAILURES: z.coerce.number().int().min(1).max(1_000_000).default(20),
  CALLBACK_CIRCUIT_MS: milliseconds(3600_000).default(10_000),
  CALLBACK_ALLOW_HTTP: z.enum(["true", "false"]).optional(),
  CALLBACK_ALLOW_CIDRS: list.pipe(z.array(z.string().superRefine(guardTakes("allowCidrs")))).optional(),
  CALLBACK_ALLOW_PORTS: list.pipe(z.array(z.string().superRefine(guardTakes("allowPorts")))).optional(),
  NOTIFY_LANGUAGE: z.enum(notificationLanguages).default("en"),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: "is not of the form smtp://USER:PASSWORD@HOST:PORT" }).optional(),
  SMTP_FROM: z
    .string()
    .regex(/^[^\r\n]*@[^\s@]+>?$/, "is not a mail address")
    .optional(),
  SMTP_ALLOW: list
    .pipe(z.array(z.string().regex(/^[^\s@]+@[^\s@]+$/, "is neither a mail address nor *@DOMAIN")))
    .optional(),
  SECRETS_KEY: z
    .string()
    .refine((text) => parseSecretsKey(text) !== undefined, "is not a key of 32 bytes in base64 or hexadecimal digits")
    .optional(),
  MAX_BACKLOG: z.coerce.number().int().min(1).max(100_000_000).default(250_000),
  CLIENT_CONCURRENCY: z.coerce.number().int().min(1).max(1_000_000).optional(),
  STRATEGY_CONCURRENCY: z.string().transform(toLimits).optional(),
  RETENTION_DAYS: z.coerce.number().positive().max(36_500).optional(),
  RATE_LIMIT: z.coerce.number().int().min(1).max(1_000_000).optional(),
  STREAMS_PER_CLIENT: z.coerce.number().int().min(1).default(2_000),
  CONNECTIONS_PER_ADDRESS: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
  KEEP_ALIVE_TIMEOUT_MS: milliseconds(3600_000).default(75_000),
  PARAMETERS_MAX_KB: z.coerce.number().positive().max(1_000).default(64),
  PRICES_MAX_MB: z.coerce.number().positive().max(1_000_000).default(1024),
  PRICES_PROVIDER: z.enum(providerNames).optional(),
  PRICES_FILES: z.string().superRefine(checkPlace).optional(),
  TIINGO_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, "is not a token")
    .optional(),
  YAHOO_ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
  STOOQ_ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
  TIINGO_ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_SERVICE_NAME: z.string().default("strategy-executor"),
  SHUTDOWN_TIMEOUT_MS: milliseconds(3600_000).default(10_000),
});

/** The environment variables that are read. */
export const settingNames: readonly string[] = Object.keys(Environment.shape);

export type Config = ReturnType<typeof readConfig>;

/** Reads the settings from environment variables; an empty one counts as absent. @throws ConfigError that names every bad one. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>) {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const reasons = parsed.error.issues.map(({ path: [name], message }) =>
      isSecret(String(name))
        ? `${String(name)}: ${message}`
        : `${String(name)}=${JSON.stringify(given[String(name)])}: ${message}`,
    );
    throw new ConfigError(`Bad setting: ${reasons.join("; ")}`);
  }
  const env = parsed.data;
  const loopback = isLoopback(env.HOST);
  if (env.ROLE !== "all" && env.DATABASE_URL === undefined) {
    throw new ConfigError(`ROLE=${env.ROLE} needs DATABASE_URL: the embedded database belongs to one process`);
  }
  if ((env.SMTP_URL === undefined) !== (env.SMTP_FROM === undefined)) {
    throw new ConfigError("SMTP_URL and SMTP_FROM go together: mail needs a server and a sender");
  }
  const { PRICES_PROVIDER: provider, TIINGO_TOKEN: tiingoToken, PRICES_FILES: files } = env;
  if (provider === "tiingo" && tiingoToken === undefined)
    throw new ConfigError("PRICES_PROVIDER=tiingo needs TIINGO_TOKEN");
  if (provider === "files" && files === undefined) throw new ConfigError("PRICES_PROVIDER=files needs PRICES_FILES");
  const mode = env.MODE ?? (loopback ? "development" : "production");
  const basePath = (env.BASE_PATH ?? "").replace(/\/$/, "");
  return {
    port: env.PORT,
    host: env.HOST,
    /** An extra port for `/metrics`; null for none. */
    metricsPort: env.METRICS_PORT ?? null,
    /** The OTLP endpoint for traces; null for none. */
    tracing:
      env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, serviceName: env.OTEL_SERVICE_NAME },
    dataDir: resolve(env.DATA_DIR),
    databaseUrl: env.DATABASE_URL,
    role: env.ROLE,
    mode,
    /** Whether GraphiQL is served and introspection is allowed. */
    graphiql: env.GRAPHIQL === undefined ? mode === "development" : env.GRAPHIQL === "on",
    /** Whether the dashboard is served at `/ui/`. */
    dashboard: env.DASHBOARD === "on",
    strategiesDir: env.STRATEGIES_DIR === undefined ? undefined : resolve(env.STRATEGIES_DIR),
    logLevel: env.LOG_LEVEL,
    /** The public address of the service, and the pages that may use it. */
    sites: {
      auth: env.AUTH ?? (loopback ? "off-by-default" : "on"),
      allowedHosts: (env.ALLOWED_HOSTS ?? []).map((name) => name.toLowerCase()),
      publicUrl: env.PUBLIC_URL === undefined ? null : new URL(env.PUBLIC_URL),
      corsOrigins: (env.CORS_ORIGINS ?? []).map(toOrigin),
      basePath,
    },
    threads: env.COMPUTE_THREADS,
    executionTimeoutMs: env.EXECUTION_TIMEOUT_MS,
    memoryMb: env.WORKER_MEMORY_MB,
    maxExecutionAttempts: env.EXECUTION_MAX_ATTEMPTS,
    /** The key that encrypts signing secrets. */
    secretsKey: env.SECRETS_KEY,
    callbackTimeoutMs: env.CALLBACK_TIMEOUT_MS,
    callbackMaxAttempts: env.CALLBACK_MAX_ATTEMPTS,
    /** With 8 attempts about a day: 5 s, 30 s, 3 min, 18 min, 1.8 h, 11 h, 12 h. */
    retryWaits: { firstMs: env.CALLBACK_RETRY_MS, factor: 6, longestMs: env.CALLBACK_RETRY_MAX_MS },
    receiverLimits: {
      concurrency: env.CALLBACK_CONCURRENCY,
      ...(env.CALLBACK_RATE_LIMIT !== undefined && {
        rateLimit: { perSecond: env.CALLBACK_RATE_LIMIT, burst: Math.max(env.CALLBACK_RATE_LIMIT, 1) },
      }),
      failuresToOpen: env.CALLBACK_CIRCUIT_FAILURES,
      coolDownMs: env.CALLBACK_CIRCUIT_MS,
      longestCoolDownMs: 30 * env.CALLBACK_CIRCUIT_MS,
    },
    /** Which addresses callbacks may be sent to. */
    callbackGuard: {
      allowPrivate: mode === "development",
      allowHttp: env.CALLBACK_ALLOW_HTTP === undefined ? mode === "development" : env.CALLBACK_ALLOW_HTTP === "true",
      allowCidrs: env.CALLBACK_ALLOW_CIDRS ?? [],
      ...(env.CALLBACK_ALLOW_PORTS && { allowPorts: env.CALLBACK_ALLOW_PORTS }),
      leaveBlockedPorts: mode === "development",
    },
    /** Language and links of notifications, and the SMTP server; null without one. */
    notifications: {
      language: env.NOTIFY_LANGUAGE,
      publicUrl: env.PUBLIC_URL?.replace(/\/+$/, "") ?? null,
      smtp:
        env.SMTP_URL === undefined || env.SMTP_FROM === undefined
          ? null
          : {
              url: env.SMTP_URL,
              from: env.SMTP_FROM,
              allow: env.SMTP_ALLOW ?? (mode === "production" ? [] : null),
            },
    },
    maxBacklog: env.MAX_BACKLOG,
    limits:
      env.CLIENT_CONCURRENCY === undefined && env.STRATEGY_CONCURRENCY === undefined
        ? null
        : {
            perClient: env.CLIENT_CONCURRENCY ?? null,
            perStrategy: env.STRATEGY_CONCURRENCY ?? new Map<string, number>(),
          },
    retentionDays: env.RETENTION_DAYS ?? null,
    /** Whether requests need an API key. */
    auth: env.AUTH ?? (loopback ? "off" : "on"),
    /** Whether other machines can reach the server. */
    exposed: !loopback,
    requestsPerMinute: env.RATE_LIMIT ?? null,
    streamsPerClient: env.STREAMS_PER_CLIENT,
    /** The path below which a proxy mounts the service: `/strategies`; empty for the root. */
    basePath,
    keepAliveMs: env.KEEP_ALIVE_TIMEOUT_MS,
    connectionsPerAddress: env.CONNECTIONS_PER_ADDRESS,
    parametersMaxBytes: env.PARAMETERS_MAX_KB * 1_000,
    pricesMaxBytes: env.PRICES_MAX_MB * 1_000_000,
    /** The sources of newer prices. */
    prices: {
      provider,
      tiingoToken,
      files,
      origins: { yahoo: env.YAHOO_ORIGIN, stooq: env.STOOQ_ORIGIN, tiingo: env.TIINGO_ORIGIN },
    },
    shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
  } as const;
}

/** Browsers send an origin without a path and in lower case. */
function toOrigin(text: string): string {
  const origin = URL.parse(text)?.origin ?? text;
  // `URL` has no origin for addresses of browser extensions.
  return origin === "null" ? text : origin;
}

/** Settings that should be equal in all processes on one database, as text; null where not set. */
export function sharedSettings(config: Config): Record<string, string | null> {
  const { receiverLimits, callbackGuard, limits, retryWaits } = config;
  const text = (value: string | number | null | undefined) =>
    value === null || value === undefined ? null : String(value);
  return {
    MODE: config.mode,
    EXECUTION_TIMEOUT_MS: text(config.executionTimeoutMs),
    EXECUTION_MAX_ATTEMPTS: text(config.maxExecutionAttempts),
    WORKER_MEMORY_MB: text(config.memoryMb),
    CALLBACK_TIMEOUT_MS: text(config.callbackTimeoutMs),
    CALLBACK_MAX_ATTEMPTS: text(config.callbackMaxAttempts),
    CALLBACK_RETRY_MS: text(retryWaits.firstMs),
    CALLBACK_RETRY_MAX_MS: text(retryWaits.longestMs),
    CALLBACK_CONCURRENCY: text(receiverLimits.concurrency),
    CALLBACK_RATE_LIMIT: text(receiverLimits.rateLimit?.perSecond),
    CALLBACK_CIRCUIT_FAILURES: text(receiverLimits.failuresToOpen),
    CALLBACK_CIRCUIT_MS: text(receiverLimits.coolDownMs),
    CALLBACK_ALLOW_HTTP: text(String(callbackGuard.allowHttp)),
    CALLBACK_ALLOW_CIDRS: text(callbackGuard.allowCidrs.join() || null),
    CALLBACK_ALLOW_PORTS: text(callbackGuard.allowPorts?.join()),
    CLIENT_CONCURRENCY: text(limits?.perClient),
    STRATEGY_CONCURRENCY: limits === null ? null : text(strategyLimits(limits.perStrategy) || null),
    MAX_BACKLOG: text(config.maxBacklog),
    PARAMETERS_MAX_KB: text(config.parametersMaxBytes / 1_000),
    RETENTION_DAYS: text(config.retentionDays),
  };
}

function strategyLimits(perStrategy: ReadonlyMap<string, number>): string {
  const limits = [...perStrategy].map(([strategy, max]) => `${strategy}=${max}`);
  return limits.toSorted().join();
}

/** Settings whose value is not repeated in messages, because it holds a secret. */
function isSecret(name: string): boolean {
  return ["DATABASE_URL", "SECRETS_KEY", "SMTP_URL", "TIINGO_TOKEN"].includes(name);
}

/** Validated by the guard itself, whose message names the malformed part. */
function guardTakes(option: "allowCidrs" | "allowPorts") {
  return (text: string, { addIssue }: z.RefinementCtx): void => {
    try {
      createGuard({ [option]: [text] } satisfies GuardOptions);
    } catch (error) {
      addIssue((error as Error).message);
    }
  };
}

/** A folder, or an address. Http is allowed on this machine only, because forged prices would change decisions. */
function checkPlace(place: string, { addIssue }: z.RefinementCtx): void {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) return;
  const url = URL.parse(place.replaceAll("{ticker}", "T"));
  const isLocal = url !== null && isLoopback(url.hostname.replace(/^\[|\]$/g, ""));
  if (url?.protocol !== "https:" && !(url?.protocol === "http:" && isLocal))
    addIssue("is neither a folder nor an https address");
}

/** `MovingAverageCrossover=2,Other=4` */
function toLimits(text: string, { addIssue }: z.RefinementCtx): Map<string, number> {
  const limits = new Map<string, number>();
  for (const part of text.split(",")) {
    const [, strategy, max] = /^\s*([^=\s]+)=([1-9]\d{0,5})\s*$/.exec(part) ?? [];
    if (strategy === undefined)
      addIssue({ code: "custom", message: "is not a list such as STRATEGY=NUMBER,STRATEGY=NUMBER" });
    else limits.set(strategy, Number(max));
  }
  return limits;
}

function isPostgresUrl(text: string): boolean {
  try {
    const { protocol, username, password, pathname } = new URL(text);
    [username, password, pathname].forEach(decodeURIComponent);
    return protocol === "postgres:" || protocol === "postgresql:";
  } catch {
    return false;
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
