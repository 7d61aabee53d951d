/**
 * The processor time of this thread for a piece of work, in seconds. It does not depend on what else the machine runs.
 */
export function cpuSeconds(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1e6;
}
