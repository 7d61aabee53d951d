import { STATUS_CODES } from "node:http";
import { DomainError, type ErrorCode, type FieldError } from "@strategy-executor/core";
import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import type { Log } from "@strategy-executor/core";
import { z } from "zod";
import { requestIdHeader, scopeOf } from "../http/request-scope.ts";

/** The body of every refusal. */
export const Problem = z
  .object({
    type: z.literal("about:blank"),
    title: z.string().meta({ description: "The reason phrase of the status.", examples: ["Not Found"] }),
    status: z
      .int()
      .min(400)
      .max(599)
      .meta({ description: "The HTTP status.", examples: [404] }),
    detail: z.string().meta({ description: "A readable explanation.", examples: ["There is no execution 124"] }),
    request_id: z
      .string()
      .optional()
      .meta({ description: "The `X-Request-Id` of the response, which identifies the request in the server's log." }),
    errors: z
      .array(
        z.object({
          path: z.string().meta({ description: "Path of the field; empty for the whole.", examples: ["callback_url"] }),
          message: z.string().meta({ description: "What is wrong with it.", examples: ["not an http or https URL"] }),
        }),
      )
      .optional()
      .meta({ description: "The invalid fields." }),
  })
  .meta({ id: "Problem", description: "Problem details of RFC 9457." });
export type Problem = z.output<typeof Problem>;

const statusOf = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  invalid: 422,
  conflict: 409,
  payload_too_large: 413,
  too_many_requests: 429,
  unavailable: 503,
} satisfies Record<ErrorCode, number>;

/** Responds with a problem. */
export function sendProblem(res: Response, status: number, detail: string, errors: readonly FieldError[] = []): void {
  const title = STATUS_CODES[status] ?? "Error";
  const id = res.getHeader(requestIdHeader);
  const problem: Problem = {
    type: "about:blank",
    title,
    status,
    detail,
    ...(typeof id === "string" && { request_id: id }),
    ...(errors.length > 0 && { errors: [...errors] }),
  };
  if (status === 503) res.set("Retry-After", "1");
  res.status(status).type("application/problem+json").send(JSON.stringify(problem));
}

/** The handler for unknown paths. */
export const unknownPath: RequestHandler = (req, res) => sendProblem(res, 404, `There is nothing at ${req.path}`);

/** Turns an error into a problem. Internal errors are logged, not disclosed. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    if (res.destroyed) return log.debug({ method: req.method, path: req.path }, "client went away");
    if (error instanceof DomainError) return sendProblem(res, statusOf[error.code], error.message, error.fields);
    const refused = refusedByParser(error);
    if (refused !== null) return sendProblem(res, refused.status, refused.detail);
    log.error({ request_id: scopeOf(res).id, err: error, method: req.method, path: req.path }, "request failed");
    return sendProblem(res, 500, "The server failed to answer this request");
  };
}

/** Express and its body parser throw errors with a 4xx status for unreadable requests. */
function refusedByParser(error: unknown): { status: number; detail: string } | null {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return null;
  if (error.status < 400 || error.status > 499) return null;
  // A path that cannot be decoded names nothing.
  if (error instanceof URIError) return { status: 404, detail: "The path is not well encoded" };
  const type = "type" in error ? error.type : undefined;
  if (type === "entity.parse.failed") return { status: 400, detail: `The body is not valid JSON: ${error.message}` };
  if (type === "entity.too.large") return { status: 413, detail: "The body is larger than 1 MB" };
  return { status: error.status, detail: error.message };
}
