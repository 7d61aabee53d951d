import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { askProvider, firstLine, unavailable } from "./provider-request.ts";
import type { DailyBar, PriceProvider } from "./price-provider.ts";

export interface TiingoOptions {
  /** Goes into a header and nowhere else. */
  readonly token: string;
  /** Origin of the API: a mirror or a test server. */
  readonly origin?: string | undefined;
}

const price = z.number().positive();
const traded = z.number().nonnegative().nullish();
const Days = z.array(
  z.object({
    date: z.string().regex(/^\d{4}-\d\d-\d\d/),
    close: price,
    adjClose: price,
    open: traded,
    high: traded,
    low: traded,
    volume: traded,
  }),
);
const Refusal = z.object({ detail: z.string() });

/** End-of-day prices of Tiingo. A day is there once it is final. */
export function tiingo({ token, origin = "https://api.tiingo.com" }: TiingoOptions): PriceProvider {
  return {
    name: "tiingo",
    settlingMs: 0,
    bars: ["open", "high", "low", "volume"],
    async fetch(ticker, from = "1900-01-01", signal) {
      const url = new URL(`/tiingo/daily/${encodeURIComponent(ticker)}/prices`, origin);
      url.searchParams.set("startDate", from);
      url.searchParams.set("format", "json");
      const headers = { authorization: `Token ${token}`, accept: "application/json" };
      const { status, text } = await askProvider({ provider: "Tiingo", url, headers, signal });
      const answer = parseJson(text);
      const detail = firstLine(Refusal.safeParse(answer).data?.detail ?? text).replaceAll(token, "***");
      if (status === 404) throw new DomainError("not_found", `Tiingo has no prices of ${ticker}: ${detail}`);
      if (status === 401 || status === 403) throw unavailable(`Tiingo refuses the token: ${detail}`);
      const { data: days } = Days.safeParse(answer);
      if (status !== 200) throw unavailable(`Tiingo answered ${ticker} with status ${status}: ${detail}`);
      if (days === undefined) throw unavailable(`Tiingo's answer for ${ticker} cannot be read: ${detail}`);
      if (days.length === 0) throw new DomainError("not_found", `Tiingo has no prices of ${ticker} since ${from}`);
      return days.map(toBar).toSorted((a, b) => (a.day < b.day ? -1 : 1));
    },
  };
}

function toBar({ date, close, adjClose, open, high, low, volume }: z.output<typeof Days>[number]): DailyBar {
  return {
    day: date.slice(0, 10),
    close,
    adjClose,
    ...(open != null && open > 0 && { open }),
    ...(high != null && high > 0 && { high }),
    ...(low != null && low > 0 && { low }),
    ...(volume != null && { volume }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
