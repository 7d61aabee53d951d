import { type NotificationFormat, telegramChat } from "./callback-format.ts";
import { discordBody } from "./discord.ts";
import type { Notification } from "./notification.ts";
import { slackBody } from "./slack.ts";
import { telegramBody } from "./telegram.ts";

/** The request body, as JSON, for a webhook of the service. */
export function formatNotification(format: NotificationFormat, notification: Notification, address: string): string {
  switch (format) {
    case "slack":
      return JSON.stringify(slackBody(notification));
    case "discord":
      return JSON.stringify(discordBody(notification));
    case "telegram":
      return JSON.stringify(telegramBody(notification, telegramChat(address) ?? ""));
  }
}
