import type { z } from "zod";

import type { Callback, ExpectedResponse } from "./contract.ts";
import type { Answered } from "../deliver/deliver.ts";
import { describeIssues, type FieldIssue, toFieldIssues } from "./field-issues.ts";

/** The sender's own mistake: what it is about to send is not what it documents. */
export class CallbackMismatchError extends Error {
  override readonly name = "CallbackMismatchError";
  readonly issues: readonly FieldIssue[];

  constructor(what: string, error: z.ZodError) {
    super(`${what} does not match its definition: ${describeIssues(error)}`);
    this.issues = toFieldIssues(error);
  }
}

/** Whether an answer is what the definition expects. */
export type ResponseCheck =
  /** `body` is what the schema made of the answer, when one is declared. */
  { readonly matched: true; readonly body?: unknown } | { readonly matched: false; readonly reason: string };

/**
 * The exact text to send for a payload, checked against the definition as a receiver will read it.
 *
 * @throws CallbackMismatchError naming the fields at fault
 */
export function preparePayload<Body extends z.ZodType>(callback: Callback<Body>, payload: z.input<Body>): string {
  const text = JSON.stringify(payload) ?? "null";
  ensurePayload(callback, text);
  return text;
}

/**
 * Checks the text to send, which is JSON, against the definition as a receiver will read it.
 *
 * @throws CallbackMismatchError naming the fields at fault
 */
export function ensurePayload(callback: Callback, text: string): void {
  const { error } = callback.requestBody.safeParse(JSON.parse(text));
  if (error) throw new CallbackMismatchError(`Payload of ${callback.name}`, error);
}

/**
 * Checks the headers to send against the definition.
 *
 * @throws CallbackMismatchError naming the headers at fault
 */
export function ensureHeaders(callback: Callback, headers: Readonly<Record<string, string>>): void {
  const error = headersError(callback, headers);
  if (error) throw new CallbackMismatchError(`Headers of ${callback.name}`, error);
}

/** What is wrong with the declared ones of these headers, if anything; the case of names does not matter. */
export function headersError(callback: Callback, headers: Readonly<Record<string, string>>): z.ZodError | undefined {
  if (!callback.headers) return undefined;
  const byLowerCase = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const declared = Object.keys(callback.headers.shape);
  return callback.headers.safeParse(
    Object.fromEntries(declared.map((name) => [name, byLowerCase.get(name.toLowerCase())])),
  ).error;
}

/** Compares a receiver's answer with the response that is declared for its status. */
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
  const { error, data } = expected.body.safeParse(json.value);
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
