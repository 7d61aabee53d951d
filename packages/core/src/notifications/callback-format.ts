/** The forms in which a callback can be sent. `json` is the contract's own. */
export const callbackFormats = ["json", "slack", "discord", "telegram"] as const;
export type CallbackFormat = (typeof callbackFormats)[number];
/** The forms that people read. */
export type NotificationFormat = Exclude<CallbackFormat, "json">;

/** A format of a newer version: sent as JSON. */
export function toFormat(text: string): CallbackFormat {
  return callbackFormats.find((format) => format === text) ?? "json";
}

/** The address that is called: Telegram's without its query, whose chat is in the body. */
export function calledAddress(format: CallbackFormat, address: string): string {
  if (format !== "telegram") return address;
  const url = new URL(address);
  url.search = "";
  return url.href;
}

/** Why an address does not suit the format, or undefined. */
export function formatProblem(format: CallbackFormat, address: string): string | undefined {
  if (format === "json") return undefined;
  if (isMasked(address)) return "is masked: give the whole address";
  if (format === "telegram" && telegramChat(address) === null) return "needs chat_id in its query for Telegram";
  return undefined;
}

/** The chat that an address names in its query; null without one. */
export function telegramChat(address: string): string | null {
  const chat = new URL(address).searchParams.get("chat_id");
  return chat === null || chat === "" ? null : chat;
}

const mask = "***";

/**
 * The address without its secrets, for logs and for everyone but its owner: everything after the fixed beginning of
 * the service's addresses is hidden.
 */
export function maskAddress(format: CallbackFormat, address: string): string {
  if (format === "json") return address;
  const { origin, pathname } = new URL(address);
  const known = beginnings[format];
  return `${origin}${pathname.startsWith(known) ? known : "/"}${mask}`;
}

const beginnings = {
  slack: "/services/",
  discord: "/api/webhooks/",
  telegram: "/bot",
} as const satisfies Record<NotificationFormat, string>;

function isMasked(address: string): boolean {
  return address.endsWith(mask);
}
