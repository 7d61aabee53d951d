import * as fc from "fast-check";
import { anyCharacter } from "./any-character.ts";

const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/);

const name = fc
  .array(
    fc.oneof(
      fc.string({ unit: anyCharacter, minLength: 1, maxLength: 1 }).filter((char) => !/["\\\p{Cc}]/u.test(char)),
      fc.constantFrom('\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0041", "\\uD83d"),
    ),
  )
  .map((chars) => chars.join(""));

const pointer = fc
  .array(fc.string({ unit: anyCharacter }))
  .map((tokens) => tokens.map((one) => `/${one.replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""));

/** Generates any text that the grammar of the specification allows. */
export const expressionText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("$url", "$method", "$statusCode"),
  fc
    .tuple(
      fc.constantFrom("$request.", "$response."),
      fc.oneof(
        token.map((text) => `header.${text}`),
        name.map((text) => `query.${text}`),
        name.map((text) => `path.${text}`),
        fc.constant("body"),
        pointer.map((text) => `body#${text}`),
      ),
    )
    .map(([message, source]) => message + source),
);
