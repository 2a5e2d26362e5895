/** Wraps a connection in TLS if the flags, or a person, trust the server. */

import {
  addKnownServer,
  findKnownServer,
  type KnownServer,
  KnownServersError,
} from "../client/known_servers.ts";
import { RefusedError } from "../client/refusal.ts";
import { judge } from "../client/trust.ts";
import type { ByteStream } from "../client/wire.ts";
import { HandshakeError, shakeHands } from "../tls/connect.ts";
import { parseFingerprint } from "../tls/fingerprint.ts";
import type { TlsWish } from "./tls_peer.ts";
import { type Address, formatAddress } from "./values.ts";

/** Thrown for a server that no authority has signed for; a person may accept it. */
export class UnknownServer extends RefusedError {
  readonly fingerprint: string;

  constructor(text: string, fingerprint: string) {
    super("untrusted", text);
    this.fingerprint = fingerprint;
  }
}

/**
 * Wraps `conn` in TLS, or closes it. Sends nothing before the certificate is found to be good;
 * otherwise rejects with a `RefusedError`, such as {@linkcode UnknownServer}.
 */
export async function secured(
  conn: Deno.Conn,
  address: Address,
  wish: TlsWish,
  signal: AbortSignal,
): Promise<ByteStream> {
  const server = formatAddress(address);
  const { ca, pinned: pins, path, roots = ca } = wish;
  try {
    // Read the file before the handshake: if it can't be used, there is no need to connect.
    const known = pins === undefined && ca === undefined ? knownServer(server, wish) : undefined;
    const { hostname } = address;
    const trusted = roots === undefined ? {} : { ca: roots };
    const shown = await shakeHands(conn, { hostname, signal, ...trusted });
    const strict = ca !== undefined;
    const told = wish.found?.fingerprint;
    if (told !== undefined && shown.fingerprint !== told) {
      shown.stream.close();
      throw new RefusedError("untrusted", otherThanTold(server, shown.fingerprint, told));
    }
    const pinned = pins?.find((pin) => pin === shown.fingerprint) ?? pins?.join(" or ");
    const judgement = judge(shown, { server, pinned, known, path, strict });
    if (judgement.kind === "trusted") return shown.stream;
    shown.stream.close();
    if (judgement.kind === "refused") throw new RefusedError("untrusted", judgement.text);
    const { fingerprint } = shown;
    throw new UnknownServer(judgement.text, fingerprint);
  } catch (error) {
    if (error instanceof KnownServersError) {
      conn.close();
      throw new RefusedError("untrusted", error.message);
    }
    if (!(error instanceof HandshakeError && error.lasting)) throw error;
    throw new RefusedError("untrusted", `Can't connect to ${server} with TLS: ${error.message}`);
  }
}

function otherThanTold(server: string, fingerprint: string, told: string): string {
  return `The certificate of ${server} is not the one that the network was told of: its fingerprint is ` +
    `${fingerprint}, not ${told}. Somebody may be listening in`;
}

/** Accepts a server from now on. Returns what is wrong if it can't be remembered. */
export function accept(address: Address, fingerprint: string, wish: TlsWish): string | undefined {
  const server = formatAddress(address);
  wish.accepted.set(server, fingerprint);
  if (wish.path === undefined) {
    return "There is no place to remember the server in; it is trusted once";
  }
  try {
    addKnownServer(wish.path, server, fingerprint, wish.found?.name);
    return undefined;
  } catch (error) {
    if (!(error instanceof KnownServersError)) throw error;
    return `The server is trusted only this once: ${error.message}`;
  }
}

/** Whether a server is trusted because a person has accepted it. */
export function isKnown(address: Address, wish: TlsWish): boolean {
  try {
    return knownServer(formatAddress(address), wish) !== undefined;
  } catch {
    // A file that can't be read makes nobody known; whoever connects says what is wrong with it.
    return false;
  }
}

function knownServer(
  server: string,
  { path, accepted }: TlsWish,
): KnownServer | undefined {
  const find = (): KnownServer | undefined => {
    const kept = path === undefined ? undefined : findKnownServer(path, server);
    // Earlier versions wrote it with colons.
    return kept && { ...kept, fingerprint: parseFingerprint(kept.fingerprint) ?? kept.fingerprint };
  };
  const fingerprint = accepted.get(server);
  if (fingerprint === undefined) return find();
  try {
    return { fingerprint, line: find()?.line };
  } catch {
    return { fingerprint, line: undefined };
  }
}
