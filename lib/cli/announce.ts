/** What `chatroom serve` prints when it has started to listen. */

import { readEnv } from "./flags.ts";
import { networkInterfaces } from "./machine.ts";
import type { Tls } from "./tls_flags.ts";
import { formatAddress } from "./values.ts";
import { VERSION } from "./version.ts";

/** Prints where the server listens, and how to join it. */
export function describeAddress(
  { hostname, port }: Deno.NetAddr,
  secure: boolean,
  print: (line: string) => void,
): void {
  const reached = reachedAt(hostname);
  print(`chatroom ${VERSION} is listening on ${formatAddress({ hostname, port })}`);
  print("Join from another terminal (with --name bob behind it for a second person):");
  const flag = secure ? "--tls " : "";
  print(`  ${selfCommand()} connect ${flag}${formatAddress({ hostname: reached, port })}`);
}

/** Prints who may come in, if the network can. `password`: where the password comes from. */
export function describeAccess(
  { hostname }: Deno.NetAddr,
  secure: boolean,
  password: string | undefined,
  print: (line: string) => void,
): void {
  if (password !== undefined) print(`The password that everybody needs is ${password}.`);
  if (/^(127\.|::1$)/.test(hostname)) return;
  const help = `${launchedAs() ?? "chatroom"} help`;
  if (password === undefined) {
    print(`Everybody on the network may come in; ${help} password says how to change that.`);
  }
  if (!secure) print(`Nothing is encrypted; ${help} tls says how to change that.`);
}

/** Prints the fingerprint, by which people can be sure that it is this server. */
export function describeTls(
  { identity: { fingerprint } }: Tls,
  brief: boolean,
  print: (line: string) => void,
): void {
  print("Everything is encrypted. The fingerprint of the certificate, which clients show, is");
  print(`  ${fingerprint}`);
  if (brief) print("It is made for this run only; --data DIR without --memory keeps one.");
}

/** Where others reach what listens at `hostname`: where it listens everywhere, one address of this machine. */
export function reachedAt(hostname: string): string {
  const everywhere = hostname === "0.0.0.0" || hostname === "::";
  return everywhere ? lanAddress(hostname) ?? "127.0.0.1" : hostname;
}

/**
 * The address at which the rest of the network reaches this machine. On Windows `::` does not accept
 * IPv4 clients.
 */
function lanAddress(wildcard: string): string | undefined {
  const wanted = wildcard === "::" && Deno.build.os === "windows" ? "IPv6" : "IPv4";
  return networkInterfaces().find(({ family, address }) =>
    family === wanted && !/^(127\.|169\.254\.|::1$|fe80:)/.test(address)
  )?.address;
}

/**
 * What to type to run this program, if a launcher of a package has started it: `chatroom`, or
 * `npx -y @chatroom/chatroom`. The launcher says it in `$CHATROOM_COMMAND`, which is not for users.
 */
function launchedAs(): string | undefined {
  return readEnv("CHATROOM_COMMAND");
}

/** What to type in a shell to run this program, without arguments. */
export function selfCommand(): string {
  const told = launchedAs();
  if (told !== undefined) return told;
  const executable = Deno.execPath();
  if (Deno.build.standalone) return shellWord(isOnPath(executable) ?? nearby(executable));
  const main = Deno.mainModule;
  const module = main.startsWith("file:") ? nearby(pathOf(main)) : main;
  const runner = /[/\\]_npx[/\\]/.test(executable) ? `npx -y deno@${Deno.version.deno}` : "deno";
  return `${runner} run -A ${shellWord(module)}`;
}

/** The file's name, if the shell finds the file by that alone. */
function isOnPath(file: string): string | undefined {
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const cut = file.search(/[/\\][^/\\]*$/);
  const folders = readEnv("PATH")?.split(separator) ?? [];
  return folders.includes(file.slice(0, cut)) ? file.slice(cut + 1) : undefined;
}

/** The path from the current directory, if the file is below it. */
function nearby(file: string): string {
  let here: string;
  try {
    here = Deno.cwd();
  } catch {
    return file;
  }
  if (!file.startsWith(here) || !/[/\\]/.test(file[here.length] ?? "")) return file;
  const below = file.slice(here.length + 1);
  return Deno.build.standalone ? `.${file[here.length]}${below}` : below;
}

function pathOf(url: string): string {
  const path = decodeURIComponent(new URL(url).pathname);
  return Deno.build.os === "windows" ? path.slice(1).replaceAll("/", "\\") : path;
}

function shellWord(text: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(text)) return text;
  return Deno.build.os === "windows" ? `"${text}"` : `'${text.replaceAll("'", `'\\''`)}'`;
}
