import { STATUS_CODES } from "node:http";
import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import { z } from "zod";
import type { Log } from "./log.ts";

/** The body of every refusal: problem details of RFC 9457. */
export const Problem = z
  .object({
    type: z.literal("about:blank"),
    title: z.string().meta({ description: "The reason phrase of the status." }),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: "A readable explanation." }),
    errors: z
      .array(
        z.object({
          path: z.string().meta({ description: "Such as `body.total` or `query.callback_url`." }),
          message: z.string(),
        }),
      )
      .optional()
      .meta({ description: "The invalid fields." }),
  })
  .meta({ id: "Problem" });
export type Problem = z.output<typeof Problem>;

/** Thrown by handlers; the message is for the client. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;
  readonly errors: Problem["errors"] | undefined;

  constructor(status: number, message: string, errors?: Problem["errors"]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

/** Parses all parts of a request. @throws RequestError 422 with the path of every invalid field */
export function parseRequest<Parts extends z.ZodType>(schema: Parts, parts: unknown): z.output<Parts> {
  const { success, error, data } = schema.safeParse(parts);
  if (success) return data;
  const errors = error.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message }));
  throw new RequestError(422, errors.map(({ path, message }) => `${path}: ${message}`).join("; "), errors);
}

/** The handler for unknown paths. */
export const unknownPath: RequestHandler = (req) => {
  throw new RequestError(404, `There is nothing at ${req.path}`);
};

/** Refuses other methods of a path. */
export function allowOnly(method: string): RequestHandler {
  return (req, res) => {
    res.set("Allow", method);
    throw new RequestError(405, `${req.method} is not allowed here, only ${method}`);
  };
}

/** Turns an error into a problem. Internal errors are logged, not disclosed. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    if (isForClient(error)) return sendProblem(res, error.status, error.message, error.errors);
    log(`${req.method} ${req.path} failed: ${error instanceof Error ? error.stack : String(error)}`);
    return sendProblem(res, 500, "The server failed to answer this request");
  };
}

function sendProblem(res: Response, status: number, detail: string, errors?: Problem["errors"]): void {
  const title = STATUS_CODES[status] ?? "Error";
  const problem: Problem = { type: "about:blank", title, status, detail, ...(errors && { errors }) };
  res.status(status).type("application/problem+json").send(JSON.stringify(problem));
}

/** Express and its body parser throw errors with a 4xx status for unreadable requests. */
function isForClient(error: unknown): error is Error & { status: number; errors?: Problem["errors"] } {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return false;
  return error.status >= 400 && error.status <= 499;
}
