import { readFile, writeFile } from "node:fs/promises";

const maxMb = 256;

/** @throws Error when a process has grown by more than 256 MB above idle */
export function ensureBounded(peakAboveIdleMb: number): void {
  if (peakAboveIdleMb > maxMb) throw new Error(`Memory grew by ${Math.round(peakAboveIdleMb)} MB`);
}

/** Watches the memory of a process from now on. Null on systems without `/proc`. */
export async function watchMemory(pid: number): Promise<{ peakAboveIdleMb(): Promise<number> } | null> {
  try {
    // Resets the peak of the start.
    await writeFile(`/proc/${pid}/clear_refs`, "5");
    const idle = await statusMb(pid, "VmRSS");
    return { peakAboveIdleMb: async () => (await statusMb(pid, "VmHWM")) - idle };
  } catch {
    return null;
  }
}

async function statusMb(pid: number, field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`${field}:\\s*(\\d+) kB`).exec(status)?.[1]) / 1024;
}
