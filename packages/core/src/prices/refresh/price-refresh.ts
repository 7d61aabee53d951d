import { setTimeout as after } from "node:timers/promises";
import { type Database, findHeldPrices, isUnavailable, noteAsked } from "@strategy-executor/db";
import { DomainError } from "../../common/domain-error.ts";
import type { Log } from "../../common/log.ts";
import type { PriceProviders } from "../providers/price-providers.ts";
import { refreshTicker } from "./refresh-ticker.ts";
import type { RefreshedPrices } from "./refreshed-prices.ts";

/** Brings stored prices up to date from their providers. */
export interface PriceRefresh extends AsyncDisposable {
  /** Refreshes the tickers one by one. Each is replaced as a whole or stays. Calls `onTicker` after each. */
  refresh(tickers: readonly string[], onTicker?: (refreshed: RefreshedPrices) => void): Promise<RefreshedPrices[]>;
}

export interface PriceRefreshOptions {
  readonly database: Database;
  readonly providers: PriceProviders;
  /** Pauses before a provider without an answer is asked again. */
  readonly waitsMs: readonly number[];
  readonly log: Log;
}

/** For a provider that is asked by a person, who waits for the answer. */
export const usualRefreshWaits: readonly number[] = [1_000, 4_000, 15_000];

export function createPriceRefresh({ database, providers, waitsMs, log }: PriceRefreshOptions): PriceRefresh {
  const { db } = database;
  const ending = new AbortController();
  const underWay = new Set<Promise<unknown>>();

  async function refreshOne(ticker: string, down: Set<string | null>): Promise<RefreshedPrices> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await refreshTicker(db, providers, ticker, ending.signal);
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== "unavailable" || ending.signal.aborted) throw error;
        const { provider, ...held } = await whatIsHeld(ticker);
        // Only the first ticker waits for a provider that is down.
        const waitMs = down.has(provider) ? undefined : waitsMs[tries];
        if (waitMs === undefined) {
          down.add(provider);
          return { ticker, outcome: "failed", provider, ...held, new_days: 0, message: error.message };
        }
        log.info({ ticker, provider, reason: error.message, wait_ms: waitMs }, "prices will be requested again");
        await after(waitMs, undefined, { signal: ending.signal });
      }
    }
  }

  async function whatIsHeld(ticker: string) {
    const held = (await findHeldPrices(db, [ticker])).get(ticker);
    const provider = (held === undefined ? providers.usual : providers.of(held.source))?.name ?? null;
    if (held === undefined) return { provider, first_day: null, last_day: null, rows: 0 };
    return { provider, first_day: held.firstDay, last_day: held.lastDay, rows: held.rows };
  }

  async function refreshAll(
    tickers: readonly string[],
    onTicker: ((refreshed: RefreshedPrices) => void) | undefined,
  ): Promise<RefreshedPrices[]> {
    await noteAsked(db, tickers);
    const down = new Set<string | null>();
    const all: RefreshedPrices[] = [];
    for (const ticker of tickers) {
      const refreshed = await refreshOne(ticker, down);
      all.push(refreshed);
      report(refreshed);
      onTicker?.(refreshed);
    }
    return all;
  }

  function report({ ticker, outcome, provider, last_day, message }: RefreshedPrices): void {
    const fields = { ticker, provider, outcome, last_day };
    if (message === null) log.info(fields, "prices refreshed");
    else log.warn({ ...fields, reason: message }, "prices not refreshed");
  }

  return {
    async refresh(tickers, onTicker) {
      const work = refreshAll(tickers, onTicker);
      const settled = work.catch(() => undefined).finally(() => underWay.delete(settled));
      underWay.add(settled);
      try {
        return await work;
      } catch (error) {
        if (ending.signal.aborted && !isUnavailable(error)) {
          throw new DomainError("unavailable", "The service is shutting down");
        }
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all(underWay);
    },
  };
}
