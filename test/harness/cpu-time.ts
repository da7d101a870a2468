/**
 * Milliseconds of this thread's own computing. For bounds on work that must be small: unlike the time of the clock, it
 * does not grow when other programs want the processor too.
 */
export function cpuMsOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
