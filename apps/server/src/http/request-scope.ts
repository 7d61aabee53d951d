import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Client, Ctx, Log } from "@strategy-executor/core";
import type { RequestHandler } from "express";

/** What belongs to one request, whatever transport it came by. */
export interface RequestScope {
  /** Names it in answers and in the log. */
  readonly id: string;
  /** Where it is in its trace; null without one. */
  traceParent: string | null;
}

export const requestIdHeader = "X-Request-Id";

/** Gives each request an id, its client's own where that is a sane one, and tells it in the answer. */
export const identifyRequest: RequestHandler = (req, res, next) => {
  const own = req.get(requestIdHeader);
  const scope = newRequestScope(own !== undefined && sane.test(own) ? own : undefined);
  scopes.set(res, scope);
  res.setHeader(requestIdHeader, scope.id);
  next();
};

/** The scope of the request that this answers. */
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

/** What operations work on for the client within the request. */
export function ctxFor(shared: Omit<Ctx, "client">, client: Client, { id, traceParent }: RequestScope): Ctx {
  return { ...shared, client, traceParent, log: new RequestLog(shared.log, id) };
}

const sane = /^[\w.:-]{1,128}$/;
const scopes = new WeakMap<ServerResponse, RequestScope>();

/** Names the request in every line. */
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
