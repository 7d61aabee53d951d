export { cutSeries, type SeriesCut } from "./cut-series.ts";
export { openSeries, type StoredSeries } from "./open-series.ts";
export { packSeries } from "./pack-series.ts";
export { type SeriesColumns, toSeries } from "./series-columns.ts";
