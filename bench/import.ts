import { startServerLikeNpmStart } from "@strategy-executor/server/testing";
import type { BenchOptions, Figures } from "./bench.ts";
import { startDatabase } from "./measuring/database.ts";
import { watchMemory } from "./measuring/memory.ts";

const daysEach = 5_000;

/**
 * Streams daily prices as CSV, as `npm run prices -- import` does, while the server answers other requests. Measures rows per
 * second, memory and the longest wait for a health check. Fails unless every row is stored.
 */
export async function importPrices({ database, quick }: BenchOptions): Promise<Figures> {
  const tickers = quick ? 20 : 200;
  await using bench = await startDatabase(database);
  await using server = await startServerLikeNpmStart(bench.options);
  const memory = await watchMemory(server.pid);
  const begun = performance.now();
  let finished = false;
  const importing = fetch(`${server.url}/prices/`, {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body: ReadableStream.from(csv(tickers)),
    duplex: "half",
  });
  importing.finally(() => (finished = true)).catch(() => undefined);
  let longestMs = 0;
  while (!finished) {
    const asked = performance.now();
    await (await fetch(`${server.url}/healthz`)).arrayBuffer();
    longestMs = Math.max(longestMs, performance.now() - asked);
  }
  const response = await importing;
  if (!response.ok) throw new Error(`The import was answered with ${response.status}: ${await response.text()}`);
  const seconds = (performance.now() - begun) / 1000;
  const held = (await (await fetch(`${server.url}/prices/`)).json()) as { prices: { rows: number }[] };
  const rows = held.prices.reduce((sum, ticker) => sum + ticker.rows, 0);
  if (rows !== tickers * daysEach) throw new Error(`${rows} rows are held of ${tickers * daysEach}`);
  return {
    rows,
    rows_per_s: rows / seconds,
    longest_wait_beside_it_ms: longestMs,
    ...(memory !== null && { server_peak_above_idle_mb: await memory.peakAboveIdleMb() }),
  };
}

/** One chunk per ticker, with made-up prices. */
async function* csv(tickers: number): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode("date,ticker,close,adj_close\n");
  const first = Date.UTC(2000, 0, 3);
  for (let ticker = 0; ticker < tickers; ticker += 1) {
    const lines: string[] = [];
    for (let day = 0; day < daysEach; day += 1) {
      const date = new Date(first + day * 86_400_000).toISOString().slice(0, 10);
      const price = 100 + ((day * 7 + ticker * 13) % 1_000) / 7;
      lines.push(`${date},T${ticker},${price},${price}\n`);
    }
    yield encoder.encode(lines.join(""));
  }
}
