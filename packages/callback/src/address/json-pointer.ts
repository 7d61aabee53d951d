import { TemplateSyntaxError } from "./syntax-error.ts";

/** The unescaped tokens of a JSON pointer (RFC 6901); empty for the whole document. */
export type Pointer = readonly string[];

/**
 * Parses the JSON pointer from `start` to the end of `text`.
 *
 * @throws TemplateSyntaxError with the position in `text`
 */
export function parsePointer(text: string, start: number): Pointer {
  const pointer = text.slice(start);
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) throw new TemplateSyntaxError(text, start, "a JSON pointer begins with /");
  const badEscape = /~(?![01])/.exec(pointer);
  if (badEscape) throw new TemplateSyntaxError(text, start + badEscape.index, "~ must be written as ~0, / as ~1");
  return pointer.slice(1).split("/").map(unescape);
}

/** Prints a JSON pointer. */
export function printPointer(pointer: Pointer): string {
  return pointer.map((token) => `/${escape(token)}`).join("");
}

/** The value at a JSON pointer; `undefined` when there is none. */
export function valueAt(document: unknown, pointer: Pointer): unknown {
  return pointer.reduce(childOf, document);
}

function childOf(parent: unknown, token: string): unknown {
  if (Array.isArray(parent)) return /^(0|[1-9]\d*)$/.test(token) ? parent[Number(token)] : undefined;
  if (typeof parent !== "object" || parent === null || !Object.hasOwn(parent, token)) return undefined;
  return parent[token as keyof typeof parent];
}

// The order matters: ~01 is a tilde and a 1, not a slash.
const unescape = (token: string): string => token.replaceAll("~1", "/").replaceAll("~0", "~");
const escape = (token: string): string => token.replaceAll("~", "~0").replaceAll("/", "~1");
