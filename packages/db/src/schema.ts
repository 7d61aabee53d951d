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

/** The feed over all executions resumes by transaction id, because sequence numbers commit out of order. */
const transactionId = customType<{ data: string }>({ dataType: () => "xid8" });

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/*
 * Events, series, callbacks and attempts have no foreign keys. Each is written by the statement that locks its execution or
 * callback, and checking the key row by row took a tenth of the database's work for an execution. `retention.ts` removes them
 * with their execution.
 */

/**
 * `json`, not `jsonb`, so that documents read back byte for byte with their keys in order. Rows below half a page are not
 * compressed (`toast_tuple_target`, migration 0009).
 */
export const executions = pgTable(
  "executions",
  {
    id: bigint("id", { mode: "number" }).generatedAlwaysAsIdentity().primaryKey(),
    /** The client that owns it. */
    client: text("client").notNull().default("local"),
    strategy: text("strategy").notNull(),
    version: text("version").notNull(),
    status: text("status").notNull().default("pending"),
    /** As the client sent them. The worker parses them again with its own version of the strategy. */
    parameters: json("parameters").$type<Record<string, unknown>>().notNull(),
    /** As shown to the client: with defaults filled in, or as sent if they did not parse. */
    executionParameters: json("execution_parameters").$type<Record<string, unknown>>().notNull(),
    result: json("result").$type<Record<string, unknown>>(),
    errorMessage: text("error_message"),
    /** Number of the newest attempt. Only this attempt may settle the execution. */
    attempt: integer("attempt").notNull().default(0),
    /** Attempts that a worker returned at its shutdown. They do not count against the limit. */
    releasedAttempts: integer("released_attempts").notNull().default(0),
    /** Latest progress of the running attempt. Overwritten; there are no events for it. */
    progress: json("progress").$type<{ readonly fraction: number; readonly phase: string }>(),
    /** -1 low, 0 normal, 1 high. */
    urgency: smallint("urgency").notNull().default(0),
    /** Place among the pending executions. Clients take turns, however many executions one of them submits. */
    turn: integer("turn").notNull().default(0),
    /** Waits, without a job, for a concurrency limit of its client or strategy. */
    parked: boolean("parked").notNull().default(false),
    /** Time limit of one attempt, if the client wants a shorter one than the service's. */
    timeLimitMs: integer("time_limit_ms"),
    /** `traceparent` of the request, as in W3C Trace Context. */
    traceParent: text("trace_parent"),
    /** Label given by its client. */
    label: text("label"),
    /** The schedule that made it. No foreign key: executions outlive their schedule. */
    scheduleId: bigint("schedule_id", { mode: "number" }),
    /** The execution that this one repeats. */
    retryOf: bigint("retry_of", { mode: "number" }),
    eventCount: integer("event_count").notNull().default(1),
    /**
     * Transaction of the newest event. It must not decrease, because the feed follows transaction ids, and a transaction that
     * waited for this row may be older than the one it waited for.
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
    index("executions_by_strategy_and_status").on(table.strategy, table.status, table.id).concurrently(),
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
    index("executions_ended")
      .on(table.status, table.completedAt)
      .concurrently()
      .where(sql`${table.completedAt} is not null`),
    index("executions_ended_by_client")
      .on(table.client, table.status, table.completedAt)
      .concurrently()
      .where(sql`${table.completedAt} is not null`),
    // Partial, so that executions without a label and a schedule write nothing more.
    index("executions_by_label")
      .on(table.label.op("text_pattern_ops"), table.id)
      .where(sql`${table.label} is not null`),
    index("executions_by_schedule")
      .on(table.scheduleId, table.id)
      .where(sql`${table.scheduleId} is not null`),
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
    /**
     * Of `running`: the worker that began the attempt. Of a `pending` that follows: the worker that returned it, or null when the attempt
     * was interrupted.
     */
    worker: integer("worker"),
  },
  (table) => [
    primaryKey({ columns: [table.executionId, table.number] }),
    index("execution_events_feed").on(table.transaction, table.executionId, table.number),
  ],
);

/** Processes that run executions, one row for each start. Kept as long as executions, whose attempts name them. */
export const workers = pgTable("workers", {
  id: integer("id").generatedAlwaysAsIdentity().primaryKey(),
  /** Host and process number. */
  name: text("name").notNull(),
  version: text("version").notNull(),
  threads: integer("threads").notNull(),
  /** Threads that computed at the last heartbeat. */
  threadsBusy: integer("threads_busy").notNull().default(0),
  startedAt: instant("started_at").notNull().defaultNow(),
  /** Last heartbeat. */
  seenAt: instant("seen_at").notNull().defaultNow(),
  /** When its heartbeats were missed; null again after the next one. */
  lostAt: instant("lost_at"),
  /** When it ended in order. */
  endedAt: instant("ended_at"),
});

/** The numbering that the transactions of events are of, in the only row. See `migration/feed-epoch.ts`. */
export const feedEpoch = pgTable(
  "feed_epoch",
  {
    only: boolean("only").primaryKey().default(true),
    epoch: text("epoch").notNull(),
    /** Cluster and database that number the transactions. */
    origin: text("origin").notNull(),
  },
  (table) => [check("feed_epoch_only", sql`${table.only}`)],
);

export const executionSeries = pgTable("execution_series", {
  executionId: bigint("execution_id", { mode: "number" }).primaryKey(),
  /** Packed by the computing thread, in a format of `backtest/series` of core. */
  series: bytes("series").notNull(),
});

export const callbacks = pgTable(
  "callbacks",
  {
    executionId: bigint("execution_id", { mode: "number" }).primaryKey(),
    /** The same for every attempt, so that a receiver recognises a repeated delivery. */
    webhookId: uuid("webhook_id").notNull().defaultRandom(),
    url: text("url").notNull(),
    /** Form of the body: `json`, or that of a service such as `slack`. */
    format: text("format").notNull().default("json"),
    /** `waiting` for the execution to end, `due` for delivery, `ended` when nothing more will be sent. */
    state: text("state").notNull().default("waiting"),
    sent: boolean("sent").notNull().default(false),
    sentAt: instant("sent_at"),
    response: json("response").$type<Record<string, unknown>>(),
    /** Attempts made, interrupted ones excluded. */
    attempts: integer("attempts").notNull().default(0),
    maxAttempts: integer("max_attempts").notNull().default(1),
    /** When the next attempt is due after a failure; null before the first and after the last attempt. */
    nextAttemptAt: instant("next_attempt_at"),
    /** Fields that a schedule adds to the result in the body. */
    additions: json("additions").$type<Record<string, unknown>>(),
    /** When the last attempt that counts was answered; null before, and for those that ended before this was recorded. */
    deliveryEndedAt: instant("delivery_ended_at"),
    /** When a redelivery was last queued for several callbacks together. */
    redeliveryQueuedAt: instant("redelivery_queued_at"),
  },
  (table) => [
    check("callbacks_state", sql`${table.state} in ('waiting', 'due', 'ended')`),
    index("callbacks_due")
      .on(table.executionId)
      .concurrently()
      .where(sql`${table.state} = 'due'`),
    index("callbacks_given_up")
      .on(table.executionId)
      .concurrently()
      .where(sql`${table.state} = 'ended' and not ${table.sent}`),
  ],
);

/** Idempotency keys: sending a submission again does not create a second execution. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    client: text("client").notNull(),
    key: text("key").notNull(),
    /** SHA-256 of the submission. */
    fingerprint: text("fingerprint").notNull(),
    /** Never null once committed. */
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
    /** From the name lookup to the last byte read. */
    durationMs: integer("duration_ms"),
    /** Ids of the secrets that signed it; null until the answer, and for an interrupted attempt. */
    signedWith: json("signed_with").$type<readonly string[]>(),
    /** Requested by a client. It does not count against the limit. */
    redelivery: boolean("redelivery").notNull().default(false),
  },
  (table) => [
    unique("delivery_attempts_number").on(table.executionId, table.number),
    index("delivery_attempts_open")
      .on(table.startedAt)
      .where(sql`${table.endedAt} is null`),
  ],
);

/** Secrets that sign a client's callbacks. Several are active while one replaces another. */
export const signingSecrets = pgTable(
  "signing_secrets",
  {
    id: text("id").primaryKey(),
    client: text("client").notNull(),
    /** `v1`: shared secret; `v1a`: key pair. */
    version: text("version").notNull(),
    /** The secret, encrypted with a key that is not in the database. */
    sealed: bytes("sealed").notNull(),
    /** Key with which receivers verify `v1a`. */
    publicKey: text("public_key"),
    createdAt: instant("created_at").notNull().defaultNow(),
    /** When it stops signing; null while no end is set. */
    endsAt: instant("ends_at"),
  },
  (table) => [
    check("signing_secrets_version", sql`${table.version} in ('v1', 'v1a')`),
    index("signing_secrets_by_client").on(table.client, table.createdAt),
  ],
);

/** State of receivers as each delivering process sees them. For display only; no decision depends on it. */
export const receiverReports = pgTable(
  "receiver_reports",
  {
    origin: text("origin").notNull(),
    process: uuid("process").notNull(),
    circuit: text("circuit").notNull(),
    /** Consecutive failures; null unless the circuit is closed. */
    failures: integer("failures"),
    /** When an open circuit next lets a probe through. */
    openUntil: instant("open_until"),
    underWay: integer("under_way").notNull(),
    /** Moving average of its response time; null before the first response. */
    answerMs: doublePrecision("answer_ms"),
    deliveredAt: instant("delivered_at"),
    failedAt: instant("failed_at"),
    reportedAt: instant("reported_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.origin, table.process] })],
);

/** Executions that are sweeps. The execution's parameters hold the grid; its combinations are evaluated in chunks. */
export const sweeps = pgTable("sweeps", {
  executionId: bigint("execution_id", { mode: "number" })
    .primaryKey()
    .references(() => executions.id, { onDelete: "cascade" }),
  /** Number in the grid, or in the sample. */
  combinations: integer("combinations").notNull(),
  /** Combinations of a chunk; the last one may have fewer. */
  chunkSize: integer("chunk_size").notNull(),
  chunks: integer("chunks").notNull(),
  chunksDone: integer("chunks_done").notNull().default(0),
  evaluated: integer("evaluated").notNull().default(0),
  /** Combinations that the strategy's parameters do not allow. */
  invalid: integer("invalid").notNull().default(0),
  /** Combinations that failed, for example for lack of history. */
  failed: integer("failed").notNull().default(0),
  /** SHA-256 of the prices that the chunks used, by universe. All chunks must use the same prices. */
  prices: jsonb("prices").$type<Record<string, string>>().notNull().default({}),
});

/** Steps of a sweep: the chunks, numbered from 0, and after them the step that makes the result. */
export const sweepSteps = pgTable(
  "sweep_steps",
  {
    executionId: bigint("execution_id", { mode: "number" })
      .notNull()
      .references(() => sweeps.executionId, { onDelete: "cascade" }),
    number: integer("number").notNull(),
    /** Attempts that count against the limit. */
    attempts: integer("attempts").notNull().default(0),
    /** The worker that has it; of no meaning once it is done. */
    worker: integer("worker"),
    /** Numbers of an evaluated chunk, as packed by the worker; null until it is done. */
    outcome: bytes("outcome"),
    /** Reason of the first failed combination. */
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
    // As they were traded, not adjusted; null where they are not known.
    open: doublePrecision("open"),
    high: doublePrecision("high"),
    low: doublePrecision("low"),
    volume: doublePrecision("volume"),
  },
  (table) => [primaryKey({ columns: [table.importId, table.ticker, table.day] })],
);

/** Held tickers. All rows of a ticker come from one import. */
export const priceTickers = pgTable("price_tickers", {
  ticker: text("ticker").primaryKey(),
  importId: bigint("import_id", { mode: "number" })
    .notNull()
    .references(() => priceImports.id),
  source: text("source").notNull(),
  firstDay: date("first_day", { mode: "string" }).notNull(),
  lastDay: date("last_day", { mode: "string" }).notNull(),
  rows: integer("rows").notNull(),
  /** Digest of the rows. Importing the same rows again changes nothing. */
  sha256: text("sha256").notNull(),
  /** Exchange whose sessions decide whether the last stored month has ended. */
  exchange: text("exchange").notNull().default("XNYS"),
  /** Columns of bars that the rows have a value of, by commas: `open,high,low,volume`. */
  bars: text("bars").notNull().default(""),
  /** Warnings of the import about its rows. */
  warnings: json("warnings").$type<readonly { kind: string; day: string; message: string }[]>().notNull().default([]),
  loadedAt: instant("loaded_at").notNull().defaultNow(),
});

/** When a ticker was last requested from its provider, so that schedules do not request a shared ticker twice. */
export const priceRequests = pgTable("price_requests", {
  ticker: text("ticker").primaryKey(),
  askedAt: instant("asked_at").notNull(),
});

/**
 * Numbers by day or month that are not prices, such as an unemployment rate. A series is small and read as a whole, so its values
 * are arrays of one row: replacing it is one statement.
 */
export const dataSeries = pgTable("data_series", {
  name: text("name").primaryKey(),
  source: text("source").notNull(),
  /** The days that the values are of, ascending: the first of the month for a monthly series. */
  days: date("days", { mode: "string" }).array().notNull(),
  /** The first day on which a decision may use each value. */
  knownOn: date("known_on", { mode: "string" }).array().notNull(),
  values: doublePrecision("values").array().notNull(),
  /** Digest of the values. Importing the same ones again changes nothing. */
  sha256: text("sha256").notNull(),
  loadedAt: instant("loaded_at").notNull().defaultNow(),
});

/** Days on which an exchange did not follow its rules, as operators have set them. */
export const exchangeDays = pgTable(
  "exchange_days",
  {
    exchange: text("exchange").notNull(),
    day: date("day", { mode: "string" }).notNull(),
    session: boolean("session").notNull(),
    /** Local time of the close, `13:00`; null for the time of the rules. */
    close: text("close"),
    note: text("note"),
    setAt: instant("set_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.exchange, table.day] })],
);

/** Rules that submit executions automatically. */
export const schedules = pgTable(
  "schedules",
  {
    id: bigint("id", { mode: "number" }).generatedAlwaysAsIdentity().primaryKey(),
    client: text("client").notNull(),
    /** Unique for a client. */
    name: text("name").notNull(),
    /** Its definition as its client gave it, with defaults. */
    spec: json("spec").$type<Record<string, unknown>>().notNull(),
    pausedAt: instant("paused_at"),
    pauseNote: text("pause_note"),
    /** One higher with each edit. */
    version: integer("version").notNull().default(1),
    /** The next fire. It decides, not a job. Null when there is none. */
    nextAt: instant("next_at"),
    /** The current decision, with the run it comes from. */
    decision: json("decision").$type<Record<string, unknown>>(),
    /** The fire of that run: an older run does not replace it. */
    decisionFireAt: instant("decision_fire_at"),
    createdAt: instant("created_at").notNull().defaultNow(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (table) => [
    unique("schedules_name").on(table.client, table.name),
    index("schedules_due")
      .on(table.nextAt)
      .where(sql`${table.pausedAt} is null`),
  ],
);

/** One row per fire with its outcome. The key makes a fire one run. Runs outlive their schedule. */
export const scheduleRuns = pgTable(
  "schedule_runs",
  {
    scheduleId: bigint("schedule_id", { mode: "number" }).notNull(),
    fireAt: instant("fire_at").notNull(),
    /** Definition of the schedule at the fire: later edits do not change it. */
    spec: json("spec").$type<Record<string, unknown>>().notNull(),
    client: text("client").notNull(),
    origin: text("origin").notNull(),
    tradingDay: date("trading_day", { mode: "string" }),
    state: text("state").notNull().default("waiting"),
    /** One sentence, where the state needs an explanation. */
    reason: text("reason"),
    executionId: bigint("execution_id", { mode: "number" }),
    changed: boolean("changed"),
    notification: text("notification").notNull().default("none"),
    /** Whether its end may be notified. */
    notifies: boolean("notifies").notNull().default(true),
    createdAt: instant("created_at").notNull().defaultNow(),
    /** When the missing prices were last requested from a provider. */
    askedAt: instant("asked_at"),
    /** Transaction of its last change, for the feed of runs. Does not decrease, as that of executions. */
    transaction: transactionId("transaction")
      .notNull()
      .default(sql`pg_current_xact_id()`),
  },
  (table) => [
    primaryKey({ columns: [table.scheduleId, table.fireAt] }),
    check("schedule_runs_origin", sql`${table.origin} in ('fire', 'catch_up', 'trigger', 'backfill')`),
    check(
      "schedule_runs_state",
      sql`${table.state} in ('waiting', 'executing', 'ended', 'superseded', 'missed', 'cancelled')`,
    ),
    check("schedule_runs_notification", sql`${table.notification} in ('none', 'withheld', 'due')`),
    index("schedule_runs_execution").on(table.executionId),
    index("schedule_runs_feed").on(table.transaction, table.scheduleId, table.fireAt),
    index("schedule_runs_open")
      .on(table.state, table.createdAt)
      .where(sql`${table.state} in ('waiting', 'executing')`),
  ],
);

/** API keys. The keys themselves are not stored. */
export const apiKeys = pgTable("api_keys", {
  /** First characters of the key, which identify it to people. */
  prefix: text("prefix").primaryKey(),
  /** The client that the key belongs to. */
  client: text("client").notNull(),
  /** SHA-256 of the whole key. The key is random, so no slow hash is needed. */
  hash: bytes("hash").notNull().unique(),
  scopes: json("scopes").$type<readonly string[]>().notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
  expiresAt: instant("expires_at"),
  revokedAt: instant("revoked_at"),
  lastUsedAt: instant("last_used_at"),
});

/** Sessions of the web page. Each has the rights of its API key, and ends with it. */
export const sessions = pgTable("sessions", {
  /** SHA-256 of the cookie's value. */
  hash: bytes("hash").primaryKey(),
  keyPrefix: text("key_prefix")
    .notNull()
    .references(() => apiKeys.prefix, { onDelete: "cascade" }),
  createdAt: instant("created_at").notNull().defaultNow(),
  /** Moved on while it is used. */
  expiresAt: instant("expires_at").notNull(),
  lastUsedAt: instant("last_used_at").notNull().defaultNow(),
});

/** Used part of each client's rate limit. `rate-limiter-flexible` fixes the columns and their order. */
export const rateLimits = pgTable("rate_limits", {
  key: text("key").primaryKey(),
  points: integer("points").notNull().default(0),
  /** Milliseconds since 1970. */
  expire: bigint("expire", { mode: "number" }),
});
