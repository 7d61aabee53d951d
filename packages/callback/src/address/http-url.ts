/**
 * The reason why a URL is not usable for callbacks; undefined when it is.
 *
 * @param maxLength counts characters as they are sent: percent-encoded, a Korean letter is nine
 */
export function urlProblem(url: string, maxLength = Infinity): string | undefined {
  if (!/^https?:\/\/[^/?#]/i.test(url)) return "not an http or https URL";
  // URL parsers drop some of these characters and read a backslash as a slash, so the URL shown would differ from the
  // URL called.
  if (/[\s\p{Cc}\\]/u.test(url)) return "white space, control characters or backslashes in the URL";
  if (!url.isWellFormed()) return "half of a character (a lone surrogate) in the URL";
  const parsed = URL.parse(url);
  if (!parsed) return "not a valid URL";
  // Empty credentials too, which the parser drops: `https://@example.org`.
  if (/^https?:\/\/[^/?#]*@/i.test(url)) return "user name or password in the URL";
  if (/^\.|\.\./.test(parsed.hostname)) return "not a valid host name";
  const { length } = parsed.href;
  return length > maxLength ? `${length} characters when percent-encoded, more than ${maxLength}` : undefined;
}

/** The port of an http or https URL, explicit or default. */
export function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === "http:" ? 80 : 443));
}
