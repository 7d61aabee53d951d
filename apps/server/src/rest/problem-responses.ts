import { STATUS_CODES } from "node:http";
import type { ZodOpenApiResponseObject } from "zod-openapi";
import { Problem } from "./problem.ts";

/** Every status of a refusal. */
export type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 501 | 503;

/** The documented responses for these statuses, each a shared component. */
export function problemResponses(statuses: Iterable<ProblemStatus>): Record<string, ZodOpenApiResponseObject> {
  return Object.fromEntries([...new Set(statuses)].map((status) => [String(status), responses[status]]));
}

const responses: Record<ProblemStatus, ZodOpenApiResponseObject> = {
  400: toResponse(400, {
    description: "The request cannot be read.",
    detail: "The body is not valid JSON: Unexpected end of JSON input",
  }),
  401: toResponse(401, {
    description: "The server requires an API key, and the request has no valid one.",
    detail: "The API key is unknown, revoked or expired",
  }),
  403: toResponse(403, {
    description: "The API key lacks the required scope.",
    detail: "This needs an API key with the scope execute",
  }),
  404: toResponse(404, {
    description: "The requested object does not exist.",
    detail: "Unknown strategy: BoldAsset. Available strategies: BoldAssetAllocation, MovingAverageCrossover",
  }),
  409: toResponse(409, {
    description: "The current state does not allow the request.",
    detail: "Execution 123 is running: only a completed one has series",
  }),
  413: toResponse(413, { description: "The body is too large.", detail: "The body is larger than 1 MB" }),
  415: toResponse(415, {
    description: "The media type of the body is not the documented one.",
    detail: "Send the body with Content-Type: application/json, not application/x-www-form-urlencoded",
  }),
  422: toResponse(422, {
    description: "Fields are wrong, missing or unknown. `errors` names them.",
    detail: "callback_url: not an http or https URL",
    errors: [{ path: "callback_url", message: "not an http or https URL" }],
  }),
  429: toResponse(429, {
    description: "The client exceeds its limit. `Retry-After` says when to try again.",
    detail: "No more than 600 requests a minute are answered: try again in 12 s",
  }),
  500: toResponse(500, {
    description: "The server failed. Its log says why.",
    detail: "The server failed to answer this request",
  }),
  501: toResponse(501, {
    description: "The server lacks a setting, which `detail` names.",
    detail: "Signing secrets are stored encrypted, and the server has no key for that: set SECRETS_KEY",
  }),
  503: toResponse(503, {
    description: "The server is starting or stopping, or its database is unavailable.",
    detail: "The database or the queue does not answer",
  }),
};

function toResponse(
  status: ProblemStatus,
  { description, ...rest }: { description: string } & Pick<Problem, "detail" | "errors">,
): ZodOpenApiResponseObject {
  const title = STATUS_CODES[status]!;
  const example: Problem = { type: "about:blank", title, status, ...rest };
  return {
    id: title.replaceAll(" ", ""),
    description,
    content: { "application/problem+json": { schema: Problem, example } },
  };
}
