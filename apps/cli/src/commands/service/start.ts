import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { UsageError } from "../../connection/failure.ts";
import type { Session } from "../../connection/session.ts";

const manifest = fileURLToPath(new URL("../../../../../package.json", import.meta.url));

/** `start` and `worker`: replace this process by that of `npm start` or `npm run worker`. */
export function addStart(program: Command, { terminal }: Session): void {
  program
    .command("start")
    .description("Starts the service; environment variables are its settings.")
    .action(() => become("start", terminal.environment));
  program
    .command("worker")
    .description("Starts a worker process on the database of DATABASE_URL.")
    .action(() => become("worker", terminal.environment));
}

/** @throws UsageError outside of a checkout: the server is not part of the package */
function become(script: "start" | "worker", environment: NodeJS.ProcessEnv): void {
  const scripts = existsSync(manifest)
    ? (JSON.parse(readFileSync(manifest, "utf8")) as { scripts?: Record<string, string> }).scripts
    : undefined;
  const command = scripts?.[script];
  if (command === undefined || process.execve === undefined)
    throw new UsageError(`${script} needs a checkout of the service, or its image`);
  process.chdir(dirname(manifest));
  process.execve("/bin/sh", ["sh", "-c", command], environment);
}
