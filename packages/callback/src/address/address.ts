import { evaluate, type RequestContext } from "./evaluate.ts";
import type { Dialect } from "./expression.ts";
import { urlProblem } from "./http-url.ts";
import { TemplateSyntaxError } from "./syntax-error.ts";
import { type Embedded, type Literal, parseTemplate, type Template } from "./template.ts";

/** Where callbacks go: a base URL, given by the request or fixed, and what is put behind it. */
export interface CallbackAddress {
  /** The template as the author wrote it. */
  readonly text: string;
  readonly base: Embedded | string;
  /** Path and query behind the base. */
  readonly rest: Template;
}

/** An address that a request does not yield; the callback must not be sent anywhere then. */
export class CallbackAddressError extends Error {
  override readonly name = "CallbackAddressError";
  /** The expression at fault, as the author wrote it, without braces. */
  readonly expression: string;
  readonly reason: string;

  constructor(expression: string, reason: string) {
    super(`Cannot resolve {${expression}}: ${reason}`);
    this.expression = expression;
    this.reason = reason;
  }
}

/**
 * Reads the template of an address: `{$request.body#/callback_url}`, `{$callback_url}/invoices/{$request.body.id}`
 * (dialect `fastapi`), `https://example.org/hooks?id={$request.body#/id}`.
 *
 * @throws TemplateSyntaxError with the position, also when an expression could change the host or the path is ambiguous
 */
export function parseAddress(text: string, dialect: Dialect = "openapi"): CallbackAddress {
  const [first, ...others] = parseTemplate(text, dialect);
  if (!first) throw new TemplateSyntaxError(text, 0, "an address is empty");
  if ("expression" in first) return { text, base: first, rest: ensureRest(text, others) };

  const base = /^https?:\/\/[^/?#]+/i.exec(first.literal)?.[0];
  if (!base || urlProblem(base))
    throw new TemplateSyntaxError(text, 0, "an address begins with an expression or an http(s) URL with its host");
  const behind = { literal: first.literal.slice(base.length), position: base.length };
  return { text, base, rest: ensureRest(text, behind.literal ? [behind, ...others] : others) };
}

/**
 * The URL that a request gives. The base is taken as it is; every other value becomes one path segment (or one value of the
 * query), percent-encoded, so that nothing a client sends can change the path. Slashes are joined once and the query of
 * the base comes before that of the template.
 *
 *     resolveAddress(parseAddress("{$request.query.to}/invoices/{$request.body#/id}"), request)
 *     // to=https://example.org/events?token=1, id=a/b: https://example.org/events/invoices/a%2Fb?token=1
 *
 * @throws CallbackAddressError naming the expression that has no usable value
 */
export function resolveAddress({ base, rest }: CallbackAddress, context: RequestContext): string {
  const baseUrl = typeof base === "string" ? base : baseValue(base, context);
  if (rest.length === 0) return baseUrl;

  const behind = rest.map((part) => ("literal" in part ? part.literal : segmentValue(part, context))).join("");
  const { path = "", query } = /^(?<path>[^?]*)\??(?<query>.*)$/s.exec(behind)?.groups ?? {};
  const given = /^(?<path>[^?#]*)(?:\?(?<query>[^#]*))?(?<fragment>#.*)?$/s.exec(baseUrl)?.groups ?? {};
  const wholePath = path ? `${given.path?.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}` : given.path;
  const wholeQuery = [given.query, query].filter(Boolean).join("&");
  return `${wholePath}${wholeQuery && `?${wholeQuery}`}${given.fragment ?? ""}`;
}

function baseValue({ expression, text }: Embedded, context: RequestContext): string {
  const found = evaluate(expression, context);
  if (!found.resolved) throw new CallbackAddressError(text, found.reason);
  if (typeof found.value !== "string") throw new CallbackAddressError(text, "not an http or https URL");
  const problem = urlProblem(found.value);
  if (problem) throw new CallbackAddressError(text, problem);
  return found.value;
}

function segmentValue({ expression, text }: Embedded, context: RequestContext): string {
  const found = evaluate(expression, context);
  if (!found.resolved) throw new CallbackAddressError(text, found.reason);
  const { value } = found;
  if (typeof value !== "string" && typeof value !== "boolean" && !Number.isFinite(value))
    throw new CallbackAddressError(text, "neither text nor a number nor true or false");
  const plain = typeof value === "string" ? value : JSON.stringify(value);
  if (plain === "") throw new CallbackAddressError(text, "empty");
  // URL parsers fold %2e%2e like .., so no encoding protects these.
  if (isDotSegment(plain)) throw new CallbackAddressError(text, `${plain} would change the path`);
  if (!plain.isWellFormed()) throw new CallbackAddressError(text, "not well-formed Unicode");
  return encodeURIComponent(plain);
}

function isDotSegment(segment: string): boolean {
  return /^(\.|%2e){1,2}$/i.test(segment);
}

/** What follows the base may not touch its host, and must mean the same to every URL parser. */
function ensureRest(text: string, rest: Template): Template {
  const [first] = rest;
  if (first && !("literal" in first && /^[/?]/.test(first.literal)))
    throw new TemplateSyntaxError(text, first.position, "expected /, ? or the end behind the base URL");
  for (const { literal, position } of rest.filter((part): part is Literal => "literal" in part)) {
    // Half an escape could be completed by a value.
    const bad = /[\s\p{Cc}\\#]|%(?![0-9A-Fa-f]{2})/u.exec(literal);
    if (bad)
      throw new TemplateSyntaxError(
        text,
        position + bad.index,
        "white space, \\, # and a lone % must be percent-encoded",
      );
  }
  const outline = rest.map((part) => ("literal" in part ? part.literal : "x")).join("");
  if (first && outline.split("?")[0]?.split("/").some(isDotSegment))
    throw new TemplateSyntaxError(text, first.position, "a . or .. in the path");
  return rest;
}
