import type { Language } from "./texts.ts";

/** Formats of numbers and days in a language. */
export interface Formats {
  readonly language: Language;
  /** 0.1234 as 12.34 %. */
  percent(value: number): string;
  /** 0.1234 as 12 %: for axes. */
  wholePercent(value: number): string;
  /** 0.025 as 2.5 %, 0.02 as 2 %: for axes with narrow steps. */
  tickPercent(value: number): string;
  /** 0.1234 as 12.3: for tables in per cent. */
  bare(value: number): string;
  ratio(value: number): string;
  money(value: number): string;
  /** 1,200,000 as 1.2M: for axes. */
  shortMoney(value: number): string;
  count(value: number): string;
  year(year: number, isWhole: boolean): string;
  readonly monthNames: readonly string[];
  /** The format of an axis of days: years, months or days, depending on all ticks. */
  tick(dates: readonly Date[]): (date: Date) => string;
}

export function formatsOf(language: Language): Formats {
  const number = (options: Intl.NumberFormatOptions) => {
    const format = new Intl.NumberFormat(language, options);
    // A value that rounds to zero has no sign.
    return (value: number): string => format.format(value).replace(/^-(?=[0.,]*%?$)/, "");
  };
  const date = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(language, { timeZone: "UTC", ...options });
    return (value: Date): string => format.format(value);
  };
  const month = date({ month: "short" });
  const yearAndMonth = date({ year: "numeric", month: "short" });
  return {
    language,
    percent: number({ style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    wholePercent: number({ style: "percent", maximumFractionDigits: 0 }),
    tickPercent: number({ style: "percent", maximumFractionDigits: 2 }),
    bare: scaled(number({ minimumFractionDigits: 1, maximumFractionDigits: 1 }), 100),
    ratio: number({ minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    money: number({ minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    shortMoney: number({ notation: "compact", maximumSignificantDigits: 4 }),
    count: number({ maximumFractionDigits: 0 }),
    year: (year, isWhole) => (isWhole ? String(year) : `${year}*`),
    monthNames: Array.from({ length: 12 }, (_, index) => month(new Date(Date.UTC(2000, index)))),
    tick(dates) {
      const beginsYear = (day: Date): boolean => day.getUTCMonth() === 0 && day.getUTCDate() === 1;
      if (dates.every(beginsYear)) return (day) => String(day.getUTCFullYear());
      if (dates.every((day) => day.getUTCDate() === 1)) return yearAndMonth;
      return (day) => day.toISOString().slice(0, 10);
    },
  };
}

function scaled(format: (value: number) => string, factor: number): (value: number) => string {
  return (value) => format(value * factor);
}
