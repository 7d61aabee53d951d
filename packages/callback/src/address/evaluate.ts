import type { Expression, Message } from "./expression.ts";
import { printPointer, valueAt } from "./json-pointer.ts";

/** The request of the operation that declares the callback, in its REST form over any transport. */
export interface RequestContext {
  /** The full URL with its query. */
  readonly url: string;
  readonly method: string;
  /** Path parameters by name. */
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  /** Headers by name, case-insensitive. */
  readonly headers?: Readonly<Record<string, unknown>>;
  /** The parsed body. */
  readonly body?: unknown;
  /** The response, once there is one. */
  readonly response?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, unknown>>;
    readonly body?: unknown;
  };
}

/** The value in its own type, or the reason why it is missing. */
export type Evaluation =
  | { readonly resolved: true; readonly value: unknown }
  | { readonly resolved: false; readonly reason: string };

/** Evaluates an expression against a request. Never throws. */
export function evaluate(expression: Expression, context: RequestContext): Evaluation {
  const value = valueOf(expression, context);
  return value === undefined ? { resolved: false, reason: absence(expression, context) } : { resolved: true, value };
}

function valueOf(expression: Expression, context: RequestContext): unknown {
  switch (expression.kind) {
    case "url":
    case "method":
      return context[expression.kind];
    case "statusCode":
      return context.response?.status;
    case "header":
      return header(partsOf(expression.of, context)?.headers ?? {}, expression.name);
    case "query":
    case "path":
      return own(partsOf(expression.of, context)?.[expression.kind] ?? {}, decodeName(expression.name));
    case "body":
      return valueAt(partsOf(expression.of, context)?.body, expression.pointer ?? []);
  }
}

/** Responses have no parameters, although the grammar allows such expressions. */
function partsOf(message: Message, context: RequestContext): Partial<RequestContext> | undefined {
  return message === "request" ? context : (context.response satisfies Partial<RequestContext> | undefined);
}

function header(headers: Readonly<Record<string, unknown>>, name: string): unknown {
  const found = Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : headers[found];
}

function own(values: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function decodeName(name: string): string {
  return JSON.parse(`"${name}"`) as string;
}

function absence(expression: Expression, context: RequestContext): string {
  switch (expression.kind) {
    case "url":
    case "method":
      return `the ${expression.kind} is not known`;
    case "statusCode":
      return "there is no response yet";
  }
  const { kind, of } = expression;
  if (of === "response" && !context.response) return "there is no response yet";
  if (kind === "header") return `the ${of} has no header ${expression.name}`;
  if (kind === "body") return `the body of the ${of} has no ${printPointer(expression.pointer ?? []) || "value"}`;
  return `the ${of} has no ${kind} parameter ${decodeName(expression.name)}`;
}
