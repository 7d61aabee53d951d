import { basePath } from "../../api/base-path.ts";

/** A call as a line for a terminal. The key stays where it is: the line names a variable. */
export function curlOf(path: `/${string}`, body?: unknown, signedIn = false): string {
  const parts = [`curl ${quoted(location.origin + basePath + path)}`];
  if (signedIn) parts.push('-H "Authorization: Bearer $API_KEY"');
  if (body !== undefined) parts.push('-H "Content-Type: application/json"', `-d ${quoted(JSON.stringify(body))}`);
  return parts.join(" \\\n  ");
}

function quoted(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
