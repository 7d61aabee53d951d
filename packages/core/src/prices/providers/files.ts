import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { DomainError } from "../../common/domain-error.ts";
import { barColumns } from "../../market/bars.ts";
import { askProvider, unavailable } from "./provider-request.ts";
import { readBars } from "./read-bars.ts";
import type { PriceProvider } from "./price-provider.ts";

export interface FilesOptions {
  /** A folder, or an https address, of CSV files. `{ticker}` stands for the ticker; `/{ticker}.csv` follows where it is absent. */
  readonly place: string;
}

const maxBytes = 64 * 1024 * 1024;

/** CSV files of an operator, one for each ticker, as `importPrices` takes them. */
export function files({ place }: FilesOptions): PriceProvider {
  const isAddress = /^https?:\/\//i.test(place);
  const pattern = place.includes("{ticker}") ? place : `${place.replace(/\/+$/, "")}/{ticker}.csv`;
  return {
    name: "files",
    settlingMs: 0,
    bars: barColumns,
    async fetch(ticker, from, signal) {
      const csv = isAddress
        ? await download(pattern.replaceAll("{ticker}", encodeURIComponent(ticker)), ticker, signal)
        : await readFrom(resolve(pattern.replaceAll("{ticker}", fileName(ticker))), ticker);
      const bars = await readBars(csv, { name: `${ticker}.csv`, ticker });
      return from === undefined ? bars : bars.filter(({ day }) => day >= from);
    },
  };
}

/** A ticker may hold a slash, but no file outside of the folder is read. */
function fileName(ticker: string): string {
  return ticker.replaceAll(/[/\\]|^\.+$/g, (part) => encodeURIComponent(part).replaceAll(".", "%2E"));
}

async function download(address: string, ticker: string, signal: AbortSignal | undefined): Promise<Buffer> {
  const { status, body, text } = await askProvider({
    provider: "The address of prices",
    url: new URL(address),
    signal,
  });
  if (status === 404 || status === 410) throw missing(ticker);
  if (status !== 200) throw unavailable(`The address of prices answered ${ticker} with status ${status}`);
  if (body.length === 0) throw unavailable(`The file of ${ticker} is empty`);
  if (/^\s*</.test(text.slice(0, 1_000))) throw unavailable(`The address of prices answered ${ticker} with a page`);
  return body;
}

async function readFrom(path: string, ticker: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > maxBytes) throw unavailable(`The file of ${ticker} is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw code === "ENOENT" ? missing(ticker) : unavailable(`The file of ${ticker} cannot be read (${code})`);
  }
  if (total === 0) throw unavailable(`The file of ${ticker} is empty`);
  return Buffer.concat(chunks);
}

function missing(ticker: string): DomainError {
  return new DomainError("not_found", `There is no file of ${ticker}`);
}
