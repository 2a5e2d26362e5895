/** The flags of `serve` that say how TLS is spoken. */

import type { Logger } from "../server/log.ts";
import type { Socket } from "../server/socket.ts";
import type { Secure } from "../web/listener.ts";
import type { Identity, KeyPairFiles } from "../tls/identity.ts";
import { onHangUp } from "./hang_up.ts";
import { type Flag, type Invocation, UsageError } from "./flags.ts";

/** A certificate that ends so soon is worth a warning, in ms. */
const SOON_MS = 14 * 86_400_000;

/** The flags. */
export const TLS_FLAGS: readonly Flag[] = [
  {
    name: "tls",
    summary: "speak TLS with a certificate that the server makes and keeps in the data directory",
  },
  {
    name: "tls-cert",
    value: "FILE",
    env: "CHATROOM_TLS_CERT",
    summary: "speak TLS with this certificate (PEM, followed by those of its issuers)",
  },
  {
    name: "tls-key",
    value: "FILE",
    env: "CHATROOM_TLS_KEY",
    summary: "the certificate's key (PEM); both are read again when they change, or on SIGHUP",
  },
];

/** Where the certificate comes from. */
export type TlsPlan = "own" | KeyPairFiles;

/** What the flags say; `undefined` for no TLS. Throws a {@linkcode UsageError}. */
export function tlsPlan(invocation: Invocation): TlsPlan | undefined {
  const [cert, key] = [invocation.get("tls-cert"), invocation.get("tls-key")];
  if (cert !== undefined && key !== undefined) return { cert, key };
  if (cert !== undefined || key !== undefined) {
    throw new UsageError("--tls-cert and --tls-key go together, or --tls alone");
  }
  return invocation.has("tls") ? "own" : undefined;
}

/** TLS, ready to be spoken, until it is disposed of. */
export interface Tls extends Disposable {
  /** How the server makes a connection secure. */
  readonly secure: (conn: Deno.TcpConn) => Socket;
  /** How its web door does. */
  readonly secureWeb: Secure;
  readonly identity: Identity;
}

/** What {@linkcode openTls} is told. */
export interface TlsPlace {
  /** Where a certificate of our own is kept; `undefined` for a run that keeps nothing. */
  readonly dir: string | undefined;
  /** The address that is listened on. */
  readonly hostname: string;
  readonly log: Logger;
}

/** Gets the certificate. Rejects with a `CertificateError`. */
export async function openTls(plan: TlsPlan, place: TlsPlace): Promise<Tls> {
  const { log } = place;
  // None of this is loaded by a server without TLS.
  const { Identity, readKeyPair } = await import("../tls/identity.ts");
  const { GuardedConn } = await import("../tls/guarded.ts");
  const identity = new Identity(plan === "own" ? await ownKeyPair(place) : await readKeyPair(plan));
  warnOfEnd(identity, log);
  const kept = plan === "own" ? undefined : await keepUpToDate(identity, plan, log);
  return {
    secure: (conn) =>
      new GuardedConn(conn, {
        context: identity.context,
        onFailed: ({ message: error }) => {
          const fields = { address: conn.remoteAddr.hostname, error };
          log({ level: "info", kind: "tls-failed", text: "A TLS handshake failed", fields });
        },
      }),
    // A WebSocket is opened by HTTP/1.1.
    secureWeb: (conn) => new GuardedConn(conn, { context: identity.context, alpn: ["http/1.1"] }),
    identity,
    [Symbol.dispose]: () => kept?.[Symbol.dispose](),
  };
}

async function ownKeyPair({ dir, hostname }: TlsPlace): Promise<{ cert: string; key: string }> {
  const { keptKeyPair, makeKeyPair } = await import("../tls/self_signed.ts");
  const names = ownNames(hostname);
  return dir === undefined ? await makeKeyPair(names) : await keptKeyPair(dir, names);
}

/** How this machine may be called. */
function ownNames(hostname: string): string[] {
  const names = ["localhost", "127.0.0.1", "::1"];
  if (hostname !== "0.0.0.0" && hostname !== "::") names.push(hostname);
  try {
    names.push(Deno.hostname());
    names.push(...Deno.networkInterfaces().map(({ address }) => address));
  } catch {
    // Without the permission. What is compared is the fingerprint, not the names.
  }
  return names.filter((name) => /^[\w.:-]+$/.test(name));
}

/** Reads the files again when they change, and on SIGHUP. */
async function keepUpToDate(
  identity: Identity,
  files: KeyPairFiles,
  log: Logger,
): Promise<Disposable> {
  const { Reloader } = await import("../tls/reloader.ts");
  const reloader = await Reloader.start({
    identity,
    files,
    onChanged: () => {
      const fields = { fingerprint: identity.fingerprint };
      log({ level: "info", kind: "tls-changed", text: "Another certificate is in use", fields });
      warnOfEnd(identity, log);
    },
    onProblem: (error) => {
      const text = "The new certificate can't be used; the old one stays in use";
      log({ level: "error", kind: "problem", text, fields: { error } });
    },
  });
  const listening = onHangUp(() => reloader.reload());
  return {
    [Symbol.dispose](): void {
      listening[Symbol.dispose]();
      reloader[Symbol.dispose]();
    },
  };
}

function warnOfEnd({ validTo }: Identity, log: Logger): void {
  if (validTo.getTime() - Date.now() > SOON_MS) return;
  const fields = { until: validTo.toISOString() };
  log({ level: "warning", kind: "tls-ends", text: "The certificate ends soon", fields });
}
