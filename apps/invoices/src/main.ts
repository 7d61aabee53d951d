import { ConfigError, readConfig } from "./config.ts";
import { InvoiceBookInUseError } from "./invoice-book.ts";
import type { Log } from "./log.ts";
import { startServer } from "./server.ts";

const log: Log = (line) => void process.stdout.write(`${line}\n`);

const ending = new Promise<NodeJS.Signals>((resolve) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => resolve(signal));
});

try {
  const config = readConfig(process.env);
  await using server = await startServer(config, log);
  log(`invoices listen on ${server.url}, documented at ${server.url}/docs, stored in ${config.dataDir}`);
  await ending;
  for (const again of ["SIGTERM", "SIGINT"] as const) process.on(again, () => process.exit(1));
  log("stopping: finishing open requests and deliveries");
} catch (error) {
  // Errors that the operator can fix are one line; anything else is a bug and keeps its stack.
  const isForOperator =
    error instanceof ConfigError ||
    error instanceof InvoiceBookInUseError ||
    (error instanceof Error && "code" in error && typeof error.code === "string");
  process.stderr.write(`${isForOperator ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
