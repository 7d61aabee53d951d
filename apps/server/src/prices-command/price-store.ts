import { HeldPrices, importPrices, PriceImportReport } from "@strategy-executor/core/prices";
import {
  connectDatabase,
  type Database,
  DataDirInUseError,
  dataDirHolder,
  listTickers,
  sweepPrices,
} from "@strategy-executor/db";
import { z } from "zod";

/** Where prices are kept. */
export interface PriceStore extends AsyncDisposable {
  /** For people: which one it is. */
  readonly description: string;
  /** @throws Error with one line that says why nothing was loaded. */
  load(file: CsvFile): Promise<PriceImportReport>;
  list(): Promise<readonly HeldPrices[]>;
}

interface CsvFile {
  /** The file or provider, kept as the source of the prices. */
  readonly name: string;
  /** For a file of one ticker, which does not name it itself. */
  readonly ticker?: string | undefined;
  readonly csv: AsyncIterable<Uint8Array>;
}

export interface PriceStoreLocation {
  /** PostgreSQL; absent means the embedded database. */
  readonly databaseUrl?: string | undefined;
  readonly dataDir: string;
}

/**
 * Reaches the prices in the way that is open: PostgreSQL directly; the embedded database through the server that holds it,
 * or directly while nobody does. @throws DataDirInUseError when it is held by a process that serves nothing.
 */
export async function openPriceStore({ databaseUrl, dataDir }: PriceStoreLocation): Promise<PriceStore> {
  const holder = databaseUrl === undefined ? await dataDirHolder(dataDir) : null;
  if (holder !== null && holder.address === null) throw new DataDirInUseError(dataDir, holder);
  if (holder?.address != null) return throughServer(holder.address);
  const database = await connectDatabase({ databaseUrl, dataDir, poolSize: 2 });
  await sweepPrices(database.db, { nobodyImports: database.kind === "pglite" });
  return throughDatabase(database);
}

function throughDatabase(database: Database): PriceStore {
  return {
    description: database.description,
    load: (file) => importPrices(database.db, file),
    async list() {
      const held = await listTickers(database.db);
      return held.map(({ firstDay, lastDay, ...rest }) => ({ ...rest, first_day: firstDay, last_day: lastDay }));
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

function throughServer(address: string): PriceStore {
  return {
    description: `the server at ${address}`,
    async load({ name, ticker, csv }) {
      const query = new URLSearchParams({ source: name, ...(ticker !== undefined && { ticker }) });
      const source = watched(csv);
      const request = {
        method: "POST",
        headers: { "Content-Type": "text/csv" },
        body: ReadableStream.from(source.chunks),
        duplex: "half" as const,
      };
      try {
        return await ask(address, `/prices/?${query}`, PriceImportReport, request);
      } catch (error) {
        throw source.failure() ?? error;
      }
    },
    async list() {
      return (await ask(address, "/prices/", PriceList)).prices;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const PriceList = z.object({ prices: z.array(HeldPrices) });
const Problem = z.object({ detail: z.string() });

async function ask<T>(address: string, path: string, answer: z.ZodType<T>, request: RequestInit = {}): Promise<T> {
  const response = await fetch(new URL(path, address), request).catch((error: unknown) => {
    throw new Error(`The server at ${address} does not answer`, { cause: error });
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return answer.parse(body);
  throw new Error(Problem.safeParse(body).data?.detail ?? `The server at ${address} answered with ${response.status}`);
}

/** A request whose body fails only says that it failed: what ended the source is remembered. */
function watched(csv: AsyncIterable<Uint8Array>) {
  let failure: unknown;
  async function* chunks() {
    try {
      yield* csv;
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  return { chunks: chunks(), failure: () => failure };
}
