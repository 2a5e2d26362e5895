/** How many files this process may have open, which bounds the connections of a server. */

/**
 * The limit, sockets included; `undefined` where it can't be known: only Linux has a file that
 * tells, and Deno reads that for nobody but a program that may do all (`-A`).
 */
export function openFilesLimit(): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  let text: string;
  try {
    text = Deno.readTextFileSync("/proc/self/limits");
  } catch {
    return undefined;
  }
  const [, soft] = /^Max open files +(\S+)/m.exec(text) ?? [];
  return soft === "unlimited" ? Infinity : Number(soft) || undefined;
}
