import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify, stripVTControlCharacters } from "node:util";
import { createClient } from "@strategy-executor/client";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cannotRunOnTerminal, command, run, runOnTerminal, runProcess, start } from "./testing/run-cli.ts";

const skip = cannotRunOnTerminal();
const stack = new AsyncDisposableStack();
let address: string;
let folder: string;
let environment: Record<string, string>;

beforeAll(async () => {
  const database = stack.use(await createTestDatabase("pglite"));
  ({ address } = stack.use(await startTestServer(database.options)));
  folder = await mkdtemp(join(tmpdir(), "strategy-executor-terminal-"));
  stack.defer(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, "prices.csv"),
    "date,ticker,close,adj_close\n2024-01-02,ABC,10,9.5\n2024-01-03,ABC,11,10\n",
  );
  environment = { STRATEGY_EXECUTOR_URL: address, HOME: folder, BROWSER: "true", DATA_DIR: database.options.dataDir! };
  // Executions 1 and 2, 3, a sweep, and 4, which fails.
  for (const variant of ["BAA-G4", "BAA-G12"])
    await run(["run", "BoldAssetAllocation", "-p", `variant=${variant}`], { environment });
  await run(["sweep", "MovingAverageCrossover", "--axis", "short_window=5,10", "--axis", "long_window=50,100"], {
    environment,
  });
  await run(["run", "BoldAssetAllocation", "-p", "variant=NONE"], { environment });
});
afterAll(() => stack.disposeAsync());

/** Each command, with a pattern of its result. `keys` and others open the database and take no address. */
const commands: [line: string, result: RegExp][] = [
  ["run BoldAssetAllocation", /^Execution \d+ completed$/m],
  ["run MovingAverageCrossover --no-wait", /^\d+$/m],
  ["ls", /^ *execution_id +status/m],
  ["show 1", /^Execution 1 completed$/m],
  ["watch 1", /^1 +3 +completed/m],
  ["compare 1 2", /^ *execution_id .* variant /m],
  ["series 1 --every 500", /^date +equity +drawdown$/m],
  ["sweep MovingAverageCrossover --axis short_window=5,10", /^Execution \d+ completed$/m],
  ["sweep ls", /^ *execution_id +status/m],
  ["sweep show 3", /^Execution 3 completed$/m],
  ["sweep table 3", /^ *combination +long_window/m],
  ["callbacks try", /^recorded /m],
  ["callbacks ls", /^execution_id +state/m],
  ["callbacks redeliver 1 --dry-run", /^0 would be sent again$/m],
  ["report 1 -o FOLDER/report.html", /^Report of execution 1 written to /m],
  ["report 1 --json", /^ {2}"execution_id": 1,$/m],
  ["retry 4 --no-wait", /^\d+$/m],
  ["callbacks show 1", /^number +started_at/m],
  ["callbacks redeliver --all --strategy Nothing --yes", /^0 sent again$/m],
  ["callbacks receivers", /^origin +circuit/m],
  ["workers", /^worker_id +name/m],
  ["queue", /^queue +client/m],
  ["attempts 1", /^number +status/m],
  ["strategies ls", /^BoldAssetAllocation +1\.0\.0/m],
  ["strategies show MovingAverageCrossover", /^short_window +integer +20/m],
  ["prices import FOLDER/prices.csv", /^2 rows of 1 ticker in the server at /m],
  ["prices ls", /^ticker +first_day/m],
  ["secrets create", /^whsec_/m],
  ["secrets rotate --overlap 0", /^whsec_/m],
  ["secrets ls", /^secret_id +client/m],
  ["context ls", /^name +url/m],
  ["open 1", /\/ui\/executions\/1$/m],
  ["api listStrategies", /^\{"strategies":/m],
  ["api", /^operation +method/m],
  ["completion zsh", /#compdef strategy-executor/m],
  ["help", /^Usage: strategy-executor/m],
];

describe("on a pipe", () => {
  it.each(commands)("%s writes its result and no control characters", async (line, result) => {
    const { code, out, err } = await runProcess(wordsOf(line), { environment: environmentOf(line) });
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(out).toMatch(result);
    if (!line.startsWith("completion")) expect(out + err).not.toContain("\u001B");
  });
});

describe("on a pseudo-terminal", () => {
  it.skipIf(skip).each(commands)("%s writes the same, for people", async (line, result) => {
    const { code, out } = await runOnTerminal(wordsOf(line), { environment: environmentOf(line) });
    expect(code).toBe(0);
    // The next line overwrites the bar: the cursor returns to the first column.
    const lines = stripVTControlCharacters(out.replaceAll("\u001B[1G", "\n")).replaceAll("\r\n", "\n");
    expect(lines).toMatch(result);
  });

  it.skipIf(skip)("draws a bar, colours, the curve and the heat map, and no colours with NO_COLOR", async () => {
    const shown = await runOnTerminal(["run", "BoldAssetAllocation"], { environment });
    expect(shown.out).toContain("\u001B[32mcompleted\u001B[39m");
    expect(shown.out).toMatch(/┤.*╭/);
    expect(shown.out).toMatch(/Execution \d+ [█=-]{10,}/);
    const plain = await runOnTerminal(["show", "1"], { environment: { ...environment, NO_COLOR: "1" } });
    expect(plain.out).not.toContain("\u001B[");
    expect((await runOnTerminal(["sweep", "show", "3"], { environment })).out).toMatch(/sharpe by long_window across/);
  });

  it.skipIf(skip)("cuts tables at the edge of the screen", async () => {
    const { out } = await runOnTerminal(["strategies", "ls"], { environment });
    const lines = stripVTControlCharacters(out).trimEnd().split("\r\n");
    expect(lines.every((line) => line.length <= 100)).toBe(true);
    expect(lines[1]).toMatch(/…$/);
  });

  it.skipIf(skip)("asks before many are cancelled", async () => {
    await run(["run", "Slow", "-p", "milliseconds=600000", "--no-wait"], { environment });
    const cancel = (keys: string) =>
      runOnTerminal(["cancel", "--strategy", "Slow"], { environment, typed: [{ after: "[y/N]", keys }] });
    expect((await cancel("n\r")).out).toContain("Nothing was cancelled");
    expect((await cancel("y\r")).out).toContain("1 cancelled");
  });

  it.skipIf(skip)("asks for a key without showing it", async () => {
    const typed = [{ after: "API key for", keys: "sx_unseen\r" }];
    const { code, out } = await runOnTerminal(["login", address, "--name", "here"], { environment, typed });
    expect(code).toBe(0);
    expect(out).toContain("Logged in to");
    expect(out).not.toContain("unseen");
    await runProcess(["context", "rm", "here"], { environment });
  });
});

describe("a process", () => {
  it("ends quietly when nobody reads on", async () => {
    const line = `"${command}" api getOpenapiJson | head -c 20; echo " \${PIPESTATUS[0]}"`;
    const env = { ...process.env, ...environment };
    const { stdout, stderr } = await promisify(execFile)("bash", ["-c", line], { env });
    expect(stdout).toMatch(/^\{\s+"openapi".* 0\n$/s);
    expect(stderr).toBe("");
  });

  it.each(["ls", "prices ls", "keys list", "secrets list", "strategies ls", "api listStrategies", "help"])(
    "%s ends quietly when nobody reads at all",
    async (line) => {
      const script = `"${command}" ${line} | true; echo "\${PIPESTATUS[0]}"`;
      const env = { PATH: process.env["PATH"], TMPDIR: process.env["TMPDIR"], ...environmentOf(line) };
      expect(await promisify(execFile)("bash", ["-c", script], { env })).toEqual({ stdout: "0\n", stderr: "" });
    },
  );

  it("follows all executions until it is interrupted, which is no error to speak of", async () => {
    const watching = start(["watch", "--status", "completed"], { environment });
    const lines = createInterface({ input: watching.stdout });
    let seen = "";
    lines.once("line", (line) => (seen = line));
    const client = createClient({ url: address });
    // The stream does not show executions that ended before it opened, so submit until one is seen.
    while (seen === "") await client.executeAndWait("BoldAssetAllocation");
    watching.kill("SIGINT");
    const [code] = (await once(watching, "exit")) as [number];
    expect(code).toBe(130);
    expect(seen).toMatch(/^\d+ +3 +completed +\S+Z +BoldAssetAllocation$/);
  });

  it("leaves the execution running when it is interrupted, and says how to go on", async () => {
    const running = start(["run", "Slow", "-p", "milliseconds=600000"], { environment });
    const client = createClient({ url: address });
    const found = async () => (await client.executions.list({ strategy: "Slow", status: "running" })).executions[0];
    let execution = await found();
    while (execution === undefined) execution = await found();
    running.kill("SIGINT");
    let err = "";
    running.stderr.on("data", (chunk) => (err += String(chunk)));
    expect((await once(running, "close"))[0]).toBe(130);
    expect(err).toBe(
      `Execution ${execution.execution_id} goes on: strategy-executor watch ${execution.execution_id}\n`,
    );
    expect((await client.executions.cancel(execution.execution_id)).status).toBe("cancelled");
  });

  it("completes command lines", async () => {
    const complete = async (...words: string[]) => (await runProcess(["complete", "--", ...words])).out;
    expect(await complete("sw")).toMatch(/^sweep\t/m);
    expect(await complete("sweep", "t")).toMatch(/^table\t/m);
    expect(await complete("run", "X", "--pri")).toMatch(/^--priority\t/m);
    expect(await complete("ls", "--status", "")).toMatch(/^completed/m);
    for (const shell of ["bash", "fish"])
      expect((await runProcess(["completion", shell])).out).toContain("strategy-executor");
  });

  it("reaches the database without an address, for which the npm scripts are other names", async () => {
    const { STRATEGY_EXECUTOR_URL: _, ...beside } = environment;
    const made = await runProcess(["keys", "create", "me", "--scopes", "read"], { environment: beside });
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^sx_[0-9a-f]{8}_[0-9a-f]{64}\n$/) });
    const listed = await promisify(execFile)("npm", ["run", "--silent", "keys", "--", "list"], {
      cwd: join(command, ".."),
      env: { PATH: process.env["PATH"], TMPDIR: process.env["TMPDIR"], ...beside },
    });
    expect(listed.stdout).toContain(made.out.slice(0, 11));
    expect((await runProcess(["keys", "revoke", made.out.slice(0, 11)], { environment: beside })).code).toBe(0);
  });
});

/** Commands that open the database of the checkout take no address. */
function environmentOf(line: string): Record<string, string> {
  const { STRATEGY_EXECUTOR_URL: _, ...beside } = environment;
  return /^((prices|secrets) (?!ls)|keys)/.test(line) ? beside : environment;
}

function wordsOf(line: string): string[] {
  return line.replace("FOLDER", folder).split(" ");
}
