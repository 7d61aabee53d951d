import { readFile, writeFile } from "node:fs/promises";

/** Watches the memory of a process from now on. Null where the system does not tell (`/proc` of Linux). */
export async function watchMemory(pid: number): Promise<{ peakAboveIdleMb(): Promise<number> } | null> {
  try {
    // Forgets the peak of its start.
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
