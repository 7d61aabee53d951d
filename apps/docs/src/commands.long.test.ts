import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkout, readText } from "./checkout.ts";
import { type Block, blocksOf } from "./markdown-blocks.ts";

/** A command that a page shows, with the output that it shows for it. */
interface Shown {
  readonly command: string;
  readonly output: string;
}

const isJqThere = await promisify(execFile)("jq", ["--version"]).then(
  () => true,
  () => false,
);
if (!isJqThere) console.warn("Skipped: the commands of the guides. Install jq to run them.");

describe.skipIf(!isJqThere && process.env["REQUIRE_JQ"] !== "1").each(["README.md", "docs/first-steps.md"])(
  "%s",
  (page) => {
    const shown = shownCommands(blocksOf(readText(page)));
    const stack = new AsyncDisposableStack();
    afterAll(() => stack.disposeAsync());
    let run: (command: string) => Promise<string>;

    beforeAll(async () => {
      const database = stack.use(await createTestDatabase("pglite"));
      const { address } = stack.use(await startTestServer(database.options));
      const folder = await mkdtemp(join(tmpdir(), "strategy-executor-docs-"));
      stack.defer(() => rm(folder, { recursive: true }));
      await symlink(resolve(checkout, "strategy-executor"), join(folder, "strategy-executor"));
      const closed = `localhost:${await closedPort()}`;
      const { PATH, TMPDIR } = process.env;
      const env = { PATH, TMPDIR, HOME: folder, STRATEGY_EXECUTOR_URL: address };
      run = async (command) => {
        const here = command.replaceAll("http://localhost:8000", address).replaceAll("localhost:8888", closed);
        const script = `set -o pipefail; ${here}`;
        const { stdout } = await promisify(execFile)("bash", ["-c", script], { cwd: folder, env });
        return stdout.replaceAll(address, "http://localhost:8000").replaceAll(closed, "localhost:8888");
      };
    });

    it("shows commands with their output", () => {
      expect(shown.filter(({ output }) => output !== "").length).toBeGreaterThan(3);
    });

    it.each(shown)("$command", async ({ command, output }) => {
      const check = async () => {
        const [actual, expected] = comparable(await run(command), output);
        expect(actual).toEqual(expected);
      };
      // A reader looks again while an execution has not ended.
      const onlyReads = /^curl (?!.*-X POST)/.test(command);
      await (onlyReads ? vi.waitFor(check, { timeout: 30_000, interval: 100 }) : check());
    });
  },
);

/** The commands of the `bash` blocks. Their output is in comments behind them, or in the next block. */
function shownCommands(blocks: readonly Block[]): Shown[] {
  return blocks.flatMap(({ language, text }, index) => {
    if (language !== "bash" || /^npm /m.test(text)) return [];
    const commands = Array.from(
      text.matchAll(/((?:^(?!# ).+\n)+)((?:^# .*\n)*)/gm),
      ([, command = "", comment = ""]) => ({
        command: command.trim(),
        output: comment.replaceAll(/^# /gm, ""),
      }),
    );
    const [next, last] = [blocks[index + 1], commands.at(-1)];
    if (next === undefined || last === undefined || last.output !== "" || !["json", "text"].includes(next.language)) {
      return commands;
    }
    return [...commands.slice(0, -1), { ...last, output: next.text }];
  });
}

/** What to compare of an output and the one shown, in which `…` stands for any text, and JSON may be formatted in another way. */
function comparable(actual: string, expected: string): [unknown, unknown] {
  const [json, actualJson] = [parsed(expected), parsed(actual)];
  if (json !== undefined && actualJson !== undefined) return [actualJson, json];
  const pattern = expected.trim().split("…").map(RegExp.escape).join("[^]*?");
  const isShown = expected === "" || new RegExp(`^${pattern}$`).test(actual.trim());
  return isShown ? [expected, expected] : [actual.trim(), expected.trim()];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A port on which nothing listens, as the guides say of 8888. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const closed = once(server, "close");
  server.close();
  await closed;
  return port;
}
