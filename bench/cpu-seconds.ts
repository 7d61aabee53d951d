/**
 * How long this thread computes for a piece of work, in seconds. Time in which the processor was with somebody else does not
 * count, so that a figure per core does not depend on what else the machine does.
 */
export function cpuSeconds(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1e6;
}
