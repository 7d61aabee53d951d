import { escapeHtml } from "./escape-html.ts";
import type { Notification } from "./notification.ts";
import { shorten } from "./shorten.ts";

/** The limit of a message: https://core.telegram.org/bots/api#sendmessage. Telegram does not count markup; this code does. */
const maxText = 4_096;

/** The body for `sendMessage` of Telegram's bot API. `chatId`: from the address. */
export function telegramBody(
  { title, fields, text, curve, link }: Notification,
  chatId: string,
): Readonly<Record<string, unknown>> {
  const head = `<b>${shorten(title, 500, escapeHtml)}</b>`;
  const named = [...fields, ...(curve === null ? [] : [curve])].map(
    ({ label, value }) => `<b>${escapeHtml(label)}</b>: ${shorten(value, 1_000, escapeHtml)}`,
  );
  const foot = link === null ? [] : [`<a href="${escapeHtml(encodeURI(link.url))}">${escapeHtml(link.label)}</a>`];
  const fixed = [head, "", ...(text === null ? [] : [""]), ...foot].join("\n").length + 2;
  const lines = fitting(named, Math.floor((maxText - fixed) * (text === null ? 1 : 0.6)));
  const used = fixed + lines.join("\n").length;
  const body = text === null ? [] : [shorten(text, maxText - used - 2, escapeHtml)];
  return {
    chat_id: chatId,
    text: [head, ...body, "", ...lines, ...foot].join("\n"),
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
  };
}

/** The first lines that have room together. */
function fitting(lines: readonly string[], room: number): string[] {
  let left = room;
  return lines.filter((line) => {
    left -= line.length + 1;
    return left >= 0;
  });
}
