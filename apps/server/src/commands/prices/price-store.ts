import {
  DataSeriesReport,
  HeldDataSeries,
  HeldPrices,
  importPrices,
  importSeries,
  listHeldSeries,
  removePrices,
  type SeriesImport,
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
  /** @throws Error when there are none */
  remove(ticker: string): Promise<HeldPrices>;
  /** @throws Error with a one-line reason; nothing was loaded then */
  loadSeries(file: SeriesImport): Promise<DataSeriesReport>;
  listSeries(): Promise<readonly HeldDataSeries[]>;
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
    async remove(ticker) {
      const removed = await removePrices(database.db, ticker);
      if (removed === undefined) throw new Error(`There are no prices of ${ticker}`);
      return removed;
    },
    loadSeries: (file) => importSeries(database.db, file),
    listSeries: () => listHeldSeries(database.db),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

function throughServer(holder: DatabaseServer): PriceStore {
  const send = async <Report>(path: string, report: z.ZodType<Report>, { charset, csv }: Bytes): Promise<Report> => {
    const source = watched(csv);
    const request = {
      method: "POST",
      headers: { "Content-Type": charset === undefined ? "text/csv" : `text/csv; charset=${charset}` },
      body: ReadableStream.from(source.chunks),
      duplex: "half" as const,
    };
    try {
      return await holder.ask(path, report, request);
    } catch (error) {
      throw source.failure() ?? error;
    }
  };
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
      return send(`/prices/?${query}`, PriceImportReport, { charset, csv });
    },
    async loadSeries({ series, name, charset, dayOrder, decimal, csv }) {
      const query = new URLSearchParams({
        name: series,
        source: name,
        ...(dayOrder !== undefined && { day_order: dayOrder }),
        ...(decimal !== undefined && { decimal }),
      });
      return send(`/data-series/?${query}`, DataSeriesReport, { charset, csv });
    },
    async listSeries() {
      return (await holder.ask("/data-series/", SeriesList)).data_series;
    },
    remove: (ticker) => holder.ask(`/prices/${encodeURIComponent(ticker)}/`, HeldPrices, { method: "DELETE" }),
    async list() {
      return (await holder.ask("/prices/", PriceList)).prices;
    },
    [Symbol.asyncDispose]: () => holder[Symbol.asyncDispose](),
  };
}

type Bytes = Pick<PriceImport, "charset" | "csv">;

const PriceList = z.object({ prices: z.array(HeldPrices) });
const SeriesList = z.object({ data_series: z.array(HeldDataSeries) });

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
