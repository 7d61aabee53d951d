import type { DeliveryOutcome } from "@strategy-executor/callback";
import type { NotificationOptions } from "../../notifications/describe-notice.ts";
import type { MailContent } from "../../notifications/mail.ts";

/** Writes callbacks that people read, and sends mail. */
export interface NotificationSettings extends NotificationOptions {
  /** Null without an SMTP server: then no `mailto:` address is accepted. */
  readonly mailer: Mailer | null;
  /**
   * The report of a completed execution as one HTML file, for mail; null when there is none. The host provides this function, because this
   * package does not depend on the report package. Absent: mail has no report.
   */
  readonly report?: (executionId: number) => Promise<string | null>;
}

/** Sends mail through an SMTP server. */
export interface Mailer {
  /** Why a `mailto:` address is refused; undefined when mail may be sent to it. */
  checkRecipient(address: string): string | undefined;
  /** Sends a mail. The server's reply is the outcome: 250 is accepted. Rejects only when the signal aborts. */
  send(mail: Mail): Promise<DeliveryOutcome>;
}

export interface Mail extends MailContent {
  /** A `mailto:` address. */
  readonly address: string;
  /** Identifies the mail: all attempts to send it use the same id. */
  readonly id: string;
  /** Attached; null without one. */
  readonly attachment: { readonly name: string; readonly html: string } | null;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}
