import { execFile, execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Sends the request of a curl command, which a shell reads in the environment. Returns the answer's JSON. */
export async function sendCurl(command: string, environment: Record<string, string> = {}): Promise<unknown> {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  const words = execFileSync("sh", ["-c", script], { encoding: "utf8", env: environment }).split("\0").slice(0, -1);
  const [url = "", ...options] = words;
  const valuesOf = (name: string): string[] =>
    options.filter((_, index) => index % 2 === 1 && options[index - 1] === name);
  const headers = valuesOf("-H").map((header): [string, string] => {
    const [name = "", ...value] = header.split(": ");
    return [name, value.join(": ")];
  });
  const response = await fetch(url, { method: "POST", headers, body: valuesOf("-d").join("&") });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return response.json();
}

/** Runs a program where it finds the packages of the dashboard. Returns what it prints. */
export async function runProgram(text: string, environment: Record<string, string> = {}): Promise<string> {
  // Node does not read TypeScript in this folder, but the program has no types.
  const file = fileURLToPath(new URL(`../../node_modules/copied-${randomUUID()}.mjs`, import.meta.url));
  await writeFile(file, text);
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file], { env: environment });
    return stdout;
  } finally {
    await rm(file);
  }
}
