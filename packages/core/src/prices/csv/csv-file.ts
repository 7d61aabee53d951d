import { DomainError } from "../../common/domain-error.ts";

/** The order of day and month in dates such as 01/02/2024. */
export const dayOrders = ["dmy", "mdy"] as const;
export type DayOrder = (typeof dayOrders)[number];

/** The decimal mark. */
export const decimalMarks = ["point", "comma"] as const;
export type DecimalMark = (typeof decimalMarks)[number];

/** A CSV file and what the user specified about its format. Anything absent is detected. */
export interface CsvFile {
  /** For messages: `etf-daily.csv`. */
  readonly name: string;
  /** A label of the Encoding Standard, as `TextDecoder` takes it. A byte order mark of the file comes first. UTF-8 when absent. */
  readonly charset?: string | undefined;
  readonly dayOrder?: DayOrder | undefined;
  readonly decimal?: DecimalMark | undefined;
}

/** Why a row is invalid, without its file and line. */
export class InvalidRowError extends Error {
  override readonly name = "InvalidRowError";
}

/** The error for a line of a file. */
export function refused(file: CsvFile, line: number, reason: string): DomainError {
  return new DomainError("invalid", `${file.name}, line ${line}: ${reason}`);
}

/** Quotes text of a file for a message: short, on one line, with invisible characters as code points. */
export function quoted(text: string): string {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  return shown.replaceAll(/\p{Cf}|\p{Zl}|\p{Zp}|[^\S ]/gu, (hidden) => {
    return `\\u{${hidden.codePointAt(0)!.toString(16)}}`;
  });
}
