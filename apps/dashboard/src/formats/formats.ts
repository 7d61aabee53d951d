import { type Settings, settings, useSettings } from "../settings/settings.ts";
import { type Formats, formatsOf } from "./formats-of.ts";

export { type Formats, none } from "./formats-of.ts";

/** The formats of the user's settings. */
export function useFormats(): Formats {
  return formatsFor(useSettings());
}

/** Formats something, because the first time takes the browser some tens of milliseconds, which pass while the page waits for data. */
export function prepareFormats(): void {
  formatsFor(settings.get()).instant(new Date().toISOString());
}

/** The time zone of each setting; undefined for that of the device. */
const timeZones: Readonly<Record<Settings["zone"], string | undefined>> = {
  local: undefined,
  UTC: "UTC",
  exchange: "America/New_York",
  XKRX: "Asia/Seoul",
};

let current: { readonly language: string; readonly zone: string; readonly formats: Formats } | null = null;

/** One for all components: to make the formatters takes a millisecond, which each row of a table would spend. */
function formatsFor({ language, zone }: Pick<Settings, "language" | "zone">): Formats {
  if (current?.language !== language || current.zone !== zone) {
    current = { language, zone, formats: formatsOf(language, timeZones[zone]) };
  }
  return current.formats;
}
