import {
  HeldPrices,
  importPrices,
  type PriceImport,
  PriceImportReport,
  listHeldPrices,
} from "@strategy-executor/core/prices";
import { type Database, removeAbandonedPrices } from "@strategy-executor/db";
import { z } from "zod";
import {
  type DatabaseLocation,
  type DatabaseServer,
  isDatabaseServer,
  accessDatabase,
} from "../operator/database-access.ts";

/** Stores prices, directly or through the server that holds the database. */
export interface PriceStore extends AsyncDisposable {
  /** The name of the store in messages. */
  readonly description: string;
  /** @throws Error with a one-line reason; nothing was loaded then */
  load(file: PriceImport): Promise<PriceImportReport>;
  list(): Promise<readonly HeldPrices[]>;
}

/** @throws DataDirInUseError when the embedded database is held by a process that serves nothing */
export async function openPriceStore(location: DatabaseLocation): Promise<PriceStore> {
  const reached = await accessDatabase(location);
  if (isDatabaseServer(reached)) return throughServer(reached);
  await removeAbandonedPrices(reached.db, { noImportRunning: reached.kind === "pglite" });
  return throughDatabase(reached);
}

function throughDatabase(database: Database): PriceStore {
  return {
    description: database.description,
    load: (file) => importPrices(database.db, file),
    list: () => listHeldPrices(database.db),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

function throughServer(holder: DatabaseServer): PriceStore {
  return {
    description: `the server at ${holder.address}`,
    async load({ name, ticker, exchange, charset, dayOrder, decimal, skipBadRows, csv }) {
      const query = new URLSearchParams({
        source: name,
        ...(ticker !== undefined && { ticker }),
        ...(exchange !== undefined && { exchange }),
        ...(dayOrder !== undefined && { day_order: dayOrder }),
        ...(decimal !== undefined && { decimal }),
        ...(skipBadRows === true && { skip_bad_rows: "true" }),
      });
      const source = watched(csv);
      const request = {
        method: "POST",
        headers: { "Content-Type": charset === undefined ? "text/csv" : `text/csv; charset=${charset}` },
        body: ReadableStream.from(source.chunks),
        duplex: "half" as const,
      };
      try {
        return await holder.ask(`/prices/?${query}`, PriceImportReport, request);
      } catch (error) {
        throw source.failure() ?? error;
      }
    },
    async list() {
      return (await holder.ask("/prices/", PriceList)).prices;
    },
    [Symbol.asyncDispose]: () => holder[Symbol.asyncDispose](),
  };
}

const PriceList = z.object({ prices: z.array(HeldPrices) });
/** `fetch` hides the error of a request body. The error of the source is kept and thrown instead. */
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
