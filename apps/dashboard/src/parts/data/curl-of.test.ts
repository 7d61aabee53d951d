import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { curlOf, quoted } from "./curl-of.ts";

/** The words that a shell makes of a command, with a key in its environment. */
function wordsOf(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8", env: { API_KEY: "sx_1" } })
    .split("\0")
    .slice(0, -1);
}

it("is read by a shell as the call that it shows, whatever the body holds", () => {
  const body = { label: `it's "50 %" of $HOME, \`x\` \\ and\na line` };
  const [url, ...options] = wordsOf(curlOf("http://localhost:8000/strategies/execute/?a=1&b=2", body, true));
  expect(url).toBe("http://localhost:8000/strategies/execute/?a=1&b=2");
  expect(options.slice(0, -1)).toEqual([
    "-H",
    "Authorization: Bearer sx_1",
    "-H",
    "Content-Type: application/json",
    "-d",
  ]);
  expect(JSON.parse(options.at(-1)!)).toEqual(body);
});

it("has neither key nor body where the call has none", () => {
  expect(curlOf("http://localhost:8000/schedules/1/", undefined, false)).toBe(
    "curl http://localhost:8000/schedules/1/",
  );
});

it.each(["", "'", "''", "a b", "$(id)", "a\nb\n", '"', "\\", "*", "~", "-n", "한글", "!!", "#", "a'b\"c"])(
  "quotes %j as one word",
  (text) => {
    expect(wordsOf(`curl ${quoted(text)} end`)).toEqual([text, "end"]);
  },
);
