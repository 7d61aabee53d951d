import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";

const memory = "/dev/shm";
const prefix = "strategy-executor-tests-";
const roomBytes = 4 * 1024 ** 3;

/**
 * A new folder that is kept in memory, where making the thousand files of a database takes a tenth of the work; null where the
 * system has none with enough room. Those of runs that were killed are removed.
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
  // A PostgreSQL that is started by root runs as somebody else.
  chmodSync(folder, 0o711);
  return folder;
}

function holdsPrograms(): boolean {
  const mounts = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "));
  return mounts.some(([, path, , options]) => path === memory && !options?.split(",").includes("noexec"));
}
