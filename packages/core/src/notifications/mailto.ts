export function isMail(address: string): boolean {
  return /^mailto:/i.test(address);
}

/** Why a `mailto:` address is refused, or undefined: it must name exactly one recipient and nothing else. */
export function mailtoProblem(address: string): string | undefined {
  const recipient = recipientOf(address);
  if (recipient === undefined) return "is not a readable mail address";
  if (/[?#]/.test(address)) return "a mail address takes no query";
  if (/[,;]/.test(recipient)) return "must be exactly one mail address";
  return mailbox.test(recipient) ? undefined : "is not a mail address";
}

/** The recipient of a `mailto:` address; undefined when its escapes cannot be read. */
export function recipientOf(address: string): string | undefined {
  try {
    return decodeURIComponent(address.slice("mailto:".length).replace(/[?#].*$/s, ""));
  } catch {
    return undefined;
  }
}

/**
 * Whether a recipient is among those named: whole addresses, or all of a domain as `*@example.com`. The domain is what follows
 * the last `@`. Case does not matter.
 */
export function isAllowedRecipient(recipient: string, allowed: readonly string[]): boolean {
  const address = recipient.toLowerCase();
  const domain = address.slice(address.lastIndexOf("@"));
  return allowed.some((one) => one.toLowerCase() === address || one.toLowerCase() === `*${domain}`);
}

/** One local part and one domain, without control characters, blanks, quotes and brackets. */
const mailbox = /^[^\s\p{C}"(),:;<>@[\\\]]{1,64}@[^\s\p{C}"(),:;<>@[\\\]]{1,255}$/u;
