import { DomainError, type FieldError, type Log } from "@strategy-executor/core";
import type { ErrorRequestHandler, Response } from "express";
import { graphqlRefusal } from "../graphql/refusal.ts";
import { toProblem } from "../rest/problem.ts";
import { trpcRefusal } from "../trpc/refusal.ts";
import { toHttpRefusal } from "./http-refusal.ts";
import { tellWhenToRetry } from "./retry-after.ts";
import { requestIdHeader, scopeOf } from "./request-scope.ts";

export interface RefusalBody {
  readonly type: string;
  readonly body: unknown;
}

/** What every transport needs to write a refusal in its own form. */
export interface RefusalParts {
  readonly status: number;
  readonly message: string;
  readonly fields: readonly FieldError[];
  readonly requestId: string | undefined;
}

/** The body of a refusal in the form of the transport that serves this URL. */
export function refusalBody(url: string, refusal: RefusalParts): RefusalBody {
  if (/^\/trpc(?:[/?]|$)/.test(url)) return trpcRefusal(refusal);
  if (/^\/graphql(?:[/?]|$)/.test(url)) return graphqlRefusal(refusal);
  return { type: "application/problem+json", body: toProblem(refusal) };
}

/** Turns an error into a response in the form of its transport. Internal errors are logged, not disclosed. */
export function refusalHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    if (res.destroyed) return log.debug({ method: req.method, path: req.path }, "client disconnected");
    if (error instanceof DomainError) tellWhenToRetry(res, error.code);
    const refusal = toHttpRefusal(error);
    if (refusal !== null) return send(res, req.originalUrl, refusal.status, refusal.message, refusal.fields);
    log.error({ request_id: scopeOf(res).id, err: error, method: req.method, path: req.path }, "request failed");
    return send(res, req.originalUrl, 500, "The server failed to answer this request", []);
  };
}

function send(res: Response, url: string, status: number, message: string, fields: readonly FieldError[]): void {
  const id = res.getHeader(requestIdHeader);
  const requestId = typeof id === "string" ? id : undefined;
  const { type, body } = refusalBody(url, { status, message, fields, requestId });
  res.status(status).type(type).send(JSON.stringify(body));
}
