import { type Settings, settings } from "../settings/settings.ts";
import { createStore, useStore } from "../settings/store.ts";
import type { en } from "./en.ts";

/** Everything the page says in a language. What the service says, such as error messages, stays English. */
export type Texts = typeof en;

const loaded = createStore<Texts | null>(null);

/** Loads the texts of a language: only one is sent to a reader. */
export async function loadTexts(language: Settings["language"]): Promise<void> {
  const texts = language === "ko" ? (await import("./ko.ts")).ko : (await import("./en.ts")).en;
  loaded.set(texts);
}

// A new language is shown once its texts are there.
let shown = settings.get().language;
settings.subscribe(() => {
  const { language } = settings.get();
  if (language !== shown) void loadTexts((shown = language));
});

export function useTexts(): Texts {
  return useStore(loaded)!;
}
