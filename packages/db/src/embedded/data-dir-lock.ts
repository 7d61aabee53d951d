import { createHash, randomBytes } from "node:crypto";
import { access, lstat, mkdir, readdir, realpath, rm } from "node:fs/promises";
import { createServer, get, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedDatabaseError } from "./embedded-database-error.ts";
import { makeFolder } from "./make-folder.ts";
import { json } from "node:stream/consumers";
import { setTimeout as after } from "node:timers/promises";

/** The process that holds an embedded database. */
export interface LockHolder {
  readonly pid: number;
  /** URL of the server; null until it listens, or when it serves none. */
  readonly address: string | null;
}

/** A holder with the socket on which other processes of the same user reach it. */
export interface HolderEndpoint extends LockHolder {
  /** Path of the Unix socket that serves HTTP. */
  readonly socket: string;
}

export interface DataDirLock extends AsyncDisposable {
  /** Publishes the address at which other processes reach the holder. */
  publishAddress(address: string): void;
  /** Serves requests on the socket of the lock. Only the owner of the directory can connect to it. */
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
 * Locks the directory of the embedded database for this process. Each contender listens on a Unix socket of its own in the
 * directory and gets the lock when no other socket answers. The operating system closes a socket with its process, so a
 * refused connection means that its owner has ended. Contenders listen before they search, so at least one sees the other.
 * @throws DataDirInUseError when another living process holds the directory; EmbeddedDatabaseError when no lock can be had
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  await makeFolder(dataDir);
  const folder = await socketFolder(dataDir);
  for (let backoffMs = minBackoffMs; ; backoffMs = Math.min(2 * backoffMs, maxBackoffMs)) {
    const endpoint = await openEndpoint(folder);
    try {
      const holder = await contend(folder, endpoint);
      if (holder === endpoint) return endpoint;
      if (holder !== null) throw new DataDirInUseError(dataDir, holder);
    } catch (error) {
      await endpoint[Symbol.asyncDispose]();
      throw error;
    }
    await endpoint[Symbol.asyncDispose]();
    await after(Math.random() * backoffMs);
  }
}

/** Returns the holder of the directory, or null. @throws EmbeddedDatabaseError when it cannot be known */
export async function dataDirHolder(dataDir: string): Promise<HolderEndpoint | null> {
  if (!(await exists(dataDir))) return null;
  const folder = await socketFolder(dataDir);
  for (const name of await socketsIn(folder)) {
    const socket = join(folder, name);
    const holder = await ask(socket);
    if (holder !== "gone" && holder !== "undecided") return { ...holder, socket };
  }
  return null;
}

const holderPath = "/holder";
/**
 * All contenders but one back off and try again. The delay grows, because on a busy machine they would otherwise
 * return before the remaining one has seen them leave.
 */
const minBackoffMs = 50;
const maxBackoffMs = 6_400;
const pollMs = 5;

/**
 * The folder of the sockets of all contenders. Socket paths are limited to about 100 bytes. Those of a longer directory are in a folder
 * of their own in the temporary folder, named by the directory's hash.
 * @throws EmbeddedDatabaseError when others could have put sockets there
 */
async function socketFolder(dataDir: string): Promise<string> {
  const folder = await realpath(dataDir);
  if (Buffer.byteLength(join(folder, newName())) < 100) return folder;
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  const path = join(tmpdir(), `strategy-executor-${hash}`);
  await mkdir(path, { mode: 0o700 }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
    // Everybody may write to the temporary folder.
    const found = await lstat(path);
    if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0) return;
    throw new EmbeddedDatabaseError(
      `${path}, where the lock of the data folder ${folder} has to be, is not a private folder of this user: remove it, or set ` +
        "DATA_DIR to a shorter path",
    );
  });
  return path;
}

function newName(): string {
  return `lock.${randomBytes(6).toString("hex")}.sock`;
}

async function socketsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith("lock.") && name.endsWith(".sock"));
}

/** The socket of this process. It names the process once that holds the directory. */
interface Endpoint extends DataDirLock, LockHolder {
  readonly name: string;
  decide(): void;
}

async function openEndpoint(folder: string): Promise<Endpoint> {
  const name = newName();
  let address: string | null = null;
  let decided = false;
  let serve: RequestListener = (_req, res) => res.writeHead(503).end();
  const server = createServer((req, res) => {
    if (req.url !== holderPath) serve(req, res);
    else if (decided) res.end(JSON.stringify({ pid: process.pid, address } satisfies LockHolder));
    else res.end("null");
  });
  // Imports of large price files use this socket.
  server.requestTimeout = 0;
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // Private from the first moment: the name is bound before `listen` returns.
    const before = process.umask(0o177);
    server.listen(join(folder, name), resolve);
    process.umask(before);
  });
  return {
    name,
    pid: process.pid,
    get address() {
      return address;
    },
    decide: () => (decided = true),
    publishAddress: (published) => (address = published),
    serve: (listener) => (serve = listener),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Decides who holds the directory: returns this process's endpoint, another holder, or null when there are other contenders
 * and this process must back off.
 */
async function contend(folder: string, endpoint: Endpoint): Promise<LockHolder | null> {
  for (;;) {
    const others = (await socketsIn(folder)).filter((name) => name !== endpoint.name);
    const answers = await Promise.all(others.map((name) => ask(join(folder, name))));
    const holder = answers.find((answer) => typeof answer === "object");
    if (holder !== undefined) return holder;
    const undecided = others.filter((_, index) => answers[index] === "undecided");
    if (undecided.length === 0) {
      // A holder removes sockets without a listener. Without its socket this process cannot be found.
      if (!(await exists(join(folder, endpoint.name)))) return null;
      endpoint.decide();
      await Promise.all(others.map((name) => rm(join(folder, name), { force: true })));
      return endpoint;
    }
    if (undecided.some((name) => name < endpoint.name)) return null;
    await after(pollMs);
  }
}

/** Asks the process behind a socket. `undecided` means that it is a contender too. */
function ask(socketPath: string): Promise<LockHolder | "undecided" | "gone"> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, path: holderPath, agent: false }, (answer) => {
      json(answer).then((holder) => resolve((holder as LockHolder | null) ?? "undecided"), failed);
    });
    const failed = (error: NodeJS.ErrnoException) => {
      if (error.code !== undefined && goneCodes.has(error.code)) resolve("gone");
      else reject(error);
    };
    request.on("error", failed);
  });
}

const goneCodes = new Set(["ECONNREFUSED", "ENOENT", "ECONNRESET", "EPIPE"]);

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
