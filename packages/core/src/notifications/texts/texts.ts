import { english } from "./en.ts";
import { korean } from "./ko.ts";
import type { NotificationTexts } from "./notification-texts.ts";

/** The languages of notifications. */
export const notificationLanguages = ["en", "ko"] as const;
export type NotificationLanguage = (typeof notificationLanguages)[number];

export function textsOf(language: NotificationLanguage): NotificationTexts {
  return language === "ko" ? korean : english;
}
