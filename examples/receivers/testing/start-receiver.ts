import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** A receiver of this folder, and the start command of its README. */
export interface ReceiverExample {
  readonly name: string;
  /** `8888` in it is replaced by the port. */
  readonly command: string;
  /** The Python module that it requires. */
  readonly needs?: string;
  /** The folder whose `node_modules` replace those of `npm install`; the server's when absent. */
  readonly dependenciesOf?: string;
}

export interface RunningReceiver extends AsyncDisposable {
  /** Its own working folder. */
  readonly folder: string;
  /** Sends a callback; text and bytes are sent unchanged. Returns the response. */
  post(callback: unknown, headers?: Readonly<Record<string, string>>): Promise<{ status: number; body: unknown }>;
  /** Resolves when it has printed the text. */
  printed(text: string): Promise<void>;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/**
 * Runs a receiver with the command of its README, on a free port, from a copy of its folder, because it must be
 * self-contained.
 */
export async function startReceiver(
  example: ReceiverExample,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningReceiver> {
  await using stack = new AsyncDisposableStack();
  const folder = await copyFolder(example);
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  const child = spawnReceiver(example, folder, { ...environment, PORT: String(port) });
  const ended = once(child, "close");
  stack.defer(async () => {
    child.kill();
    await ended;
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  const isReceiverHealthy = () => {
    if (child.exitCode !== null) throw new Error(`The receiver ${example.name} ended:\n${output}`);
  };
  while (!(await isOpen(port))) {
    isReceiverHealthy();
    await setTimeout(50);
  }
  const started = stack.move();
  return {
    folder,
    post: (callback, headers) => post(`http://127.0.0.1:${port}/webhook/strategy-result`, callback, headers),
    async printed(text) {
      while (!output.includes(text)) {
        isReceiverHealthy();
        await Promise.race([once(child.stdout, "data"), ended]);
      }
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Starts a receiver with invalid settings. Returns its exit code and the reason it printed. */
export async function refusedStart(
  example: ReceiverExample,
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; reason: string }> {
  const folder = await copyFolder(example);
  const child = spawnReceiver(example, folder, environment);
  let reason = "";
  child.stderr.on("data", (chunk) => (reason += String(chunk)));
  await once(child, "close");
  await rm(folder, { recursive: true, force: true });
  return { code: child.exitCode, reason };
}

/** The missing requirement, or null. */
export function missingFor({ needs }: ReceiverExample): string | null {
  return needs === undefined || pythonWith(needs) !== undefined ? null : `no Python here can import ${needs}`;
}

/** The first Python on the path, or the system's: Debian's packages exist only there. */
function pythonWith(module: string): string | undefined {
  return ["python3", "/usr/bin/python3"].find(
    (python) => spawnSync(python, ["-c", `import ${module}`], { stdio: "ignore" }).status === 0,
  );
}

async function copyFolder({ name, dependenciesOf = "apps/server" }: ReceiverExample): Promise<string> {
  const source = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), `receiver-${name}-`));
  await cp(source, folder, { recursive: true, filter: (path) => basename(path) !== "node_modules" });
  await symlink(
    fileURLToPath(new URL(`../../../${dependenciesOf}/node_modules`, import.meta.url)),
    join(folder, "node_modules"),
  );
  return folder;
}

function spawnReceiver(
  { command, needs = "json" }: ReceiverExample,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Child {
  const [program = "", ...args] = command.split(" ");
  const executable = program === "python3" ? (pythonWith(needs) ?? program) : process.execPath;
  return spawn(
    executable,
    args.map((argument) => argument.replace("8888", environment["PORT"] ?? "8888")),
    { cwd: folder, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] },
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function post(url: string, callback: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof callback === "string" ? callback : JSON.stringify(callback),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text };
}
