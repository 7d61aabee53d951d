import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { runCli } from "../cli.ts";

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** The standard input. */
  readonly input?: string;
  /** Stops the command. */
  readonly signal?: AbortSignal;
}

/** The command as a user has it. */
export const command = fileURLToPath(new URL("../../../../strategy-executor", import.meta.url));

/** Runs a command line within the test's process, as on pipes, until it ends. */
export async function run(
  args: readonly string[],
  { environment, input = "", signal }: RunOptions = {},
): Promise<Finished> {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([text(output), text(errors)]);
  const code = await runCli(args, {
    environment: { ...nobodys, ...environment },
    input: Readable.from([input]),
    output,
    errors,
    signal: signal ?? new AbortController().signal,
  });
  output.end();
  errors.end();
  const [out, err] = await written;
  return { code, out, err };
}

/** Runs it as its own process on pipes, as a shell script does. */
export async function runProcess(
  args: readonly string[],
  { environment, input = "" }: RunOptions = {},
): Promise<Finished> {
  const child = spawn(command, args, { env: processEnvironment(environment), stdio: "pipe" });
  child.stdin.end(input);
  return finish(child);
}

/** Typed as soon as this text is on the screen. */
export interface Typed {
  readonly after: string;
  readonly keys: string;
}

/**
 * Runs it on a pseudo-terminal of 100 columns, where results and errors are on one screen. Needs the `script` of util-linux.
 */
export async function runOnTerminal(
  args: readonly string[],
  { environment, typed = [] }: RunOptions & { readonly typed?: readonly Typed[] } = {},
): Promise<Finished> {
  const line = ["stty cols 100 rows 40;", quote(command), ...args.map(quote)].join(" ");
  const env = processEnvironment({ TERM: "xterm", ...environment });
  const child = spawn("script", ["-qefc", line, "/dev/null"], { env, stdio: "pipe" });
  let screen = "";
  const waiting = [...typed];
  child.stdout.on("data", (chunk) => {
    screen += String(chunk);
    if (waiting[0] !== undefined && screen.includes(waiting[0].after)) child.stdin.write(waiting.shift()!.keys);
  });
  return finish(child);
}

/** Starts it on pipes and leaves it running. */
export function start(args: readonly string[], { environment }: RunOptions = {}): ChildProcessWithoutNullStreams {
  return spawn(command, args, { env: processEnvironment(environment), stdio: "pipe" });
}

/** Whether there is no pseudo-terminal to run on; says so. */
export function cannotRunOnTerminal(): boolean {
  if (spawnSync("script", ["--version"]).stdout?.toString().includes("util-linux") === true) return false;
  console.info("skipped, the command on a pseudo-terminal: there is no `script` of util-linux here");
  return true;
}

/** Keeps the developer's own contexts out of the tests. */
const nobodys = { HOME: join(tmpdir(), "strategy-executor-nobody"), XDG_CONFIG_HOME: "" };

function processEnvironment(environment: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, NODE_COMPILE_CACHE } = process.env;
  return { PATH, TMPDIR, NODE_COMPILE_CACHE, ...nobodys, ...environment };
}

function quote(argument: string): string {
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}

async function finish(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", reject);
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}
