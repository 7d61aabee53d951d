import { escapeHtml } from "./escape-html.ts";
import type { Notification } from "./notification.ts";
import { shorten } from "./shorten.ts";

/** A mail without sender and recipient. */
export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const maxSubject = 200;
const maxBodyText = 10_000;

/** The mail about an ended execution, as text and as HTML. */
export function mailContent({ title, fields, text, curve, link }: Notification): MailContent {
  const rows = [...fields, ...(curve === null ? [] : [curve])];
  const note = text === null ? null : shorten(text, maxBodyText);
  return {
    // A subject is one line.
    subject: shorten(title.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim(), maxSubject),
    text: [
      title,
      "",
      ...(note === null ? [] : [note, ""]),
      ...rows.map(({ label, value }) => `${label}: ${value}`),
      ...(link === null ? [] : ["", `${link.label}: ${link.url}`]),
      "",
    ].join("\n"),
    html: [
      `<h1 style="font-size:18px">${escapeHtml(title)}</h1>`,
      ...(note === null ? [] : [`<p style="white-space:pre-wrap">${escapeHtml(note)}</p>`]),
      "<table>",
      ...rows.map(
        ({ label, value }) =>
          `<tr><th align="left" style="padding-right:12px">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`,
      ),
      "</table>",
      ...(link === null ? [] : [`<p><a href="${escapeHtml(encodeURI(link.url))}">${escapeHtml(link.label)}</a></p>`]),
      "",
    ].join("\n"),
  };
}
