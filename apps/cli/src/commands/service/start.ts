import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { checkout } from "../../connection/checkout.ts";
import { UsageError } from "../../connection/failure.ts";
import type { Session } from "../../connection/session.ts";

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
  if (checkout === null || process.execve === undefined)
    throw new UsageError(`${script} needs a checkout of the service, or its image`);
  const { scripts } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as {
    scripts: Record<typeof script, string>;
  };
  process.chdir(checkout);
  process.execve("/bin/sh", ["sh", "-c", scripts[script]], environment);
}
