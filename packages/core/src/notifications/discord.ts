import type { Notification, NotificationField } from "./notification.ts";
import { shorten } from "./shorten.ts";

/** Limits of Discord's messages and embeds: https://discord.com/developers/docs/resources/message#embed-object-embed-limits. */
const maxContent = 2_000;
const maxDescription = 2_000;
const maxFields = 25;
const maxFieldName = 256;
const maxFieldValue = 1_024;
const maxEmbed = 6_000;

/** The body for a webhook of Discord. */
export function discordBody({ title, fields, text, curve, link }: Notification): Readonly<Record<string, unknown>> {
  const description = text === null ? undefined : shorten(text, maxDescription, escapeDiscord);
  const shown = [...fields, ...(curve === null ? [] : [curve])].slice(0, maxFields).map(toField);
  return {
    content: shorten(title, maxContent, escapeDiscord),
    embeds: [
      {
        ...(description !== undefined && { description }),
        ...(link !== null && { url: encodeURI(link.url), title: link.label }),
        fields: fitting(shown, maxEmbed - (description?.length ?? 0) - (link?.label.length ?? 0)),
      },
    ],
    // Nothing is pinged, whatever a label or a message holds.
    allowed_mentions: { parse: [] },
  };
}

interface DiscordField {
  readonly name: string;
  readonly value: string;
  readonly inline: boolean;
}

function toField({ label, value }: NotificationField): DiscordField {
  return {
    name: shorten(label, maxFieldName, escapeDiscord),
    value: shorten(value, maxFieldValue, escapeDiscord),
    inline: value.length <= 20,
  };
}

/** The first fields that have room together. */
function fitting(fields: readonly DiscordField[], room: number): DiscordField[] {
  let left = room;
  return fields.filter(({ name, value }) => {
    left -= name.length + value.length;
    return left >= 0;
  });
}

/** Markdown and mentions are shown as they are written. */
function escapeDiscord(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()<>#~|@:-]/g, String.raw`\$&`);
}
