import { once } from "node:events";
import type { MessagePort } from "node:worker_threads";
import { type Extras, fingerprint, type Market, type PriceTable } from "../../market/price-table.ts";
import { answerWithPrices, type PricesAnswer, receive } from "./shared-tables.ts";

/** What a thread asks over its port. */
export interface PricesQuestion {
  readonly kind: "prices";
  readonly tickers: readonly string[];
  readonly extras?: Extras | undefined;
}

type Asked = { readonly kind: "started" } | PricesQuestion;

/** Answers a thread's questions for prices, whose numbers lie in shared memory, until the port is closed. */
export function serveMarket(port: MessagePort, market: Market, onStarted: () => void): void {
  port.on("message", (asked: Asked) => {
    if (asked.kind === "started") onStarted();
    else void answerWithPrices(market, asked.tickers, asked.extras).then((prices) => port.postMessage(prices));
  });
}

/** In a thread: asks for prices. Answers carry no name: one question at a time. */
export async function askForPrices(
  port: MessagePort,
  tickers: readonly string[],
  extras?: Extras,
): Promise<PriceTable> {
  port.postMessage({ kind: "prices", tickers, extras } satisfies PricesQuestion);
  const [answer] = (await once(port, "message")) as [PricesAnswer];
  if (!answer.ok) throw new Error(answer.message);
  return receive(answer);
}

/** The market as a thread sees it: asked once for the same tickers, so that one piece of work sees one state of the prices. */
export function marketOver(port: MessagePort) {
  port.postMessage({ kind: "started" } satisfies Asked);
  const tables = new Map<string, Promise<PriceTable>>();
  let before: Promise<unknown> = Promise.resolve();
  const ask = async (tickers: readonly string[], extras?: Extras): Promise<PriceTable> => {
    await before;
    return askForPrices(port, tickers, extras);
  };
  const market: Market = {
    load(tickers, extras) {
      const key = extras === undefined ? tickers.join(" ") : JSON.stringify([tickers, extras]);
      const table = tables.get(key) ?? ask(tickers, extras);
      tables.set(key, table);
      before = table.catch(() => undefined);
      return table;
    },
  };
  return {
    market,
    /** SHA-256 of the prices that were asked for, by tickers. */
    async seen(): Promise<Record<string, string>> {
      const loaded = [...tables].map(async ([key, loading]) => {
        const table = await loading;
        return [key, fingerprint(table, table.days.length - 1)] as const;
      });
      return Object.fromEntries(await Promise.all(loaded));
    },
  };
}
