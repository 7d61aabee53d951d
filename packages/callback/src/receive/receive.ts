import { z } from "zod";

import { CallbackRejectedError } from "./callback-rejected-error.ts";
import { headersError } from "../contract/validation.ts";
import type { Callback } from "../contract/contract.ts";
import { describeIssues, toFieldIssues } from "../contract/field-issues.ts";
import { type NodeRequest, type ReceivedBody, toReceivedRequest } from "./received-request.ts";

export interface ReceiveOptions {
  /** 1,000,000 when absent. A body parser that ran before has its own limit. */
  readonly maxBytes?: number;
  /**
   * Authenticates the sender before the body is parsed, for example by signature. A truthy value accepts; an exception
   * or any other value refuses.
   */
  readonly verify?: VerifyCallback;
}

/** Header names are lower case; `body` is exactly as received. */
export type VerifyCallback = (received: {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}) => unknown;

/** A callback that matches its definition. */
export interface ReceivedCallback<Payload> {
  readonly payload: Payload;
  /** Header names are lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Receives a callback from a Fetch `Request` or a request of Node's `http` or of Express, before or after a body
 * parser.
 *
 *     app.post("/events/invoices/:id", async (request, response) => {
 *       const { payload } = await receiveCallback(invoiceNotification, request);
 *       response.json({ ok: true });
 *     });
 *
 * @throws CallbackRejectedError with the HTTP status of the response: 405 method, 415 content type, 413 size, 401
 * `verify`, 400 malformed JSON, 422 schema mismatch. Error when `verify` is given and a body parser did not keep the
 * bytes.
 */
export async function receiveCallback<Body extends z.core.$ZodType>(
  callback: Callback<Body>,
  request: Request | NodeRequest,
  { maxBytes = 1_000_000, verify }: ReceiveOptions = {},
): Promise<ReceivedCallback<z.output<Body>>> {
  const { method, headers, readBody } = toReceivedRequest(request);
  if (method.toLowerCase() !== callback.method)
    throw new CallbackRejectedError(405, `expected ${callback.method.toUpperCase()}`);
  if (!isJson(headers["content-type"])) throw new CallbackRejectedError(415, "expected application/json in UTF-8");
  if (!/^(identity)?$/i.test(headers["content-encoding"] ?? ""))
    throw new CallbackRejectedError(415, "expected a body that is not compressed");
  if (Number(headers["content-length"]) > maxBytes)
    throw new CallbackRejectedError(413, `the body is larger than ${maxBytes} bytes`);

  const body = await readBody(maxBytes);
  if (verify) await ensureVerified(verify, headers, body);
  const json = "bytes" in body ? parseJson(body.bytes) : body.parsed;

  const wrongHeaders = headersError(callback, headers);
  if (wrongHeaders) throw notAsDefined("headers", wrongHeaders);
  const { error, data } = z.safeParse(callback.requestBody, json);
  if (error) throw notAsDefined("body", error);
  return { payload: data as z.output<Body>, headers };
}

function isJson(contentType = ""): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1] ?? "utf-8";
  return /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(contentType) && /^utf-?8$/i.test(charset);
}

async function ensureVerified(
  verify: VerifyCallback,
  headers: Readonly<Record<string, string>>,
  body: ReceivedBody,
): Promise<void> {
  if (!("bytes" in body))
    throw new Error(
      "verify needs the bytes: call receiveCallback before any body parser, or keep them in request.rawBody",
    );
  let verified: unknown;
  try {
    verified = await verify({ headers, body: body.bytes });
  } catch (cause) {
    throw new CallbackRejectedError(401, "not verified", { cause });
  }
  // A verifier that returns nothing must be noticed: a missing signature looks the same.
  if (!verified) throw new CallbackRejectedError(401, "not verified");
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new CallbackRejectedError(400, "the body is not JSON", { cause });
  }
}

function notAsDefined(part: "headers" | "body", error: z.ZodError): CallbackRejectedError {
  return new CallbackRejectedError(422, `invalid ${part}: ${describeIssues(error)}`, { issues: toFieldIssues(error) });
}
