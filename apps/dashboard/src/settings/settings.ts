import { createStore, useStore } from "./store.ts";

/** What a reader chooses. Kept in this browser; nothing of it is secret. `first-paint.js` reads the same. */
export interface Settings {
  readonly language: "en" | "ko";
  readonly theme: "system" | "light" | "dark";
  /** The zone that instants are shown in. */
  readonly zone: "local" | "UTC" | "exchange";
  /** What gains and losses are drawn in: as is usual in the language, or told apart by everybody. */
  readonly colours: "language" | "blue-orange";
}

const name = "settings";
const root = document.documentElement;

export const settings = createStore<Settings>(stored());

export function useSettings(): Settings {
  return useStore(settings);
}

/** Changes some settings, keeps them and applies them to the page. */
export function changeSettings(changes: Partial<Settings>): void {
  const next = { ...settings.get(), ...changes };
  settings.set(next);
  root.lang = next.language;
  apply("theme", next.theme === "system" ? null : next.theme);
  apply("colours", next.colours === "language" ? null : next.colours);
  try {
    localStorage.setItem(name, JSON.stringify(next));
  } catch {
    // Without storage they hold for this tab.
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
    // As if there were none.
  }
  const one = <Value extends string>(value: unknown, ...allowed: readonly [Value, ...Value[]]): Value =>
    allowed.find((known) => known === value) ?? allowed[0];
  return {
    language: root.lang === "ko" ? "ko" : "en",
    theme: one(kept.theme, "system", "light", "dark"),
    zone: one(kept.zone, "local", "UTC", "exchange"),
    colours: one(kept.colours, "language", "blue-orange"),
  };
}
