import { z } from "zod";

/**
 * Text of one line for people. The pattern is published, and keeps to what ECMAScript without flags, Python, RE2 and .NET read
 * alike: no `\p{...}`.
 */
export function printableText(maxLength: number) {
  return z
    .string()
    .regex(new RegExp(String.raw`^[^\x00-\x1f\x7f-\x9f]{1,${maxLength}}$`), {
      error: `must be 1 to ${maxLength} characters without control characters`,
      abort: true,
    })
    .refine((text) => text.isWellFormed(), "must not contain half of a character (a lone surrogate)");
}

/** Text that PostgreSQL can compare with: it has no NUL. */
export function comparableText() {
  return z.string().regex(new RegExp(String.raw`^[^\x00]*$`), "must not contain NUL");
}
