import { claimAsking, claimPriceRequests, type Database, type RunKey } from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";
import type { PriceRefresh } from "../../prices/refresh/price-refresh.ts";
import type { Signals } from "../signals/signals.ts";

/** A run waits this long before it requests its prices again. */
export const askAgainSeconds = 600;
/** Schedules that share a ticker ask for it once within this time. */
const sharedSeconds = 300;
const maxNamed = 10;

/** A run that waits for prices of its trading day. */
export interface LackingRun {
  readonly key: RunKey;
  readonly tradingDay: string;
  /** The tickers that have no price for that day. */
  readonly missing: readonly string[];
  /** The tickers among them that a provider offers. */
  readonly wanted: readonly string[];
}

export interface PriceAsker extends AsyncDisposable {
  /** Requests the prices of the runs and records in each run what it waits for. Does not wait for the answers. */
  ask(runs: readonly LackingRun[]): Promise<void>;
}

export interface PriceAskerOptions {
  readonly database: Database;
  readonly prices: PriceRefresh;
  readonly signals: Signals;
  readonly log: Log;
}

/** Requests the prices that runs wait for from their providers: each ticker once, over all processes and schedules. */
export function createPriceAsker({ database: { db }, prices, signals, log }: PriceAskerOptions): PriceAsker {
  // One refresh after another, because providers limit requests.
  let asking: Promise<void> = Promise.resolve();

  async function refresh(tickers: readonly string[]): Promise<void> {
    try {
      await prices.refresh(tickers, ({ outcome }) => {
        if (outcome === "new" || outcome === "replaced") signals.send("schedules", "prices");
      });
    } catch (error) {
      log.warn({ err: error, tickers }, "prices could not be requested");
    }
  }

  return {
    async ask(runs) {
      if (runs.length === 0) return;
      const reasons = runs.map(({ key, tradingDay, missing }) => ({ ...key, reason: reasonOf(tradingDay, missing) }));
      const due = new Set((await claimAsking(db, reasons, askAgainSeconds)).map(nameOf));
      if (due.size > 0) signals.send("runs", "changed");
      const wanted = runs.flatMap(({ key, wanted: own }) => (due.has(nameOf(key)) ? own : []));
      if (wanted.length === 0) return;
      const claimed = await claimPriceRequests(db, [...new Set(wanted)], sharedSeconds);
      if (claimed.length > 0) asking = asking.then(() => refresh(claimed));
    },
    // The refresh ends with the engine.
    [Symbol.asyncDispose]: () => asking,
  };
}

function reasonOf(tradingDay: string, missing: readonly string[]): string {
  const more = missing.length > maxNamed ? ` and ${missing.length - maxNamed} more` : "";
  return `Waits for the prices of ${tradingDay}: ${missing.slice(0, maxNamed).join(", ")}${more}`;
}

function nameOf({ scheduleId, fireAt }: RunKey): string {
  return `${scheduleId} ${fireAt}`;
}
