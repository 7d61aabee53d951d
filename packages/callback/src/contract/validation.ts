import { z } from "zod";

import type { Callback, ExpectedResponse } from "./contract.ts";
import type { Answered } from "../deliver/deliver.ts";
import { describeIssues, type FieldIssue, toFieldIssues } from "./field-issues.ts";

/** A mistake of the sender: the payload does not match its documentation. */
export class CallbackMismatchError extends Error {
  override readonly name = "CallbackMismatchError";
  readonly issues: readonly FieldIssue[];

  constructor(what: string, error: z.ZodError) {
    super(`${what} does not match its definition: ${describeIssues(error)}`);
    this.issues = toFieldIssues(error);
  }
}

/** Whether a response matches the definition. */
export type ResponseCheck =
  /** `body` is the parsed body, when one is declared. */
  { readonly matched: true; readonly body?: unknown } | { readonly matched: false; readonly reason: string };

/**
 * Serializes a payload and checks the text against the definition as a receiver will parse it.
 *
 * @throws CallbackMismatchError naming the invalid fields
 */
export function preparePayload<Body extends z.core.$ZodType>(callback: Callback<Body>, payload: z.input<Body>): string {
  const text = JSON.stringify(payload) ?? "null";
  ensurePayload(callback, text);
  return text;
}

/**
 * Checks JSON text against the definition as a receiver will parse it.
 *
 * @throws CallbackMismatchError naming the invalid fields
 */
export function ensurePayload(callback: Callback, text: string): void {
  const { error } = z.safeParse(callback.requestBody, JSON.parse(text));
  if (error) throw new CallbackMismatchError(`Payload of ${callback.name}`, error);
}

/**
 * Checks request headers against the definition.
 *
 * @throws CallbackMismatchError naming the invalid headers
 */
export function ensureHeaders(callback: Callback, headers: Readonly<Record<string, string>>): void {
  const error = headersError(callback, headers);
  if (error) throw new CallbackMismatchError(`Headers of ${callback.name}`, error);
}

/** The errors in the declared headers, if any. Header names are case-insensitive. */
export function headersError(callback: Callback, headers: Readonly<Record<string, string>>): z.ZodError | undefined {
  if (!callback.headers) return undefined;
  const byLowerCase = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const declared = Object.keys(callback.headers.shape);
  return callback.headers.safeParse(
    Object.fromEntries(declared.map((name) => [name, byLowerCase.get(name.toLowerCase())])),
  ).error;
}

/** Compares a receiver's response with the one declared for its status. */
export function checkResponse(
  callback: Callback,
  { statusCode, responseText, truncated }: Pick<Answered, "statusCode" | "responseText" | "truncated">,
): ResponseCheck {
  const expected = expectedResponse(callback, statusCode);
  if (!expected)
    return { matched: false, reason: `status ${statusCode}, expected ${Object.keys(callback.responses).join(" or ")}` };
  if (!expected.body) return { matched: true };
  if (truncated) return { matched: false, reason: "the body is longer than what was read of it" };
  const json = parseJson(responseText);
  if (!json) return { matched: false, reason: "the body is not JSON" };
  const { error, data } = z.safeParse(expected.body, json.value);
  return error ? { matched: false, reason: describeIssues(error) } : { matched: true, body: data };
}

function expectedResponse({ responses }: Callback, statusCode: number): ExpectedResponse | undefined {
  return responses[statusCode] ?? responses[`${Math.floor(statusCode / 100)}XX`] ?? responses.default;
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
