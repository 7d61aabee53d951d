import { statfs } from "node:fs/promises";

/** Watches the room that is left where the embedded database lies. */
export interface DiskSpace extends Disposable {
  /** Less than the margin is left. */
  readonly isShort: boolean;
}

const everyMs = 1_000;

/**
 * PGlite does not survive a full disk: it computes for ever and answers nobody. What takes work must stop before that, so that
 * what was accepted can still be finished.
 */
export async function watchDiskSpace(folder: string, marginBytes: number): Promise<DiskSpace> {
  let isShort = false;
  const look = async () => {
    const { bavail, bsize } = await statfs(folder);
    isShort = bavail * bsize < marginBytes;
  };
  await look();
  const timer = setInterval(() => void look().catch(() => undefined), everyMs);
  timer.unref();
  return {
    get isShort() {
      return isShort;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
