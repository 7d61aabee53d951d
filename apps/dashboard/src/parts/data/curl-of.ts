/** A call as a curl command. `withKey` names a variable in place of the API key. */
export function curlOf(url: string, body: unknown, withKey: boolean): string {
  const parts = [`curl ${quoted(url)}`];
  if (withKey) parts.push('-H "Authorization: Bearer $API_KEY"');
  if (body !== undefined) parts.push('-H "Content-Type: application/json"', `-d ${quoted(JSON.stringify(body))}`);
  return parts.join(" \\\n  ");
}

/** A text as one word of a shell. */
export function quoted(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
