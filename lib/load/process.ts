/** Finds the process of this machine that listens on a loopback port, and its memory, by /proc of Linux. */

/** The local addresses that a loopback connection can reach, as /proc writes them. */
const LOCAL = /^(0{8}|\w{6}7F|0{32}|0{24}01000000|0{16}FFFF0000\w{6}7F):/;

/**
 * The process that listens on a loopback port. `undefined` for any other address, if there is no
 * process or more than one, if it is another user's, without Linux, and without permission for /proc.
 * `name` is the system's name for it, which may have any character.
 */
export function localListener(
  hostname: string,
  port: number,
): { readonly pid: number; readonly name: string } | undefined {
  if (Deno.build.os !== "linux" || !/^(localhost|127\.[\d.]+|::1)$/.test(hostname)) {
    return undefined;
  }
  const sockets = listeningOn(port);
  if (sockets.size !== 1) return undefined;
  const folders = attempt(() => [...Deno.readDirSync("/proc")]) ?? [];
  const [pid, ...others] = folders.map(({ name }) => name).filter((pid) => holds(pid, sockets));
  const name = attempt(() => Deno.readTextFileSync(`/proc/${pid}/comm`).trim());
  return name === undefined || others.length > 0 ? undefined : { pid: Number(pid), name };
}

/** The sockets that listen on a port, as the targets of links in /proc. */
function listeningOn(port: number): Set<string> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const sockets = new Set<string>();
  for (const table of ["tcp", "tcp6"]) {
    // Without IPv6 there is only the first.
    const text = attempt(() => Deno.readTextFileSync(`/proc/net/${table}`)) ?? "";
    for (const line of text.split("\n")) {
      const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
      const listens = state === "0A" && local.endsWith(wanted) && LOCAL.test(local);
      if (listens) sockets.add(`socket:[${inode}]`);
    }
  }
  return sockets;
}

/** Whether a process has one of the sockets open; false for a process of another user. */
function holds(pid: string, sockets: ReadonlySet<string>): boolean {
  if (!/^\d+$/.test(pid)) return false;
  const files = attempt(() => [...Deno.readDirSync(`/proc/${pid}/fd`)]) ?? [];
  return files.some(({ name }) =>
    sockets.has(attempt(() => Deno.readLinkSync(`/proc/${pid}/fd/${name}`)) ?? "")
  );
}

/** `undefined` if `look` throws: processes end and files are closed while we look at them. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** The memory of a process, in bytes. */
export interface ProcessMemory {
  /** The resident memory now. */
  readonly resident: number;
  /** Its peak. */
  readonly peak: number;
}

/** The memory of a process; `undefined` without Linux, a pid, or the permission to read /proc. */
export function residentMemory(pid: number | undefined): ProcessMemory | undefined {
  if (pid === undefined || Deno.build.os !== "linux") return undefined;
  const status = attempt(() => Deno.readTextFileSync(`/proc/${pid}/status`)) ?? "";
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1_024;
  const memory = { resident: field("VmRSS"), peak: field("VmHWM") };
  return Number.isNaN(memory.resident) ? undefined : memory;
}
