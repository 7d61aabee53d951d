/** Formats numbers, days and instants by the user's settings. */
export interface Formats {
  readonly language: "en" | "ko";
  /** 0.1234 as 12.34%. */
  percent(value: number | null | undefined): string;
  /** The same with a plus sign for gains. */
  gain(value: number | null | undefined): string;
  ratio(value: number | null | undefined): string;
  money(value: number | null | undefined): string;
  shortMoney(value: number): string;
  count(value: number): string;
  /** An instant to the second, with its time zone. */
  instant(iso: string | null | undefined): string;
  /** An instant to the minute, without the time zone, for a column whose head names it. */
  shortInstant(iso: string | null | undefined): string;
  /** An instant in a given time zone, which is shown. */
  instantIn(iso: string, timeZone: string): string;
  /** The name of the time zone of instants. */
  readonly zone: string;
  /** The same, short: `UTC`, `EST`, `GMT+9`. */
  readonly zoneName: string;
  /** A calendar day, which no time zone shifts. */
  day(iso: string | null | undefined): string;
  duration(milliseconds: number | null | undefined): string;
  /** The distance from now: `3 hours ago`, `in 2 days`. */
  distance(iso: string, now: number): string;
}

/** Shown in place of an absent value. */
export const none = "–";

/** Formats for a language and a time zone of instants; `undefined` is that of the device. */
export function formatsOf(language: Formats["language"], timeZone: string | undefined): Formats {
  const number = (options: Intl.NumberFormatOptions) => {
    const format = atFirstUse(() => new Intl.NumberFormat(language, options));
    return (value: number | null | undefined): string =>
      value === null || value === undefined ? none : withoutSignOfZero(format().format(value));
  };
  const at = (options: Intl.DateTimeFormatOptions, inZone = timeZone) =>
    atFirstUse(
      () =>
        new Intl.DateTimeFormat(language, {
          ...options,
          hourCycle: "h23",
          ...(inZone !== undefined && { timeZone: inZone }),
        }),
    );
  const full = instants("medium");
  const short = at({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
  const shortOfYear = at({ year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
  const day = at({ year: "numeric", month: "short", day: "numeric" }, "UTC");
  const relative = atFirstUse(() => new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" }));
  const deviceZone = atFirstUse(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const zoneName = atFirstUse(() => zoneNameOf(at({ timeZoneName: "short" })(), new Date()));
  const year = at({ year: "numeric" });
  const unit = (name: string, digits: number) =>
    number({ style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits });
  const units = {
    millisecond: unit("millisecond", 0),
    second: unit("second", 1),
    minute: unit("minute", 1),
    hour: unit("hour", 1),
    day: unit("day", 1),
  };
  return {
    language,
    percent: number({ style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    gain: number({
      style: "percent",
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
      signDisplay: "exceptZero",
    }),
    ratio: number({ minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    money: number({ minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    shortMoney: number({ notation: "compact", maximumSignificantDigits: 4 }),
    count: number({ maximumFractionDigits: 0 }),
    instant: (iso) => (iso === null || iso === undefined ? none : full(new Date(iso))),
    shortInstant(iso) {
      if (iso === null || iso === undefined) return none;
      const date = new Date(iso);
      const isThisYear = year().format(date) === year().format(new Date());
      return (isThisYear ? short : shortOfYear)().format(date);
    },
    instantIn: (iso, inZone) => instants("short", inZone)(new Date(iso)),
    get zone() {
      return timeZone ?? deviceZone();
    },
    get zoneName() {
      return zoneName();
    },
    day: (iso) => (iso === null || iso === undefined ? none : day().format(new Date(`${iso.slice(0, 10)}T00:00:00Z`))),
    duration(milliseconds) {
      if (milliseconds === null || milliseconds === undefined) return none;
      if (milliseconds < 1_000) return units.millisecond(milliseconds);
      if (milliseconds < 60_000) return units.second(milliseconds / 1_000);
      if (milliseconds < 3_600_000) return units.minute(milliseconds / 60_000);
      return milliseconds < 86_400_000 ? units.hour(milliseconds / 3_600_000) : units.day(milliseconds / 86_400_000);
    },
    distance(iso, now) {
      const seconds = (Date.parse(iso) - now) / 1_000;
      for (const [name, size] of spans) {
        if (Math.abs(seconds) >= size) return relative().format(Math.trunc(seconds / size), name);
      }
      return relative().format(Math.trunc(seconds), "second");
    },
  };

  /** Day, time and time zone are formatted apart, because Korean would otherwise spell out hours and minutes. */
  function instants(timeStyle: "short" | "medium", inZone = timeZone): (date: Date) => string {
    const dayAndTime = at({ dateStyle: "medium", timeStyle }, inZone);
    const zoned = at({ timeZoneName: "short" }, inZone);
    return (date) => `${dayAndTime().format(date)} ${zoneNameOf(zoned(), date)}`;
  }
}

/** Few pages use all formatters, and making one takes some milliseconds. */
function atFirstUse<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function zoneNameOf(format: Intl.DateTimeFormat, date: Date): string {
  return format.formatToParts(date).find(({ type }) => type === "timeZoneName")?.value ?? "";
}

const spans = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** A value that rounds to zero has no sign. */
function withoutSignOfZero(text: string): string {
  return text.replace(/^-(?=[0.,]*%?$)/, "");
}
