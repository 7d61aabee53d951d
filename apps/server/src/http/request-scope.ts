import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Client, Ctx, Log } from "@strategy-executor/core";
import type { RequestHandler } from "express";

/** The request id and the trace context of one request, over any transport. */
export interface RequestScope {
  /** Identifies the request in responses and in the log. */
  readonly id: string;
  /** The `traceparent` of its span; null without tracing. */
  traceParent: string | null;
}

export const requestIdHeader = "X-Request-Id";

/** Gives each request an id, the client's own if that is valid, and returns it in the response. */
export const identifyRequest: RequestHandler = (req, res, next) => {
  const own = req.get(requestIdHeader);
  const scope = newRequestScope(own !== undefined && sane.test(own) ? own : undefined);
  scopes.set(res, scope);
  res.setHeader(requestIdHeader, scope.id);
  next();
};

/** The scope of the request that this response belongs to. */
export function scopeOf(res: ServerResponse): RequestScope {
  const known = scopes.get(res);
  if (known !== undefined) return known;
  const scope = newRequestScope();
  scopes.set(res, scope);
  return scope;
}

export function newRequestScope(id: string = randomUUID()): RequestScope {
  return { id, traceParent: null };
}

/** The context in which operations run for the client of the request. */
export function ctxFor(shared: Omit<Ctx, "client">, client: Client, { id, traceParent }: RequestScope): Ctx {
  return { ...shared, client, traceParent, log: new RequestLog(shared.log, id) };
}

const sane = /^[\w.:-]{1,128}$/;
const scopes = new WeakMap<ServerResponse, RequestScope>();

/** Adds the request id to every log line. */
class RequestLog implements Log {
  readonly #log: Log;
  readonly #id: string;

  constructor(log: Log, id: string) {
    this.#log = log;
    this.#id = id;
  }

  debug(fields: object, message: string): void {
    this.#log.debug({ request_id: this.#id, ...fields }, message);
  }

  info(fields: object, message: string): void {
    this.#log.info({ request_id: this.#id, ...fields }, message);
  }

  warn(fields: object, message: string): void {
    this.#log.warn({ request_id: this.#id, ...fields }, message);
  }

  error(fields: object, message: string): void {
    this.#log.error({ request_id: this.#id, ...fields }, message);
  }
}
