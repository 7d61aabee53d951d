import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  customType,
  date,
  doublePrecision,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
  boolean,
} from "drizzle-orm/pg-core";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: "date" });

/** A transaction id: a feed over all executions resumes by it, since sequence numbers commit out of order. */
const transactionId = customType<{ data: string }>({ dataType: () => "xid8" });

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/*
 * Events, series, callbacks and attempts have no foreign keys: each is written by the statement that locks what it belongs to,
 * and to check it a second time, row by row, took a tenth of all that the database does for an execution. `retention.ts` removes
 * them with their execution.
 */

/**
 * `json`, not `jsonb`: documents come back byte for byte, with their keys in the order they were written. Rows below half a
 * page are not compressed (`toast_tuple_target`, migration 0009).
 */
export const executions = pgTable(
  "executions",
  {
    id: bigint("id", { mode: "number" }).generatedAlwaysAsIdentity().primaryKey(),
    /** Whose it is. */
    client: text("client").notNull().default("local"),
    strategy: text("strategy").notNull(),
    version: text("version").notNull(),
    status: text("status").notNull().default("pending"),
    /** What the client sent. The worker parses it again with the strategy it has. */
    parameters: json("parameters").$type<Record<string, unknown>>().notNull(),
    /** What the client is shown: defaults filled in, or as sent where it did not parse. */
    executionParameters: json("execution_parameters").$type<Record<string, unknown>>().notNull(),
    result: json("result").$type<Record<string, unknown>>(),
    errorMessage: text("error_message"),
    /** Number of the attempt that may settle the execution; a late result of an older one is dropped. */
    attempt: integer("attempt").notNull().default(0),
    /** Attempts handed back by a worker that shut down in order: they do not count against the limit. */
    releasedAttempts: integer("released_attempts").notNull().default(0),
    /** How far the running attempt says it is. Overwritten, and no event. */
    progress: json("progress").$type<{ readonly fraction: number; readonly phase: string }>(),
    /** -1 low, 0 normal, 1 high. */
    urgency: smallint("urgency").notNull().default(0),
    /** Place among those that wait: clients take turns, however many one of them has submitted. */
    turn: integer("turn").notNull().default(0),
    /** Waits, without a job in the queue, until fewer of its client or strategy run. */
    parked: boolean("parked").notNull().default(false),
    /** The longest an attempt may compute, where the client wants it shorter than the service's own limit. */
    timeLimitMs: integer("time_limit_ms"),
    /** Where the trace of its request goes on: a `traceparent` of W3C Trace Context. */
    traceParent: text("trace_parent"),
    eventCount: integer("event_count").notNull().default(1),
    /**
     * Of the newest event. It never goes back: a transaction that waited for this row may have begun before the one it
     * waited for, and the feed goes by transactions.
     */
    eventTransaction: transactionId("event_transaction")
      .notNull()
      .default(sql`pg_current_xact_id()`),
    acceptedAt: instant("accepted_at").notNull().defaultNow(),
    startedAt: instant("started_at"),
    completedAt: instant("completed_at"),
  },
  (table) => [
    check("executions_status", sql`${table.status} in ('pending', 'running', 'completed', 'failed', 'cancelled')`),
    index("executions_by_status").on(table.status, table.id),
    index("executions_by_strategy").on(table.strategy, table.id),
    index("executions_waiting")
      .on(table.urgency, table.turn)
      .where(sql`${table.status} = 'pending'`),
    index("executions_waiting_by_client")
      .on(table.client, table.urgency, table.turn)
      .where(sql`${table.status} = 'pending'`),
    index("executions_parked")
      .on(table.urgency.desc().nullsFirst(), table.turn, table.id)
      .where(sql`${table.parked}`),
    index("executions_by_client").on(table.client, table.id),
  ],
);

export const executionEvents = pgTable(
  "execution_events",
  {
    executionId: bigint("execution_id", { mode: "number" }).notNull(),
    number: integer("number").notNull(),
    status: text("status").notNull(),
    at: instant("at").notNull().defaultNow(),
    transaction: transactionId("transaction").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.executionId, table.number] }),
    index("execution_events_feed").on(table.transaction, table.executionId, table.number),
  ],
);

export const executionSeries = pgTable("execution_series", {
  executionId: bigint("execution_id", { mode: "number" }).primaryKey(),
  /** JSON, compressed by the thread that computed it: ten times less to write than text the database compresses. */
  series: bytes("series").notNull(),
});

export const callbacks = pgTable(
  "callbacks",
  {
    executionId: bigint("execution_id", { mode: "number" }).primaryKey(),
    /** The same for every attempt: what a receiver recognises a repeated delivery by. */
    webhookId: uuid("webhook_id").notNull().defaultRandom(),
    url: text("url").notNull(),
    /** `waiting` for the execution to end, `due` for delivery, `ended` when nothing more will be sent. */
    state: text("state").notNull().default("waiting"),
    sent: boolean("sent").notNull().default(false),
    sentAt: instant("sent_at"),
    response: json("response").$type<Record<string, unknown>>(),
    /** Attempts that ended otherwise than with the process that made them. */
    attempts: integer("attempts").notNull().default(0),
    maxAttempts: integer("max_attempts").notNull().default(1),
    /** When the next attempt is due after one that failed; null before the first and after the last. */
    nextAttemptAt: instant("next_attempt_at"),
  },
  (table) => [check("callbacks_state", sql`${table.state} in ('waiting', 'due', 'ended')`)],
);

/** What a client calls a submission, so that sending it again does not make a second execution. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    client: text("client").notNull(),
    key: text("key").notNull(),
    /** SHA-256 of the submission. */
    fingerprint: text("fingerprint").notNull(),
    /** Null only within the transaction that submits. */
    executionId: bigint("execution_id", { mode: "number" }),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.client, table.key] }), index("idempotency_keys_by_age").on(table.createdAt)],
);

export const deliveryAttempts = pgTable(
  "delivery_attempts",
  {
    id: bigint("id", { mode: "number" }).generatedAlwaysAsIdentity().primaryKey(),
    executionId: bigint("execution_id", { mode: "number" }).notNull(),
    number: integer("number").notNull(),
    url: text("url").notNull(),
    startedAt: instant("started_at").notNull().defaultNow(),
    endedAt: instant("ended_at"),
    statusCode: integer("status_code"),
    responseText: text("response_text"),
    headers: json("headers").$type<Record<string, string>>(),
    error: text("error"),
    /** From the first look-up to the last byte that was read. */
    durationMs: integer("duration_ms"),
    /** Ids of the secrets that signed it; null before its end, and for one that did not end in order. */
    signedWith: json("signed_with").$type<readonly string[]>(),
    /** Asked for by somebody, beside those that the callback's own limit counts. */
    redelivery: boolean("redelivery").notNull().default(false),
  },
  (table) => [
    unique("delivery_attempts_number").on(table.executionId, table.number),
    index("delivery_attempts_open")
      .on(table.startedAt)
      .where(sql`${table.endedAt} is null`),
  ],
);

/** What the callbacks of a client are signed with. Several at once while one takes the place of another. */
export const signingSecrets = pgTable(
  "signing_secrets",
  {
    id: text("id").primaryKey(),
    client: text("client").notNull(),
    /** `v1` of a shared secret, `v1a` of a pair of keys. */
    version: text("version").notNull(),
    /** The secret, encrypted with a key that is not in the database. */
    sealed: bytes("sealed").notNull(),
    /** What receivers verify `v1a` with. */
    publicKey: text("public_key"),
    createdAt: instant("created_at").notNull().defaultNow(),
    /** When it signs no more; null while nothing takes its place. */
    endsAt: instant("ends_at"),
  },
  (table) => [
    check("signing_secrets_version", sql`${table.version} in ('v1', 'v1a')`),
    index("signing_secrets_by_client").on(table.client, table.createdAt),
  ],
);

/** How the receivers of callbacks fare, as each process that delivers sees them. Told for people; nothing is decided by it. */
export const receiverReports = pgTable(
  "receiver_reports",
  {
    origin: text("origin").notNull(),
    process: uuid("process").notNull(),
    circuit: text("circuit").notNull(),
    /** In a row; null while the circuit is not closed. */
    failures: integer("failures"),
    /** Until when an open circuit lets nothing through. */
    openUntil: instant("open_until"),
    underWay: integer("under_way").notNull(),
    deliveredAt: instant("delivered_at"),
    failedAt: instant("failed_at"),
    reportedAt: instant("reported_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.origin, table.process] })],
);

/** What makes an execution a sweep: its parameters are the sweep's, grid and all, and its combinations are evaluated in chunks. */
export const sweeps = pgTable("sweeps", {
  executionId: bigint("execution_id", { mode: "number" })
    .primaryKey()
    .references(() => executions.id, { onDelete: "cascade" }),
  /** Of the whole grid, or of the sample. */
  combinations: integer("combinations").notNull(),
  /** Combinations of a chunk; the last one may have fewer. */
  chunkSize: integer("chunk_size").notNull(),
  chunks: integer("chunks").notNull(),
  chunksDone: integer("chunks_done").notNull().default(0),
  evaluated: integer("evaluated").notNull().default(0),
  /** Combinations that the strategy's parameters do not allow. */
  invalid: integer("invalid").notNull().default(0),
  /** Combinations that the strategy failed on, as for want of history. */
  failed: integer("failed").notNull().default(0),
  /** SHA-256 of the prices that its chunks were evaluated on, by tickers: all must find the same. */
  prices: jsonb("prices").$type<Record<string, string>>().notNull().default({}),
});

/** The steps of a sweep: its chunks by number from 0, and behind them the step that makes the result of them. */
export const sweepSteps = pgTable(
  "sweep_steps",
  {
    executionId: bigint("execution_id", { mode: "number" })
      .notNull()
      .references(() => sweeps.executionId, { onDelete: "cascade" }),
    number: integer("number").notNull(),
    /** Tries that were not handed back in order. */
    attempts: integer("attempts").notNull().default(0),
    /** What a chunk came to, in the bytes that its evaluation made; null until it is done. */
    outcome: bytes("outcome"),
    /** Why the first of its combinations failed that did. */
    failure: text("failure"),
  },
  (table) => [primaryKey({ columns: [table.executionId, table.number] })],
);

/** One load of prices. Its rows become visible when `price_tickers` points to it, in one short transaction. */
export const priceImports = pgTable("price_imports", {
  id: bigint("id", { mode: "number" }).generatedAlwaysAsIdentity().primaryKey(),
  source: text("source").notNull(),
  startedAt: instant("started_at").notNull().defaultNow(),
});

export const prices = pgTable(
  "prices",
  {
    // No foreign key: checking it takes as long as writing the row, and publication goes by `price_tickers`.
    importId: bigint("import_id", { mode: "number" }).notNull(),
    ticker: text("ticker").notNull(),
    day: date("day", { mode: "string" }).notNull(),
    close: doublePrecision("close"),
    adjClose: doublePrecision("adj_close").notNull(),
  },
  (table) => [primaryKey({ columns: [table.importId, table.ticker, table.day] })],
);

/** What is held for a ticker: the import that its rows come from, never a mixture of two. */
export const priceTickers = pgTable("price_tickers", {
  ticker: text("ticker").primaryKey(),
  importId: bigint("import_id", { mode: "number" })
    .notNull()
    .references(() => priceImports.id),
  source: text("source").notNull(),
  firstDay: date("first_day", { mode: "string" }).notNull(),
  lastDay: date("last_day", { mode: "string" }).notNull(),
  rows: integer("rows").notNull(),
  /** Of the rows' content: the same rows again change nothing. */
  sha256: text("sha256").notNull(),
  loadedAt: instant("loaded_at").notNull().defaultNow(),
});

/** A key that lets a client in. The key itself is nowhere. */
export const apiKeys = pgTable("api_keys", {
  /** How the key begins: shown, and named to revoke it. */
  prefix: text("prefix").primaryKey(),
  /** Whose it is. */
  client: text("client").notNull(),
  /** SHA-256 of the whole key, which is random enough that nothing slower is needed. */
  hash: bytes("hash").notNull().unique(),
  scopes: json("scopes").$type<readonly string[]>().notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  expiresAt: instant("expires_at"),
  revokedAt: instant("revoked_at"),
  lastUsedAt: instant("last_used_at"),
});

/** How much of its limit a client has used. Columns, and their order, are those of `rate-limiter-flexible`. */
export const rateLimits = pgTable("rate_limits", {
  key: text("key").primaryKey(),
  points: integer("points").notNull().default(0),
  /** Milliseconds since 1970. */
  expire: bigint("expire", { mode: "number" }),
});
