/** How much memory a process of this machine takes, by /proc of Linux. */

/** The memory of a process, in bytes. */
export interface ProcessMemory {
  /** The resident memory now. */
  readonly resident: number;
  /** Its peak. */
  readonly peak: number;
}

/** The memory of a process; `undefined` without Linux, a pid, or the permission to read /proc. */
export async function residentMemory(pid: number | undefined): Promise<ProcessMemory | undefined> {
  if (pid === undefined || Deno.build.os !== "linux") return undefined;
  let status: string;
  try {
    status = await Deno.readTextFile(`/proc/${pid}/status`);
  } catch {
    return undefined;
  }
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1_024;
  const memory = { resident: field("VmRSS"), peak: field("VmHWM") };
  return Number.isNaN(memory.resident) ? undefined : memory;
}
