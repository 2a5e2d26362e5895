/** The processor time that a process of this machine has taken, by /proc of Linux. */

const NANOSECONDS = 1e9;

/**
 * The processor time of all threads that a process has, in seconds, to the nanosecond. That of threads that have
 * ended is left out.
 */
export function cpuSeconds(pid: number): number {
  let total = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    try {
      const text = Deno.readTextFileSync(`/proc/${pid}/task/${name}/schedstat`);
      total += Number(text.split(" ")[0]) / NANOSECONDS;
    } catch (error) {
      // The thread has ended.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return total;
}
