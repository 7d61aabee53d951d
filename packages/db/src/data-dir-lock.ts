import { createHash } from "node:crypto";
import { mkdir, realpath, rename, unlink } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Who holds an embedded database. `address` is the server's URL, null while (or if) it serves none. */
export interface LockHolder {
  readonly pid: number;
  readonly address: string | null;
}

export interface DataDirLock extends AsyncDisposable {
  /** Tells later comers where the holder can be reached. */
  publishAddress(address: string): void;
}

/** Thrown when another living process holds the directory. */
export class DataDirInUseError extends Error {
  override readonly name = "DataDirInUseError";
  readonly holder: LockHolder;

  constructor(dataDir: string, holder: LockHolder) {
    const where = holder.address === null ? "" : `, serving ${holder.address}`;
    super(`The embedded database in ${dataDir} is in use by process ${holder.pid}${where}`);
    this.holder = holder;
  }
}

/**
 * Takes the embedded database's directory for this process: a Unix socket in it that the holder listens on.
 * The operating system closes it with the process, so a refused connection means that the directory is free.
 * @throws DataDirInUseError when another process listens.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  await mkdir(dataDir, { recursive: true });
  const path = await socketPath(dataDir);
  let holder: LockHolder = { pid: process.pid, address: null };
  for (;;) {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end(JSON.stringify(holder));
    });
    if (await listen(server, path)) {
      server.unref();
      return {
        publishAddress: (address) => (holder = { ...holder, address }),
        [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
      };
    }
    const other = await ask(path);
    if (other !== null) throw new DataDirInUseError(dataDir, other);
    await removeStale(path, dataDir);
  }
}

/** Who holds the directory, or null when nobody does. */
export async function dataDirHolder(dataDir: string): Promise<LockHolder | null> {
  return ask(await socketPath(dataDir).catch(() => join(dataDir, socketName)));
}

const socketName = "lock.sock";

/** Socket paths end at about 100 bytes; a longer one moves to the temporary folder under the directory's hash. */
async function socketPath(dataDir: string): Promise<string> {
  const path = join(await realpath(dataDir), socketName);
  if (Buffer.byteLength(path) < 100) return path;
  return join(tmpdir(), `strategy-executor-${createHash("sha256").update(path).digest("hex").slice(0, 32)}.sock`);
}

function listen(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(false) : reject(error),
    );
    server.listen(path, () => resolve(true));
  });
}

function ask(path: string): Promise<LockHolder | null> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(path);
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => (answer += String(chunk)));
    socket.on("end", () => resolve(JSON.parse(answer) as LockHolder));
    socket.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNREFUSED" || error.code === "ENOENT" || error.code === "ECONNRESET"
        ? resolve(null)
        : reject(error),
    );
  });
}

/**
 * Moves a dead process's socket away before deleting it, and looks once more: had another starter put its living
 * socket there in between, deleting by name would take the directory from under it.
 */
async function removeStale(path: string, dataDir: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const living = await ask(aside);
  if (living !== null) {
    await rename(aside, path);
    throw new DataDirInUseError(dataDir, living);
  }
  await unlink(aside);
}
