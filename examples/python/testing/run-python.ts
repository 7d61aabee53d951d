import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const folder = fileURLToPath(new URL("..", import.meta.url));
/** Prefers Debian's Python: the examples promise to run on it, and it has only its own packages. */
const python = ["/usr/bin/python3", "python3"].find(
  (candidate) => spawnSync(candidate, ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]).status === 0,
);

/** Whether Python is missing. Prints that, or throws where the tests are required. */
export function cannotRunPython(): boolean {
  if (python !== undefined) return false;
  if (process.env["REQUIRE_PYTHON_RECEIVERS"]) throw new Error("There is no Python 3.9 or newer here");
  console.info("skipped, the Python client: there is no Python 3.9 or newer here");
  return true;
}

/** Runs Python in the folder of the examples. Code is passed with `-c`. */
export async function runPython(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const child = spawnPython(args, environment);
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  const [out, err, code] = await Promise.all([text(child.stdout!), text(child.stderr!), ended]);
  return { code, out, err };
}

/** Starts Python and leaves it running. */
export function spawnPython(args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(python ?? "python3", args, {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      PYTHONDONTWRITEBYTECODE: "1",
      // Isolates Python from packages of the user and of the machine.
      PYTHONNOUSERSITE: "1",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}
