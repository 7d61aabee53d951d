import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { ConnectOptions } from "@strategy-executor/db";
import { databaseEnvironment } from "./server-process.ts";

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface CommandSurroundings {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs one of the server's command-line tools as its own process, as a user does, until it ends. */
export async function runCommand(
  tool: "prices-command" | "keys-command" | "secrets-command",
  database: ConnectOptions,
  args: readonly string[],
  { cwd = process.cwd(), environment = {} }: CommandSurroundings = {},
): Promise<Finished> {
  const main = fileURLToPath(new URL(`../${tool}.ts`, import.meta.url));
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env["PATH"], ...databaseEnvironment(database), ...environment },
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}
