import { type Settings, settings } from "../settings/settings.ts";
import { createStore, useStore } from "../settings/store.ts";
import type { en } from "./en.ts";

/** All texts of the page in one language. Texts of the service, such as error messages, stay in English. */
export type Texts = typeof en;

const loaded = createStore<Texts | null>(null);

/** Loads the texts of one language only. */
export async function loadTexts(language: Settings["language"]): Promise<void> {
  const texts = language === "ko" ? (await import("./ko.ts")).ko : (await import("./en.ts")).en;
  loaded.set(texts);
}

// Switches the language once its texts are loaded.
let shown = settings.get().language;
settings.subscribe(() => {
  const { language } = settings.get();
  if (language !== shown) void loadTexts((shown = language));
});

export function useTexts(): Texts {
  return useStore(loaded)!;
}
