import { DomainError } from "@strategy-executor/core";

/** Parses the number in a path segment. @throws DomainError `not_found` for anything else */
export function pathNumber(text: string): number {
  const value = /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new DomainError("not_found", `There is nothing with number ${text}`);
  return value;
}
