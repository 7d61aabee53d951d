import { parsePointer, type Pointer, printPointer } from "./json-pointer.ts";
import { TemplateSyntaxError } from "./syntax-error.ts";

/**
 * An OpenAPI 3.1 runtime expression. It refers to a value of the request or the response of the operation that declares
 * the callback.
 */
export type Expression =
  | { readonly kind: "url" | "method" | "statusCode" }
  /** Header names are case-insensitive. Parameter names are as written, with the escapes of a JSON string. */
  | { readonly kind: "header" | "query" | "path"; readonly of: Message; readonly name: string }
  /** The whole body when `pointer` is absent. */
  | { readonly kind: "body"; readonly of: Message; readonly pointer?: Pointer };

export type Message = "request" | "response";

/**
 * `openapi` is the grammar of the specification. `fastapi` adds what FastAPI's documentation writes: `$callback_url`
 * for `$request.query.callback_url` and `$request.body.id` for `$request.body#/id`.
 */
export type Dialect = "openapi" | "fastapi";

/**
 * Parses one expression without braces, such as `$request.body#/callback_url`. Keywords are case-sensitive.
 *
 * @throws TemplateSyntaxError with the position of the first invalid character
 */
export function parseExpression(text: string, dialect: Dialect = "openapi"): Expression {
  if (text === "$url" || text === "$method" || text === "$statusCode")
    return { kind: text.slice(1) as "url" | "method" | "statusCode" };
  return (dialect === "fastapi" && parseShorthand(text)) || parseReference(text);
}

/** Prints an expression in the grammar of the specification. Shorthand becomes its standard equivalent. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case "url":
    case "method":
    case "statusCode":
      return `$${expression.kind}`;
    case "body":
      return `$${expression.of}.body${expression.pointer ? `#${printPointer(expression.pointer)}` : ""}`;
    default:
      return `$${expression.of}.${expression.kind}.${expression.name}`;
  }
}

const message = /^\$(?<of>request|response)\.(?<kind>header\.|query\.|path\.|body)?/;

/**
 * The characters of a JSON string (RFC 7159), from which the specification builds names: quotes and backslashes are
 * escaped.
 */
const name = /^(?:[ !\x23-\x5B\x5D-\u{10FFFF}]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*/u;

/** A header name (RFC 7230). */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/;

function parseReference(text: string): Expression {
  const start = message.exec(text);
  if (!start?.groups) {
    if (!text.startsWith("$")) throw new TemplateSyntaxError(text, 0, "an expression begins with $");
    throw new TemplateSyntaxError(text, 1, "expected url, method, statusCode, request. or response.");
  }
  const of = start.groups.of as Message;
  const kind = start.groups.kind?.replace(".", "");
  const rest = text.slice(start[0].length);
  const at = (offset: number): number => start[0].length + offset;

  switch (kind) {
    case "header": {
      const { length } = token.exec(rest)?.[0] ?? "";
      if (length === 0 || length < rest.length)
        throw new TemplateSyntaxError(text, at(length), "expected a header name");
      return { kind, of, name: rest };
    }
    case "query":
    case "path": {
      const { length } = name.exec(rest)?.[0] ?? "";
      if (length < rest.length) throw new TemplateSyntaxError(text, at(length), "not a character of a name");
      return { kind, of, name: rest };
    }
    case "body": {
      if (rest === "") return { kind, of };
      if (!rest.startsWith("#"))
        throw new TemplateSyntaxError(text, at(0), "expected # and a JSON pointer, or the end");
      return { kind, of, pointer: parsePointer(text, at(1)) };
    }
    default:
      throw new TemplateSyntaxError(text, at(0), "expected header., query., path. or body");
  }
}

/** The expression that FastAPI's shorthand stands for; undefined for other text. */
function parseShorthand(text: string): Expression | undefined {
  const parameter = /^\$([A-Za-z_][\w-]*)$/.exec(text)?.[1];
  if (parameter && parameter !== "request" && parameter !== "response")
    return { kind: "query", of: "request", name: parameter };
  const [, of, members] = /^\$(request|response)\.body\.([\w-]+(?:\.[\w-]+)*)$/.exec(text) ?? [];
  return members ? { kind: "body", of: of as Message, pointer: members.split(".") } : undefined;
}
