/**
 * The servers whose certificates a person has accepted, in a text file with a line for each: the
 * address, a space, the fingerprint (after the `known_hosts` of ssh). Behind that stands the name by which
 * the network was told of it, if it was found so.
 */

import { fileIn, fileProblem, readUtf8 } from "./config_files.ts";

/** A server that a person has accepted. */
export interface KnownServer {
  readonly fingerprint: string;
  /** Its line in the file, from 1; `undefined` if it is not in the file. */
  readonly line: number | undefined;
}

/** A line of the file. */
export interface KnownServerLine extends KnownServer {
  /** `HOST:PORT`. */
  readonly server: string;
  readonly line: number;
  /** What it called itself when it was found on a network; `undefined`: it was not found so. */
  readonly name: string | undefined;
}

/** Thrown if the file can't be used. The message is a line that says why. */
export class KnownServersError extends Error {
  override readonly name = "KnownServersError";
}

/** The path of the file in the folder of the settings. */
export function knownServersPath(dir: string): string {
  return fileIn(dir, "known_servers");
}

/** Finds a server, `HOST:PORT`, in the file at `path`. Throws a {@linkcode KnownServersError}. */
export function findKnownServer(path: string, server: string): KnownServer | undefined {
  const found = knownServers(path)
    .find((known) => known.server.toLowerCase() === server.toLowerCase());
  return found && { fingerprint: found.fingerprint, line: found.line };
}

/** All servers in the file at `path`. Throws a {@linkcode KnownServersError}. */
export function knownServers(path: string): KnownServerLine[] {
  return read(path).split("\n").flatMap((text, index) => {
    const [, server, fingerprint, name] = /^(\S+)\s+(\S+)(?:\s+(.+))?$/.exec(text.trim()) ?? [];
    if (server === undefined || fingerprint === undefined) return [];
    return { server, fingerprint, line: index + 1, name };
  });
}

/**
 * Adds a server to the file, which only its owner can read. `name`: see {@linkcode KnownServerLine}; in one
 * line. Throws a {@linkcode KnownServersError}.
 */
export function addKnownServer(
  path: string,
  server: string,
  fingerprint: string,
  name?: string,
): void {
  const text = read(path);
  const start = text === "" || text.endsWith("\n") ? "" : "\n";
  try {
    Deno.mkdirSync(path.replace(/[/\\][^/\\]*$/, ""), { recursive: true, mode: 0o700 });
    Deno.writeTextFileSync(
      path,
      `${start}${server} ${fingerprint}${name === undefined ? "" : ` ${name}`}\n`,
      {
        append: true,
        mode: 0o600,
      },
    );
    // An existing file keeps its mode, so set it: whoever can write the file decides what we trust.
    if (Deno.build.os !== "windows") Deno.chmodSync(path, 0o600);
  } catch (error) {
    throw new KnownServersError(`${path} can't be written: ${problemOf(error)}`);
  }
}

function read(path: string): string {
  try {
    return readUtf8(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    // If we took it for empty, we would trust any server.
    throw new KnownServersError(`${path} can't be read: ${problemOf(error)}`);
  }
}

function problemOf(error: unknown): string {
  return fileProblem(error as Error, "--allow-read --allow-write or -A");
}
