/** The sessions of a stock exchange. Days are day numbers (days since 1970-01-01), times local to the exchange. */
export interface Exchange {
  readonly name: ExchangeName;
  /** IANA name of the zone in which the exchange's times and days are. */
  readonly timeZone: string;
  /** The last day whose holidays are known; later ones count as sessions when they are weekdays. Null if rules know all. */
  readonly horizon: number | null;
  /** Whether the exchange trades on this day. */
  isSession(day: number): boolean;
  /** When trading ends on a day that is a session. */
  closeOf(day: number): SessionClose;
  /** The first session after this day. */
  nextSession(day: number): number;
  /** The last session before this day. */
  previousSession(day: number): number;
}

/** The exchanges whose calendars are known, by market identifier code (ISO 10383), and every weekday for all others. */
export const exchangeNames = ["XNYS", "XKRX", "weekdays"] as const;
export type ExchangeName = (typeof exchangeNames)[number];

/** The exchange that a ticker's name suggests: Korean ones have six digits, and Yahoo ends them in `.KS` and `.KQ`. */
export function usualExchange(ticker: string): ExchangeName {
  return /^\d{6}$|\.K[SQ]$/.test(ticker) ? "XKRX" : "XNYS";
}

export function isExchangeName(text: string): text is ExchangeName {
  return exchangeNames.some((name) => name === text);
}

interface SessionClose {
  /** Local time, `16:00`. */
  readonly time: string;
  /** Whether it is before the exchange's usual time. */
  readonly early: boolean;
}

/** The rules of an exchange. */
export interface ExchangeRules {
  readonly name: ExchangeName;
  readonly timeZone: string;
  readonly horizon: number | null;
  /** The usual local time of the close, `16:00`. */
  readonly close: string;
  /** Whether the exchange is closed on a weekday. */
  isHoliday(day: number): boolean;
  /** The local time of the close where it is not the usual one. */
  unusualClose(day: number): string | undefined;
}

/** A day on which an operator overrides the rules: a funeral, a storm, a session on a Saturday. */
export interface ExchangeException {
  readonly day: number;
  readonly session: boolean;
  /** The local time of the close, `13:00`; null for the time by the rules. */
  readonly close: string | null;
}
