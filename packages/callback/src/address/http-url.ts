/** Why a callback cannot go to a URL, or nothing when it can. */
export function urlProblem(url: string): string | undefined {
  if (!/^https?:\/\/[^/?#]/i.test(url)) return "not an http or https URL";
  // URL parsers drop some of these and read a backslash as a slash: what is shown would not be what is called.
  if (/[\s\p{Cc}\\]/u.test(url)) return "white space, control characters or backslashes in the URL";
  const parsed = URL.parse(url);
  if (!parsed) return "not a valid URL";
  // Empty ones too, which the parser forgets: `https://@example.org`.
  if (/^https?:\/\/[^/?#]*@/i.test(url)) return "user name or password in the URL";
  if (/^\.|\.\./.test(parsed.hostname)) return "not a valid host name";
  return undefined;
}

/** The port that an http or https URL leads to, said or not. */
export function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === "http:" ? 80 : 443));
}
