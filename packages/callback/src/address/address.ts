import { evaluate, type RequestContext } from "./evaluate.ts";
import type { Dialect } from "./expression.ts";
import { urlProblem } from "./http-url.ts";
import { TemplateSyntaxError } from "./syntax-error.ts";
import { type Embedded, type Literal, parseTemplate, type Template } from "./template.ts";

/** A parsed address: a base URL, fixed or from the request, and what follows it. */
export interface CallbackAddress {
  /** The template as the author wrote it. */
  readonly text: string;
  readonly base: Embedded | string;
  /** Path and query after the base. */
  readonly rest: Template;
}

/** The request yields no usable address, so no callback may be sent. */
export class CallbackAddressError extends Error {
  override readonly name = "CallbackAddressError";
  /** The failing expression as written, without braces. */
  readonly expression: string;
  readonly reason: string;

  constructor(expression: string, reason: string) {
    super(`Cannot resolve {${expression}}: ${reason}`);
    this.expression = expression;
    this.reason = reason;
  }
}

/**
 * Parses the template of an address: `{$request.body#/callback_url}`, `{$callback_url}/invoices/{$request.body.id}`
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
 * Resolves the address for a request. The base is used unchanged. Every other value becomes one path segment (or one
 * query value), percent-encoded, so that no client input can change the path. Duplicate slashes are merged, and the
 * query of the base precedes that of the template.
 *
 *     resolveAddress(parseAddress("{$request.query.to}/invoices/{$request.body#/id}"), request)
 *     // to=https://example.org/events?token=1, id=a/b: https://example.org/events/invoices/a%2Fb?token=1
 *
 * @throws CallbackAddressError naming the expression without a usable value
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
  // URL parsers treat %2e%2e like .., so no encoding protects these.
  if (isDotSegment(plain)) throw new CallbackAddressError(text, `${plain} would change the path`);
  if (!plain.isWellFormed()) throw new CallbackAddressError(text, "not well-formed Unicode");
  return encodeURIComponent(plain);
}

function isDotSegment(segment: string): boolean {
  return /^(\.|%2e){1,2}$/i.test(segment);
}

/** The part after the base must not change the host, and must mean the same to every URL parser. */
function ensureRest(text: string, rest: Template): Template {
  const [first] = rest;
  if (first && !("literal" in first && /^[/?]/.test(first.literal)))
    throw new TemplateSyntaxError(text, first.position, "expected /, ? or the end behind the base URL");
  for (const { literal, position } of rest.filter((part): part is Literal => "literal" in part)) {
    // A value could complete a partial escape sequence.
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
