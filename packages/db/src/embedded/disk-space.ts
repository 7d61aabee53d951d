import { statfs } from "node:fs/promises";

/** Watches the free disk space of the embedded database. */
export interface DiskSpace extends Disposable {
  /** Whether less than the margin is free. */
  readonly isShort: boolean;
  readonly freeBytes: number;
}

const intervalMs = 1_000;

/**
 * Checks the free space every second. PGlite does not survive a full disk: it loops for ever. The service must stop accepting
 * work earlier, so that accepted work can still finish.
 */
export async function watchDiskSpace(folder: string, marginBytes: number): Promise<DiskSpace> {
  let freeBytes = 0;
  const check = async () => {
    const { bavail, bsize } = await statfs(folder);
    freeBytes = bavail * bsize;
  };
  await check();
  const timer = setInterval(() => void check().catch(() => undefined), intervalMs);
  timer.unref();
  return {
    get isShort() {
      return freeBytes < marginBytes;
    },
    get freeBytes() {
      return freeBytes;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
