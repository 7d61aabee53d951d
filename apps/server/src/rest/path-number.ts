import { DomainError } from "@strategy-executor/core";

/** The number that a path segment stands for. What no number can be names nothing. @throws DomainError `not_found` */
export function pathNumber(text: string): number {
  const value = /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new DomainError("not_found", `There is nothing with number ${text}`);
  return value;
}
