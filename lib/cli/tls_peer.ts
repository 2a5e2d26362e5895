/** The TLS flags of the subcommands that talk to a server, and the authorities that it trusts. */

import { knownServersPath } from "../client/known_servers.ts";
import { readPem } from "../named/named_file.ts";
import { parseFingerprint } from "../tls/fingerprint.ts";
import { reasonOf } from "../wire/text.ts";
import { type Flag, flagOf, type Invocation, readEnv, UsageError } from "./flags.ts";
import { configDir } from "./machine.ts";
import type { Address } from "./values.ts";

export const TLS_PEER_FLAGS: readonly Flag[] = [
  flagOf("--tls", "speak TLS, or do not connect; tls:// before HOST does the same", {
    env: "CHATROOM_TLS",
  }),
  flagOf("--tls-ca FILE", "trust only certificates that are signed by one in this file (PEM)", {
    env: "CHATROOM_TLS_CA",
  }),
  flagOf(
    "--tls-fingerprint SHA256:…",
    "trust only the certificate that has this fingerprint, or one of these, with commas between",
    { env: "CHATROOM_TLS_FINGERPRINT" },
  ),
];

/** The largest file of certificates, in bytes: those of a system have 250 KiB. */
const MAX_BYTES = 4 * 1_048_576;

/** Lines for the help of these subcommands. */
export const TLS_PEER_NOTES: readonly string[] = [
  "With --tls, connect on a terminal shows the fingerprint of a certificate that no authority has",
  "signed, asks whether it is the right one, and remembers it. Everywhere else such a certificate",
  "is refused, with exit code 4, unless it is remembered. $CHATROOM_TLS is 1 or 0; --tls-ca and",
  "--tls-fingerprint mean --tls. chatroom help tls says more.",
];

/** How to speak TLS. */
export interface TlsWish {
  readonly ca?: string;
  /** The authorities that the system trusts, if neither `ca` nor `pinned` is given; else Mozilla's. */
  readonly roots?: string | undefined;
  /** The only fingerprints that servers may have. */
  readonly pinned?: readonly string[];
  /** The file of known servers; `undefined` if there is no place for it. */
  readonly path: string | undefined;
  /** What the network was told of the server, if it was found so: what it calls itself, and its certificate. */
  readonly found?: { readonly name: string; readonly fingerprint: string | undefined };
  /** Fingerprints that were accepted in this run, by address. */
  readonly accepted: Map<string, string>;
}

/** What the flags ask for; `undefined`: no TLS. Throws a {@linkcode UsageError}. */
export function tlsWish(invocation: Invocation, address: Address): TlsWish | undefined {
  const [caFile, fingerprint] = [invocation.get("tls-ca"), invocation.get("tls-fingerprint")];
  const given = caFile !== undefined || fingerprint !== undefined;
  if (!invocation.has("tls") && !given && !address.tls && !wishFromEnv()) return undefined;
  const pinned = fingerprint?.split(",").map(pinnedBy);
  const dir = configDir();
  return {
    ...(caFile === undefined ? {} : { ca: readCa(caFile) }),
    ...(pinned === undefined ? {} : { pinned }),
    ...(given ? {} : { roots: systemRoots() }),
    path: dir === undefined ? undefined : knownServersPath(dir),
    accepted: new Map(),
  };
}

function pinnedBy(text: string): string {
  const fingerprint = parseFingerprint(text);
  if (fingerprint !== undefined) return fingerprint;
  throw new UsageError(
    `--tls-fingerprint is SHA256: and 64 hexadecimal digits, as the server prints it, not ` +
      JSON.stringify(text),
  );
}

function wishFromEnv(): boolean {
  const text = readEnv("CHATROOM_TLS");
  if (text === undefined || text === "0") return false;
  if (text === "1") return true;
  throw new UsageError(`$CHATROOM_TLS is 1 or 0, not ${JSON.stringify(text)}`);
}

function readCa(path: string): string {
  let text: string;
  try {
    text = readPem(path, { most: MAX_BYTES, pipes: true });
  } catch (error) {
    throw new UsageError(`--tls-ca: ${path} can't be read: ${reasonOf(error)}`);
  }
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new UsageError(`--tls-ca: ${path} holds no certificate in PEM`);
}

/** The files of Debian and Arch, Fedora, older Red Hat, openSUSE, and of macOS, Alpine and BSD. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * The certificates (PEM) in the first of the files that has any; `undefined` if there is none, as on
 * Windows. Deno by itself trusts Mozilla's authorities, and can be told of others only before it
 * starts.
 */
export function systemRoots(bundles: readonly string[] = BUNDLES): string | undefined {
  for (const path of bundles) {
    try {
      const text = readPem(path, { most: MAX_BYTES });
      if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
    } catch {
      // It does not exist, or we may not read it.
    }
  }
  return undefined;
}
