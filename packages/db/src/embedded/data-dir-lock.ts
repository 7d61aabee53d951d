import { createHash, randomBytes } from "node:crypto";
import { access, mkdir, readdir, realpath, rm } from "node:fs/promises";
import { createServer, get, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as after } from "node:timers/promises";

/** Who holds an embedded database. */
export interface LockHolder {
  readonly pid: number;
  /** The server's URL, null while (or if) it serves none. */
  readonly address: string | null;
}

/** The way to the holder for whoever has the directory. */
export interface HolderEndpoint extends LockHolder {
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
 * Takes the embedded database's directory for this process. Whoever wants it listens on a Unix socket of its own in it, and has
 * it once nobody else does: the operating system closes a socket with its process, so a refused connection means that its
 * owner is gone. Of two that want it at once each listens before it looks, so that at least one sees the other.
 * @throws DataDirInUseError when another living process has it.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  await mkdir(dataDir, { recursive: true });
  const place = await socketPlace(dataDir);
  for (let retreatMs = firstRetreatMs; ; retreatMs = Math.min(2 * retreatMs, longestRetreatMs)) {
    const door = await openDoor(place);
    try {
      const holder = await contend(place, door);
      if (holder === door) return door;
      if (holder !== null) throw new DataDirInUseError(dataDir, holder);
    } catch (error) {
      await door[Symbol.asyncDispose]();
      throw error;
    }
    await door[Symbol.asyncDispose]();
    await after(Math.random() * retreatMs);
  }
}

/** Who holds the directory, or null when nobody does. */
export async function dataDirHolder(dataDir: string): Promise<HolderEndpoint | null> {
  const place = await socketPlace(dataDir).catch(() => null);
  if (place === null) return null;
  for (const name of await socketsAt(place)) {
    const socket = join(place.folder, name);
    const holder = await ask(socket);
    if (holder !== "gone" && holder !== "undecided") return { ...holder, socket };
  }
  return null;
}

const holderPath = "/holder";
/**
 * Of those who want the directory at the same moment, all but one retreat and come again: later each time, or a busy machine
 * would have them all back before the one has seen them go.
 */
const firstRetreatMs = 50;
const longestRetreatMs = 800;
const lookAgainMs = 5;

/** Where the sockets of those who want a directory lie. */
interface SocketPlace {
  readonly folder: string;
  readonly prefix: string;
}

/** Socket paths end at about 100 bytes; longer ones move to the temporary folder under the directory's hash. */
async function socketPlace(dataDir: string): Promise<SocketPlace> {
  const folder = await realpath(dataDir);
  if (Buffer.byteLength(join(folder, newName("lock"))) < 100) return { folder, prefix: "lock" };
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  return { folder: tmpdir(), prefix: `strategy-executor-${hash}` };
}

function newName(prefix: string): string {
  return `${prefix}.${randomBytes(6).toString("hex")}.sock`;
}

async function socketsAt({ folder, prefix }: SocketPlace): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith(`${prefix}.`) && name.endsWith(".sock"));
}

/** The socket of this process, on which it tells who it is once it holds the directory. */
interface Door extends DataDirLock, LockHolder {
  readonly name: string;
  decide(): void;
}

async function openDoor({ folder, prefix }: SocketPlace): Promise<Door> {
  const name = newName(prefix);
  let address: string | null = null;
  let decided = false;
  let serve: RequestListener = (_req, res) => res.writeHead(503).end();
  const server = createServer((req, res) => {
    if (req.url !== holderPath) serve(req, res);
    else if (decided) res.end(JSON.stringify({ pid: process.pid, address } satisfies LockHolder));
    else res.end("null");
  });
  // Long files of prices come this way.
  server.requestTimeout = 0;
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // For the directory's user alone, from its first moment on: the name is bound before `listen` returns.
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
 * Looks until it is clear who has the directory: this process's own door, another's holder, or null when others want it too
 * and this process is to come again later.
 */
async function contend(place: SocketPlace, door: Door): Promise<LockHolder | null> {
  for (;;) {
    const others = (await socketsAt(place)).filter((name) => name !== door.name);
    const answers = await Promise.all(others.map((name) => ask(join(place.folder, name))));
    const holder = answers.find((answer) => typeof answer === "object");
    if (holder !== undefined) return holder;
    const undecided = others.filter((_, index) => answers[index] === "undecided");
    if (undecided.length === 0) {
      // A holder that saw the name before anybody listened on it took it away: nobody would find this process.
      if (!(await exists(join(place.folder, door.name)))) return null;
      door.decide();
      await Promise.all(others.map((name) => rm(join(place.folder, name), { force: true })));
      return door;
    }
    if (undecided.some((name) => name < door.name)) return null;
    await after(lookAgainMs);
  }
}

/** Who listens on a socket; `undecided` when it wants the directory itself. */
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
