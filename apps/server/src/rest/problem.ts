import { STATUS_CODES } from "node:http";
import type { FieldError } from "@strategy-executor/core";
import type { RequestHandler, Response } from "express";
import { z } from "zod";
import { requestIdHeader } from "../http/request-scope.ts";

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

interface ProblemParts {
  readonly status: number;
  readonly message: string;
  readonly fields: readonly FieldError[];
  readonly requestId: string | undefined;
}

export function toProblem({ status, message, fields, requestId }: ProblemParts): Problem {
  return {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail: message,
    ...(requestId !== undefined && { request_id: requestId }),
    ...(fields.length > 0 && { errors: [...fields] }),
  };
}

/** Responds with a problem. */
export function sendProblem(res: Response, status: number, message: string): void {
  const id = res.getHeader(requestIdHeader);
  const problem = toProblem({ status, message, fields: [], requestId: typeof id === "string" ? id : undefined });
  if (status === 503) res.set("Retry-After", "1");
  res.status(status).type("application/problem+json").send(JSON.stringify(problem));
}

/** The handler for unknown paths. */
export const unknownPath: RequestHandler = (req, res) => sendProblem(res, 404, `There is nothing at ${req.path}`);
