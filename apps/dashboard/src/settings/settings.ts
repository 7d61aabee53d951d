import { createStore, useStore } from "./store.ts";

/** The user's settings, stored in this browser. `first-paint.js` reads the same entry. */
export interface Settings {
  readonly language: "en" | "ko";
  readonly theme: "system" | "light" | "dark";
  /** The time zone of instants. */
  readonly zone: "local" | "UTC" | "exchange" | "XKRX";
  /** The colours of gains and losses: as usual for the language, or safe for colour-blind readers. */
  readonly colours: "language" | "blue-orange";
}

const name = "settings";
const root = document.documentElement;

export const settings = createStore<Settings>(stored());

export function useSettings(): Settings {
  return useStore(settings);
}

/** Changes some settings, stores them and applies them to the page. */
export function changeSettings(changes: Partial<Settings>): void {
  const next = { ...settings.get(), ...changes };
  settings.set(next);
  root.lang = next.language;
  apply("theme", next.theme === "system" ? null : next.theme);
  apply("colours", next.colours === "language" ? null : next.colours);
  try {
    localStorage.setItem(name, JSON.stringify(next));
  } catch {
    // Without storage the settings last as long as the tab.
  }
}

function apply(attribute: "theme" | "colours", value: string | null): void {
  if (value === null) delete root.dataset[attribute];
  else root.dataset[attribute] = value;
}

function stored(): Settings {
  let kept: Partial<Record<keyof Settings, unknown>> = {};
  try {
    kept = (JSON.parse(localStorage.getItem(name) ?? "{}") as typeof kept | null) ?? {};
  } catch {
    // Treat an unreadable entry as missing.
  }
  const one = <Value extends string>(value: unknown, ...allowed: readonly [Value, ...Value[]]): Value =>
    allowed.find((known) => known === value) ?? allowed[0];
  return {
    language: root.lang === "ko" ? "ko" : "en",
    theme: one(kept.theme, "system", "light", "dark"),
    zone: one(kept.zone, "local", "UTC", "exchange", "XKRX"),
    colours: one(kept.colours, "language", "blue-orange"),
  };
}
