import { runCli } from "./cli.ts";
import { exitCodes } from "./connection/failure.ts";

const stopping = new AbortController();
process.once("SIGINT", () => stopping.abort());

// The reader of a pipe may close it early, as `head` does.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(exitCodes.done);
  });
}

process.exitCode = await runCli(process.argv.slice(2), {
  environment: process.env,
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  signal: stopping.signal,
});
