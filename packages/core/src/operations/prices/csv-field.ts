import { printableText } from "../../common/printable-text.ts";
import { Readable } from "node:stream";
import { z } from "zod";

/** The input field of a CSV file: text, or a stream of bytes in UTF-8. */
export function csvField(description: string) {
  return z
    .custom<string | AsyncIterable<Uint8Array>>((value) => typeof value === "string" || isStream(value), "must be text")
    .meta({ type: "string", description });
}

/** The bytes of a CSV field. */
export function csvStream(csv: string | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return typeof csv === "string" ? Readable.from([Buffer.from(csv)]) : csv;
}

/** The input field for the name under which an upload is stored. */
export function sourceField(description: string) {
  return printableText(200).default("upload").meta({ description });
}

function isStream(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
