import type { CallbackGuard } from "@strategy-executor/callback";
import { anybody, type Database, isUnavailable, type Owner, reasonOf } from "@strategy-executor/db";
import type { z } from "zod";
import { DomainError } from "../common/domain-error.ts";
import type { Backlog } from "../engine/lifecycle/backlog.ts";
import type { Lifecycle } from "../engine/lifecycle/lifecycle.ts";
import type { ScheduleSignals } from "../engine/engine.ts";
import type { NotificationOptions } from "../notifications/describe-notice.ts";
import type { Mailer } from "../engine/delivery/mailer.ts";
import type { Redeliveries } from "../engine/delivery/redelivery.ts";
import type { SweepLifecycle } from "../engine/lifecycle/sweep-lifecycle.ts";
import type { EventHub } from "../engine/live/event-hub.ts";
import type { Log } from "../common/log.ts";
import type { SigningSecrets } from "../engine/signing/signing-secrets.ts";
import type { ServiceInfo } from "./service/service-info.ts";
import type { Reports } from "./reports/reports.ts";
import type { PriceRefresh } from "../prices/refresh/price-refresh.ts";
import type { Strategy } from "../strategy/strategy.ts";

/** What a client may do. `admin` includes everything, for everybody's executions. */
export const scopes = ["read", "execute", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** The client that makes a request: the owner of an API key, or the built-in `local` without keys. */
export interface Client {
  readonly id: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** The client of every request when no keys are needed. */
export const localClient: Client = { id: "local", scopes: new Set(scopes) };

/** What operations need. */
export interface Ctx {
  readonly client: Client;
  readonly database: Database;
  readonly lifecycle: Lifecycle;
  readonly sweeps: SweepLifecycle;
  readonly backlog: Backlog;
  readonly events: EventHub;
  /** Decides which addresses callbacks may be sent to. */
  readonly callbackGuard: CallbackGuard;
  /** Decides which addresses mail may be sent to; null when no mail is sent. */
  readonly mailer: Pick<Mailer, "checkRecipient"> | null;
  /** How callbacks that people read are written. */
  readonly notifications: NotificationOptions;
  /** Attempts to deliver a callback, when the submission sets no number. */
  readonly callbackMaxAttempts: number;
  readonly signingSecrets: SigningSecrets;
  readonly redeliveries: Redeliveries;
  readonly schedules: ScheduleSignals;
  readonly reports: Reports;
  /** Asks providers for newer prices. */
  readonly prices: PriceRefresh;
  readonly service: ServiceInfo;
  /** The built-in strategies and the user's, by name. */
  readonly strategies: ReadonlyMap<string, Strategy>;
  readonly log: Log;
  /** The `traceparent` of the request; null without a trace. */
  readonly traceParent?: string | null;
  /** Size limit of the parameters of an execution, as JSON in UTF-8. */
  readonly parametersMaxBytes: number;
  /** Size limit of an uploaded price file. */
  readonly pricesMaxBytes: number;
}

/** One use case. Every transport is a thin mapping of the list of operations. */
export interface Operation<In extends z.ZodObject = z.ZodObject, Out extends z.core.$ZodType = z.core.$ZodType> {
  readonly kind: "query" | "mutation";
  readonly name: string;
  readonly summary: string;
  /** The scope that a client needs. */
  readonly scope: Scope;
  readonly input: In;
  readonly output: Out;
  /** For parsed input. @throws DomainError */
  run(ctx: Ctx, input: z.output<In>): Promise<z.output<Out>>;
  /** For unknown input: parses, then runs. @throws DomainError, `invalid` with the path of every bad field */
  call(ctx: Ctx, input: unknown): Promise<z.output<Out>>;
}

/** An operation of any input type, as in a list of operations. */
export type AnyOperation = Omit<Operation, "run">;

export function query<In extends z.ZodObject, Out extends z.core.$ZodType>(
  definition: Definition<In, Out>,
): Operation<In, Out> {
  return defineOperation("query", definition);
}

export function mutation<In extends z.ZodObject, Out extends z.core.$ZodType>(
  definition: Definition<In, Out>,
): Operation<In, Out> {
  return defineOperation("mutation", definition);
}

/** @throws DomainError `forbidden` unless the client has the scope */
export function ensureScope({ client }: Pick<Ctx, "client">, scope: Scope): void {
  if (client.scopes.has(scope) || client.scopes.has("admin")) return;
  throw new DomainError("forbidden", `This needs an API key with the scope ${scope}`);
}

/** The owner whose executions the client may see. */
export function ownerFor({ client }: Pick<Ctx, "client">): Owner {
  return client.scopes.has("admin") ? anybody : client.id;
}

/** Converts a parse error, with the path of every bad field. */
export function toInvalid(error: z.ZodError): DomainError {
  const fields = error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ path: toPath([...issue.path, key]), message: "is not a known field" }))
      : [{ path: toPath(issue.path), message: issue.message }],
  );
  const summary = fields.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  return new DomainError("invalid", summary, fields);
}

/** Converts an outage of the database. @throws DomainError `unavailable` */
export async function orUnavailable<T>(
  { log }: Pick<Ctx, "log">,
  operation: string,
  answer: () => Promise<T>,
): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    log.warn({ operation, reason: reasonOf(error) }, "the database cannot be reached");
    throw new DomainError("unavailable", "The database cannot be reached at the moment");
  }
}

type Definition<In extends z.ZodObject, Out extends z.core.$ZodType> = Pick<
  Operation<In, Out>,
  "name" | "summary" | "scope" | "input" | "output" | "run"
>;

function defineOperation<In extends z.ZodObject, Out extends z.core.$ZodType>(
  kind: "query" | "mutation",
  definition: Definition<In, Out>,
): Operation<In, Out> {
  const run: Operation<In, Out>["run"] = async (ctx, input) => {
    ensureScope(ctx, definition.scope);
    if (kind === "mutation" && !ctx.database.hasRoom()) {
      throw new DomainError("unavailable", "There is too little room left on the disk to take this");
    }
    return orUnavailable(ctx, definition.name, () => definition.run(ctx, input));
  };
  return {
    kind,
    ...definition,
    run,
    async call(ctx, input) {
      const parsed = definition.input.safeParse(input);
      if (!parsed.success) throw toInvalid(parsed.error);
      return run(ctx, parsed.data);
    },
  };
}

function toPath(path: readonly PropertyKey[]): string {
  return path.map(String).join(".");
}
