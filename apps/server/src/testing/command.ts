import { spawn } from "node:child_process";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { ConnectOptions } from "@strategy-executor/db";
import { database } from "../commands/database/database.ts";
import { keys } from "../commands/keys/keys.ts";
import { runTool } from "../commands/operator/terminal.ts";
import { prices } from "../commands/prices/prices.ts";
import { secrets } from "../commands/secrets/secrets.ts";
import { strategies } from "../commands/strategies/strategies.ts";
import { databaseEnvironment, processEnvironment } from "./server-process.ts";

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

type Environment = Readonly<Record<string, string>>;

const tools = { database, keys, prices, secrets, strategies };

/** Runs a command-line tool within the test's process. */
export async function runCommand(
  tool: keyof typeof tools,
  location: ConnectOptions,
  args: readonly string[],
  environment: Environment = {},
): Promise<Finished> {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([text(output), text(errors)]);
  const code = await runTool(tools[tool], args, {
    environment: { ...databaseEnvironment(location), ...environment },
    output,
    errors,
  });
  output.end();
  errors.end();
  const [out, err] = await written;
  return { code, out, err };
}

/** Runs a command-line tool as its own process until it exits. */
export async function runCommandProcess(
  tool: keyof typeof tools,
  location: ConnectOptions,
  args: readonly string[],
  environment: Environment = {},
): Promise<Finished> {
  const main = fileURLToPath(new URL(`../commands/${tool}.ts`, import.meta.url));
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...processEnvironment(), ...databaseEnvironment(location), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}
