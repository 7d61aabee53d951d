import { DomainError } from "@strategy-executor/core";
import { findLosses } from "./lossy-json.ts";

/**
 * Parses JSON and refuses what would be lost silently: names that later code would drop, and numbers that would be changed.
 * @param isWrapper whether the first name of a path belongs to the transport and not to the client's input
 * @throws SyntaxError for malformed JSON; DomainError `invalid` with the path of every lost value
 */
export function parseStrictJson(
  text: string,
  isWrapper: (name: string, index: number) => boolean = () => false,
): unknown {
  const value: unknown = JSON.parse(text);
  const found = findLosses(text, maxFindings);
  if (found.length === 0) return value;
  const fields = found.map(({ path, message }) => ({ path: withoutWrapper(path, isWrapper).join("."), message }));
  throw new DomainError("invalid", fields.map(({ path, message }) => `${path}: ${message}`).join("; "), fields);
}

const maxFindings = 10;

function withoutWrapper(
  path: readonly string[],
  isWrapper: (name: string, index: number) => boolean,
): readonly string[] {
  const own = path.findIndex((name, index) => !isWrapper(name, index));
  return path.slice(own === -1 ? path.length - 1 : own);
}
