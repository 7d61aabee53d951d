import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";

const program = "/usr/sbin/pgbouncer";

/** Whether Debian's PgBouncer is installed. With `REQUIRE_PGBOUNCER=1` it must be. */
export function hasPgbouncer(): boolean {
  if (existsSync(program)) return true;
  if (process.env["REQUIRE_PGBOUNCER"] === "1") throw new Error(`PgBouncer is not installed in ${program}`);
  return false;
}

export interface Pgbouncer extends AsyncDisposable {
  /** URL of the same database through the pooler. */
  readonly url: string;
}

/** Starts PgBouncer in session mode, with its own defaults otherwise, in front of a database. */
export async function startPgbouncer(databaseUrl: string): Promise<Pgbouncer> {
  const { hostname, port, username, pathname } = new URL(databaseUrl);
  const folder = await mkdtemp(join(tmpdir(), "strategy-executor-pgbouncer-"));
  await chmod(folder, 0o755);
  const own = await freePort();
  const file = join(folder, "pgbouncer.ini");
  await writeFile(
    file,
    [
      "[databases]",
      `* = host=${hostname} port=${port} user=${username}`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${own}`,
      "unix_socket_dir =",
      "auth_type = any",
      "pool_mode = session",
      "default_pool_size = 60",
      "",
    ].join("\n"),
  );
  // It refuses to run as root.
  const child = spawn(program, [...(process.getuid?.() === 0 ? ["-u", "nobody"] : []), file], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = once(child, "exit");
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    if (line.includes("process up")) break;
  }
  if (!lines.at(-1)?.includes("process up")) throw new Error(`PgBouncer did not start:\n${lines.join("\n")}`);
  child.stderr.resume();
  return {
    url: `postgres://${username}@127.0.0.1:${own}${pathname}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
