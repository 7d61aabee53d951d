import { basePath } from "../../api/base-path.ts";
import { useSession } from "../../api/session.ts";

/** A call as a curl command. It names a variable in place of the API key. */
export function useCurl(): (path: `/${string}`, body?: unknown) => string {
  const { data } = useSession();
  return (path, body) => curlOf(path, body, data?.auth === "on");
}

function curlOf(path: `/${string}`, body: unknown, withKey: boolean): string {
  const parts = [`curl ${quoted(location.origin + basePath + path)}`];
  if (withKey) parts.push('-H "Authorization: Bearer $API_KEY"');
  if (body !== undefined) parts.push('-H "Content-Type: application/json"', `-d ${quoted(JSON.stringify(body))}`);
  return parts.join(" \\\n  ");
}

/** A text as one word of a shell. */
export function quoted(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
