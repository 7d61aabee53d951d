import { z } from "zod";

/**
 * Syntax of tickers. They need no quotes in a CSV file, no spreadsheet takes them for a formula, and PostgreSQL can store them.
 * The pattern is published, and keeps to what ECMAScript without flags, Python, RE2 and .NET read alike.
 */
export function tickerText(
  message = "must be 1 to 32 characters without blanks, commas and quotes, and not begin with = + - @",
) {
  return z
    .string()
    .regex(pattern, { error: message, abort: true })
    .refine((text) => !/\p{C}/u.test(text), message);
}

const never = String.raw`\s\x00-\x1f\x7f-\x9f",`;
const pattern = new RegExp(String.raw`^[^${never}=+\-@][^${never}]{0,31}$`);
