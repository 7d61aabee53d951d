import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";

const memory = "/dev/shm";
const prefix = "strategy-executor-tests-";
const roomBytes = 4 * 1024 ** 3;

/**
 * Creates a folder in memory, where creating the thousand files of a database costs a tenth; null if the system has no memory
 * file system with enough room. Removes the folders of killed runs.
 */
export function memoryFolder(): string | null {
  if (process.platform !== "linux" || !holdsPrograms()) return null;
  for (const name of readdirSync(memory)) {
    const [, pid] = /^strategy-executor-tests-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(memory, name), { recursive: true, force: true });
  }
  const { bavail, bsize } = statfsSync(memory);
  if (bavail * bsize < roomBytes) return null;
  const folder = mkdtempSync(join(memory, `${prefix}${process.pid}-`));
  // PostgreSQL started by root runs as another user.
  chmodSync(folder, 0o711);
  return folder;
}

function holdsPrograms(): boolean {
  const mounts = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "));
  return mounts.some(([, path, , options]) => path === memory && !options?.split(",").includes("noexec"));
}
