import { createHash } from "node:crypto";
import { mkdir, realpath, rename, unlink } from "node:fs/promises";
import { createServer, get, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";

/** Who holds an embedded database. */
export interface LockHolder {
  readonly pid: number;
  /** The server's URL, null while (or if) it serves none. */
  readonly address: string | null;
}

/** The way to the holder for whoever has the directory. */
export interface HolderDoor extends LockHolder {
  /** The Unix socket it answers HTTP on. */
  readonly socket: string;
}

export interface DataDirLock extends AsyncDisposable {
  /** Tells later comers where the holder can be reached. */
  publishAddress(address: string): void;
  /** Answers requests on the lock's own socket, which only the directory's user can connect to. */
  serve(listener: RequestListener): void;
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
  let serve: RequestListener = (_req, res) => res.writeHead(503).end();
  for (;;) {
    const server = createServer((req, res) => {
      if (req.url === holderPath) res.end(JSON.stringify(holder));
      else serve(req, res);
    });
    // Long files of prices come this way.
    server.requestTimeout = 0;
    if (await listen(server, path)) {
      server.unref();
      return {
        publishAddress: (address) => (holder = { ...holder, address }),
        serve: (listener) => (serve = listener),
        [Symbol.asyncDispose]: () =>
          new Promise((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      };
    }
    const other = await ask(path);
    if (other !== null) throw new DataDirInUseError(dataDir, other);
    await removeStale(path, dataDir);
  }
}

/** Who holds the directory, or null when nobody does. */
export async function dataDirHolder(dataDir: string): Promise<HolderDoor | null> {
  const socket = await socketPath(dataDir).catch(() => join(dataDir, socketName));
  const holder = await ask(socket);
  return holder === null ? null : { ...holder, socket };
}

const holderPath = "/holder";

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
    // For the directory's user alone, from its first moment on: the name is bound before `listen` returns.
    const before = process.umask(0o177);
    server.listen(path, () => resolve(true));
    process.umask(before);
  });
}

function ask(path: string): Promise<LockHolder | null> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath: path, path: holderPath, agent: false }, (answer) => {
      json(answer).then((holder) => resolve(holder as LockHolder), reject);
    });
    request.on("error", (error: NodeJS.ErrnoException) =>
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
