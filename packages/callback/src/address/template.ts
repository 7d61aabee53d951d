import { type Dialect, type Expression, parseExpression } from "./expression.ts";
import { TemplateSyntaxError } from "./syntax-error.ts";

/** Text and the expressions embedded in it, in order. */
export type Template = readonly (Literal | Embedded)[];

export interface Literal {
  readonly literal: string;
  /** Its index in the template. */
  readonly position: number;
}

export interface Embedded {
  readonly expression: Expression;
  /** The expression as written, without braces. */
  readonly text: string;
  /** Its index in the template, brace included. */
  readonly position: number;
}

/**
 * Parses a template: one bare expression (`$request.body#/url`), or text with expressions in braces
 * (`https://example.org/{$request.body#/id}`). Braces have no other use: inside an expression the grammar allows them,
 * but they are usually a mistake.
 *
 * @throws TemplateSyntaxError with the position in the template
 */
export function parseTemplate(text: string, dialect: Dialect = "openapi"): Template {
  if (text.startsWith("$")) {
    const brace = text.search(/[{}]/);
    if (brace >= 0) throw new TemplateSyntaxError(text, brace, "a brace in a bare expression");
    return [{ expression: parseExpression(text, dialect), text, position: 0 }];
  }

  const parts: (Literal | Embedded)[] = [];
  let position = 0;
  while (position < text.length) {
    const literal = /^[^{}]*/.exec(text.slice(position))?.[0] ?? "";
    if (literal) parts.push({ literal, position });
    position += literal.length;
    if (text[position] === "}") throw new TemplateSyntaxError(text, position, "} without {");
    if (text[position] !== "{") continue;

    const inner = /^[^{}]*/.exec(text.slice(position + 1))?.[0] ?? "";
    const end = position + 1 + inner.length;
    if (text[end] !== "}") throw new TemplateSyntaxError(text, end, "expected }");
    parts.push(embedded(text, inner, position, dialect));
    position = end + 1;
  }
  return parts;
}

function embedded(template: string, text: string, position: number, dialect: Dialect): Embedded {
  try {
    return { expression: parseExpression(text, dialect), text, position };
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    throw new TemplateSyntaxError(template, position + 1 + error.position, error.problem);
  }
}
