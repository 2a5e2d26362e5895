/** What `chatroom serve` prints when it has started to listen. */

import { selfCommand } from "./self.ts";
import type { Tls } from "./tls_flags.ts";
import { formatAddress } from "./values.ts";
import { VERSION } from "./version.ts";

/** Prints where the server listens, and how to join it. */
export function describeAddress(
  { hostname, port }: Deno.NetAddr,
  secure: boolean,
  print: (line: string) => void,
): void {
  const everywhere = hostname === "0.0.0.0" || hostname === "::";
  const reached = everywhere ? lanAddress(hostname) ?? "127.0.0.1" : hostname;
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
  if (password === undefined) {
    print("Everybody on the network may come in; chatroom help password says how to change that.");
  }
  if (!secure) print("Nothing is encrypted; chatroom help tls says how to change that.");
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

/**
 * The address at which the rest of the network reaches this machine. On Windows `::` does not accept
 * IPv4 clients.
 */
function lanAddress(wildcard: string): string | undefined {
  const wanted = wildcard === "::" && Deno.build.os === "windows" ? "IPv6" : "IPv4";
  try {
    return Deno.networkInterfaces().find(({ family, address }) =>
      family === wanted && !/^(127\.|169\.254\.|::1$|fe80:)/.test(address)
    )?.address;
  } catch {
    return undefined;
  }
}
