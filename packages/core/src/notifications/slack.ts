import type { Notification, NotificationField } from "./notification.ts";
import { shorten } from "./shorten.ts";

/** Limits of Slack's blocks: https://docs.slack.dev/reference/block-kit/blocks. Lengths count the escaped text. */
const maxHeader = 150;
const maxSection = 3_000;
const maxFields = 10;
const maxField = 2_000;

/** The body for an incoming webhook of Slack. */
export function slackBody({ title, fields, text, curve, link }: Notification): Readonly<Record<string, unknown>> {
  return {
    // Shown in notifications, where blocks are not.
    text: shorten(title, maxHeader, escapeSlack),
    blocks: [
      { type: "header", text: { type: "plain_text", text: shorten(title, maxHeader, escapeSlack), emoji: false } },
      { type: "section", fields: fields.slice(0, maxFields).map((field) => mrkdwn(fieldText(field))) },
      ...(text === null ? [] : [section(shorten(text, maxSection, escapeSlack))]),
      ...(curve === null ? [] : [section(fieldText(curve))]),
      ...(link === null ? [] : [section(`<${escapeSlack(encodeURI(link.url))}|${escapeSlack(link.label)}>`)]),
    ],
  };
}

/** Slack reads `&`, `<` and `>` as markup. Escaped, a label or a message cannot ping anyone. */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function fieldText({ label, value }: NotificationField): string {
  return `*${escapeSlack(label)}*\n${shorten(value, maxField - label.length * 5 - 3, escapeSlack)}`;
}

function section(text: string) {
  return { type: "section", text: mrkdwn(text) };
}

/** `verbatim`: addresses and names in a message do not become links or mentions. */
function mrkdwn(text: string) {
  return { type: "mrkdwn", text, verbatim: true };
}
