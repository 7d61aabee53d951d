export { type ExchangeName, exchangeNames } from "../exchanges/exchange.ts";
export { listHeldPrices } from "./held-prices.ts";
export { type DayOrder, dayOrders, type DecimalMark, decimalMarks } from "./csv/csv-file.ts";
export { decodeCsv, isDecodable } from "./csv/decode-csv.ts";
export { fetchCsv, type FetchRequest } from "./providers/fetch-csv.ts";
export { DataSeriesReport, HeldDataSeries, importSeries, listHeldSeries, type SeriesImport } from "./import-series.ts";
export { removePrices } from "./remove-prices.ts";
export { importPrices, type PriceImport } from "./import-prices.ts";
export {
  createPriceProviders,
  type PriceProviders,
  providerNames,
  type ProviderSettings,
} from "./providers/price-providers.ts";
export type { DailyBar, PriceProvider } from "./providers/price-provider.ts";
export { HeldPrices, ImportedPrices, PriceImportReport } from "./schemas.ts";
export { yahoo, type YahooOptions } from "./providers/yahoo.ts";
