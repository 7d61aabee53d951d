import { type DecimalMark, InvalidRowError, quoted } from "./csv-file.ts";

/** Whether a field states that its value is unknown. */
export function isBlank(text: string): boolean {
  return text === "" || blanks.has(text.toLowerCase());
}

const blanks = new Set(["-", "--", ".", "null", "nan", "none", "n/a", "na", "#n/a"]);

/**
 * The number of a text: `4742.83`, `4,742.83`, `4.742,83`, `1'234.5`, `1 234.5`, `$10.5`, `1e2`.
 * @throws InvalidRowError for anything else, for too large numbers, and for ambiguous ones while `decimal` is null
 */
export function parseNumber(column: string, text: string, decimal: DecimalMark | null): number {
  if (decimal !== "comma" && plain.test(text)) return finite(column, text, Number(text));
  const bare = text.replace(/^([+-]?)\p{Sc}\s?/u, "$1");
  if (decimal === null && /^[+-]?\d{1,3},\d{3}$/.test(bare)) {
    throw new InvalidRowError(
      `${column} ${quoted(text)} can be read in two ways: say which with decimal=point or decimal=comma`,
    );
  }
  const number =
    decimal === "comma"
      ? bare.replaceAll(grouped(String.raw`.'’ \u00A0\u202F`), "").replace(",", ".")
      : bare.replaceAll(grouped(String.raw`,'’ \u00A0\u202F`), "");
  const isPointNumber = decimal === "comma" && /\.\d/.test(bare) && !bare.includes(",") && number === bare;
  if (isPointNumber || !plain.test(number)) throw new InvalidRowError(`${column} is not a number: ${quoted(text)}`);
  return finite(column, text, Number(number));
}

/** A number of shares. It is whole, so marks separate thousands; it may be abbreviated to thousands, millions or billions. */
export function parseVolume(text: string, decimal: DecimalMark | null): number {
  const short = /^(.*\d)\s?([KMB])$/i.exec(text);
  if (short === null) return parseNumber("volume", text, decimal ?? "point");
  const factor = { K: 1e3, M: 1e6, B: 1e9 }[short[2]!.toUpperCase()]!;
  return Math.round(parseNumber("volume", short[1]!, decimal ?? "point") * factor);
}

const plain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** One of these marks in front of a group of three digits, in a text that has digits in groups of three from it on. */
function grouped(marks: string): RegExp {
  return new RegExp(`(?<=^[+-]?\\d{1,3}(?:[${marks}]\\d{3})*)[${marks}](?=\\d{3}(?!\\d))`, "g");
}

function finite(column: string, text: string, number: number): number {
  if (!Number.isFinite(number)) throw new InvalidRowError(`${column} is too large: ${quoted(text)}`);
  return number;
}
