import { en } from "./en.ts";
import { ko } from "./ko.ts";
import type { Language, Texts } from "./texts.ts";

/** What reports and figures say in a language. */
export function textsOf(language: Language): Texts {
  return { en, ko }[language];
}
