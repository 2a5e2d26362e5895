/** Which process of this machine listens on one of its own addresses, where Linux tells. Only looks. */

/** A process. */
export interface Listener {
  readonly pid: number;
  /** What the system calls it, which may hold any character. */
  readonly name: string;
}

/** The addresses at which a listener is reached from this machine, as the system writes them. */
const LOCAL = /^(0{8}|\w{6}7F|0{32}|0{24}01000000|0{16}FFFF0000\w{6}7F):/;

/**
 * The one process that listens on a loopback port; `undefined` for any other address, where there
 * are none or several, where it is another user's, and without Linux or the permission to read /proc.
 */
export function localListener(hostname: string, port: number): Listener | undefined {
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

/** The sockets that listen there, as links to them are written. */
function listeningOn(port: number): Set<string> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const sockets = new Set<string>();
  for (const table of ["tcp", "tcp6"]) {
    // Without IPv6 there is but one of them.
    const text = attempt(() => Deno.readTextFileSync(`/proc/net/${table}`)) ?? "";
    for (const line of text.split("\n")) {
      const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
      const listens = state === "0A" && local.endsWith(wanted) && LOCAL.test(local);
      if (listens) sockets.add(`socket:[${inode}]`);
    }
  }
  return sockets;
}

/** Whether a process has one of the sockets open; not known of those of other users. */
function holds(pid: string, sockets: ReadonlySet<string>): boolean {
  if (!/^\d+$/.test(pid)) return false;
  const files = attempt(() => [...Deno.readDirSync(`/proc/${pid}/fd`)]) ?? [];
  return files.some(({ name }) =>
    sockets.has(attempt(() => Deno.readLinkSync(`/proc/${pid}/fd/${name}`)) ?? "")
  );
}

/** What is there now: processes end and files are closed while they are looked at. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
