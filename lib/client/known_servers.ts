/**
 * The servers whose certificates a person has accepted, in a text file with a line for each: the
 * address, a space, the fingerprint (after the `known_hosts` of ssh).
 */

import { readUtf8 } from "./read_utf8.ts";

/** A server that was accepted. */
export interface KnownServer {
  readonly fingerprint: string;
  /** Where the file says so, from 1; `undefined` where it does not. */
  readonly line: number | undefined;
}

/** Thrown when the file can't be used; its message is one line that says why. */
export class KnownServersError extends Error {
  override readonly name = "KnownServersError";
}

/** The path of the file in the folder of the settings. */
export function knownServersPath(dir: string): string {
  return `${dir}${dir.includes("\\") ? "\\" : "/"}known_servers`;
}

/** What the file at `path` says of a server, `HOST:PORT`. Throws a {@linkcode KnownServersError}. */
export function findKnownServer(path: string, server: string): KnownServer | undefined {
  for (const [index, text] of read(path).split("\n").entries()) {
    const [address, fingerprint] = text.trim().split(/\s+/);
    if (fingerprint === undefined || address?.toLowerCase() !== server.toLowerCase()) continue;
    return { fingerprint, line: index + 1 };
  }
  return undefined;
}

/**
 * Adds a server to the file, which only its owner may read. Throws a {@linkcode KnownServersError}.
 */
export function addKnownServer(path: string, server: string, fingerprint: string): void {
  const text = read(path);
  const start = text === "" || text.endsWith("\n") ? "" : "\n";
  try {
    Deno.mkdirSync(path.replace(/[/\\][^/\\]*$/, ""), { recursive: true, mode: 0o700 });
    Deno.writeTextFileSync(path, `${start}${server} ${fingerprint}\n`, {
      append: true,
      mode: 0o600,
    });
    // One that is there keeps its mode; who can write to it decides whom one trusts.
    if (Deno.build.os !== "windows") Deno.chmodSync(path, 0o600);
  } catch (error) {
    throw new KnownServersError(`${path} can't be written: ${explain(error as Error)}`);
  }
}

function read(path: string): string {
  try {
    return readUtf8(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    // To take it for empty would be to trust whoever comes.
    throw new KnownServersError(`${path} can't be read: ${explain(error as Error)}`);
  }
}

function explain(error: Error): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "the permission is missing; run with --allow-read --allow-write or -A";
  }
  return error.message.replace(/ \(os error \d+\).*$/, "");
}
