import { isIP } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** An invalid setting. `message` is one line that names it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const checkout = fileURLToPath(new URL("../../..", import.meta.url));

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8001),
  HOST: z.string().refine(isLoopback, "must be a loopback address: nothing here asks who you are").default("127.0.0.1"),
  DATA_DIR: z.string().default(resolve(checkout, ".data/invoices")),
});

export type Config = ReturnType<typeof readConfig>;

/**
 * Reads the settings from environment variables; an empty one counts as absent. @throws ConfigError naming every
 * invalid one
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>) {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const { success, error, data } = Environment.safeParse(given);
  if (!success) {
    const reasons = error.issues.map(
      ({ path, message }) => `${String(path[0])}=${JSON.stringify(given[String(path[0])])}: ${message}`,
    );
    throw new ConfigError(`Bad setting: ${reasons.join("; ")}`);
  }
  return { port: data.PORT, host: data.HOST, dataDir: resolve(data.DATA_DIR) } as const;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
