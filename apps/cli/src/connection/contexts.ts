import { randomUUID } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { didYouMean } from "../input/suggest.ts";
import { UsageError } from "./failure.ts";

/** A service that the user has logged in to. */
export interface Context {
  readonly url: string;
  /** Sent to `url` only. */
  readonly api_key?: string;
}

export interface Contexts {
  /** The context in use. */
  readonly current: string | null;
  readonly contexts: Readonly<Record<string, Context>>;
}

/** Where contexts are kept: the configuration folder of the user. */
export function contextsFile(environment: NodeJS.ProcessEnv): string {
  const { XDG_CONFIG_HOME = "", APPDATA, HOME } = environment;
  const ofSystem = process.platform === "win32" ? APPDATA : undefined;
  // The XDG Base Directory Specification: ignore empty and relative paths.
  const folder = isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : (ofSystem ?? join(HOME ?? homedir(), ".config"));
  return join(folder, "strategy-executor", "contexts.json");
}

/** @throws UsageError when the file is not as this program writes it */
export async function readContexts(environment: NodeJS.ProcessEnv): Promise<Contexts> {
  const path = contextsFile(environment);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new UsageError(`${path} cannot be read: ${error.message}`);
  });
  if (text === null) return { current: null, contexts: {} };
  try {
    const { current, contexts } = JSON.parse(text) as Contexts;
    if (Object.values(contexts).every(({ url }) => typeof url === "string")) return { current, contexts };
  } catch {
    // Reported below.
  }
  throw new UsageError(`${path} is damaged: remove it and log in again`);
}

/** Replaces the whole file. Only its user can read it. */
export async function writeContexts(environment: NodeJS.ProcessEnv, contexts: Contexts): Promise<void> {
  const path = contextsFile(environment);
  const folder = join(path, "..");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const written = join(folder, `.contexts-${randomUUID()}.json`);
  await writeFile(written, `${JSON.stringify(contexts, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  await chmod(written, 0o600);
  await rename(written, path);
}

/** @throws UsageError when there is none of that name */
export function findContext({ contexts }: Contexts, name: string): Context {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (found !== undefined) return found;
  throw new UsageError(`There is no context ${name}${didYouMean(name, Object.keys(contexts))}`);
}
