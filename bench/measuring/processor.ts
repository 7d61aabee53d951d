import { readdir, readFile } from "node:fs/promises";
import postgres from "postgres";

/** Linux counts in these, whatever the kernel's own clock is. */
const ticksPerSecond = 100;

/** Processor time in milliseconds that a process and its children, ended ones too, have used. 0 on systems without `/proc`. */
export async function processorMs(pid: number): Promise<number> {
  const all = await processes();
  const own = all.find((one) => one.pid === pid);
  if (own === undefined) return 0;
  const ticks = all.reduce((sum, one) => sum + (one.parent === pid ? one.ticks : 0), own.ticks + own.endedTicks);
  return (ticks / ticksPerSecond) * 1000;
}

/** The process that started the sessions of a PostgreSQL on this machine. */
export async function postmasterOf(databaseUrl: string): Promise<number | null> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    return (await processes()).find(({ pid }) => pid === row?.pid)?.parent ?? null;
  } finally {
    await sql.end();
  }
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  /** Of children that have ended. */
  readonly endedTicks: number;
}

async function processes(): Promise<Process[]> {
  const pids = await readdir("/proc").catch(() => []);
  const found = pids
    .filter((name) => /^\d+$/.test(name))
    .map(async (pid): Promise<Process | null> => {
      const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
      if (text === null) return null;
      // The name of the program, in brackets, may hold spaces.
      const [, parent, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
      const [user, system, endedUser, endedSystem] = rest.slice(9, 13).map(Number) as [number, number, number, number];
      return { pid: Number(pid), parent: Number(parent), ticks: user + system, endedTicks: endedUser + endedSystem };
    });
  return (await Promise.all(found)).filter((one) => one !== null);
}
