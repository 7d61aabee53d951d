import { once } from "node:events";
import type { MessagePort } from "node:worker_threads";
import { type Extras, fingerprint, type Market, type PriceTable } from "../../market/price-table.ts";
import type { ThreadState } from "./thread-state.ts";
import { answerWithPrices, type PricesAnswer, receive } from "./shared-tables.ts";

/** A thread's request for prices, sent over its port. */
export interface PricesRequest {
  readonly kind: "prices";
  readonly tickers: readonly string[];
  readonly extras?: Extras | undefined;
}

/** The thread that has begun a piece of work. */
export interface Started {
  readonly kind: "started";
  readonly thread: number;
  readonly state: ThreadState;
}

type Request = Started | PricesRequest;

/** Answers a thread's requests for prices until the port is closed. The numbers lie in shared memory. */
export function serveMarket(port: MessagePort, market: Market, onStarted: (started: Started) => void): void {
  port.on("message", (request: Request) => {
    if (request.kind === "started") onStarted(request);
    else void answerWithPrices(market, request.tickers, request.extras).then((prices) => port.postMessage(prices));
  });
}

/** For use in a thread. Answers carry no id, so only one request may be open at a time. */
export async function askForPrices(
  port: MessagePort,
  tickers: readonly string[],
  extras?: Extras,
): Promise<PriceTable> {
  port.postMessage({ kind: "prices", tickers, extras } satisfies PricesRequest);
  const [answer] = (await once(port, "message")) as [PricesAnswer];
  if (!answer.ok) throw new Error(answer.message);
  return receive(answer);
}

/** The market inside a thread. It loads the same tickers once, so that one piece of work sees one state of the prices. */
export function marketOver(port: MessagePort, started: Omit<Started, "kind">) {
  port.postMessage({ kind: "started", ...started } satisfies Request);
  const tables = new Map<string, Promise<PriceTable>>();
  let previous: Promise<unknown> = Promise.resolve();
  const request = async (tickers: readonly string[], extras?: Extras): Promise<PriceTable> => {
    await previous;
    return askForPrices(port, tickers, extras);
  };
  const market: Market = {
    load(tickers, extras) {
      const key = extras === undefined ? tickers.join(" ") : JSON.stringify([tickers, extras]);
      const table = tables.get(key) ?? request(tickers, extras);
      tables.set(key, table);
      previous = table.catch(() => undefined);
      return table;
    },
  };
  return {
    market,
    /** SHA-256 of the loaded prices, by tickers. */
    async seen(): Promise<Record<string, string>> {
      const loaded = [...tables].map(async ([key, loading]) => {
        const table = await loading;
        return [key, fingerprint(table, table.days.length - 1)] as const;
      });
      return Object.fromEntries(await Promise.all(loaded));
    },
  };
}
