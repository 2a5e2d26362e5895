/** The flags of `serve` for TLS. */

import { isPlainFile, READ_ONCE } from "./plain_file.ts";
import type { Logger } from "../server/log.ts";
import type { Socket } from "../server/tcp_transport.ts";
import type { Secure } from "../web/listener.ts";
import type { Identity, KeyPairFiles, Reloader } from "../tls/identity.ts";
import { type Invocation, UsageError } from "./flags.ts";
import { type ServeFlag, serveFlag } from "./serve_flag.ts";

/** A warning is logged if the certificate expires within this time, in ms. */
const SOON_MS = 14 * 86_400_000;

export const TLS_FLAGS: readonly ServeFlag[] = [
  serveFlag(
    "now",
    "--tls",
    "speak TLS with a certificate that the server makes and keeps in the data directory",
  ),
  serveFlag(
    "now",
    "--tls-cert FILE",
    "speak TLS with this certificate (PEM, followed by those of its issuers)",
    { env: "CHATROOM_TLS_CERT" },
  ),
  serveFlag(
    "now",
    "--tls-key FILE",
    "the certificate's key (PEM); both are read again when they change, or on SIGHUP",
    { env: "CHATROOM_TLS_KEY" },
  ),
];

/** Where the certificate comes from. */
export type TlsPlan = "own" | KeyPairFiles;

/** The plan that the flags ask for; `undefined`: no TLS. Throws a {@linkcode UsageError}. */
export function tlsPlan(invocation: Invocation): TlsPlan | undefined {
  const [cert, key] = [invocation.get("tls-cert"), invocation.get("tls-key")];
  if (cert !== undefined && key !== undefined) return { cert, key };
  if (cert !== undefined || key !== undefined) {
    throw new UsageError("--tls-cert and --tls-key go together, or --tls alone");
  }
  return invocation.has("tls") ? "own" : undefined;
}

/** TLS with a certificate, until it is disposed of. */
export interface Tls extends Disposable {
  /** Wraps a connection of the server in TLS. */
  readonly secure: (conn: Deno.TcpConn) => Socket;
  /** Wraps a connection of the web door in TLS. */
  readonly secureWeb: Secure;
  readonly identity: Identity;
  /**
   * Looks at another certificate, or at the files of this one again. Rejects with a `CertificateError`, and has
   * changed nothing then. What it resolves with uses it from the next handshake on, and can't fail.
   */
  prepare(plan: TlsPlan): Promise<() => void>;
}

/** Options of {@linkcode openTls}. */
export interface TlsPlace {
  /** The directory of a certificate of our own; `undefined`: it is not kept. */
  readonly dir: string | undefined;
  /** The address that the server listens on. */
  readonly hostname: string;
  readonly log: Logger;
}

/** Loads or makes the certificate. Rejects with a `CertificateError`. */
export async function openTls(plan: TlsPlan, place: TlsPlace): Promise<Tls> {
  const { log } = place;
  // A server without TLS does not load this.
  const { Identity, readKeyPair } = await import("../tls/identity.ts");
  const { GuardedConn } = await import("../tls/guarded.ts");
  const identity = new Identity(
    plan === "own" ? await ownKeyPair(place) : readKeyPair(plan, READ_ONCE),
  );
  warnOfEnd(identity, log);
  const reloader = await keepUpToDate(identity, plan === "own" ? undefined : plan, log);
  let current = plan;
  return {
    secure: (conn) =>
      new GuardedConn(conn, {
        context: identity.context,
        onFailed: ({ message: error }) => {
          const fields = { address: conn.remoteAddr.hostname, error };
          log({ level: "info", kind: "tls-failed", text: "A TLS handshake failed", fields });
        },
      }),
    // WebSockets need HTTP/1.1.
    secureWeb: (conn) => new GuardedConn(conn, { context: identity.context, alpn: ["http/1.1"] }),
    identity,
    async prepare(next): Promise<() => void> {
      const isSame = JSON.stringify(next) === JSON.stringify(current);
      if (isSame && (next === "own" || !canBeReadAgain(next))) return () => {};
      const use = next === "own"
        ? reloader.prepareOwn(await ownKeyPair(place))
        : await reloader.prepare(next);
      return () => {
        current = next;
        use();
      };
    },
    [Symbol.dispose]: () => reloader[Symbol.dispose](),
  };
}

async function ownKeyPair({ dir, hostname }: TlsPlace): Promise<{ cert: string; key: string }> {
  const { keptKeyPair, makeKeyPair } = await import("../tls/self_signed.ts");
  const names = ownNames(hostname);
  return dir === undefined ? await makeKeyPair(names) : await keptKeyPair(dir, names);
}

/** The names and addresses of this machine. */
function ownNames(hostname: string): string[] {
  const names = ["localhost", "127.0.0.1", "::1"];
  if (hostname !== "0.0.0.0" && hostname !== "::") names.push(hostname);
  try {
    names.push(Deno.hostname());
    names.push(...Deno.networkInterfaces().map(({ address }) => address));
  } catch {
    // We lack the permission. Clients compare the fingerprint and not the names, so go on.
  }
  return names.filter((name) => /^[\w.:-]+$/.test(name));
}

/** Reads the files again when they change. */
async function keepUpToDate(
  identity: Identity,
  files: KeyPairFiles | undefined,
  log: Logger,
): Promise<Reloader> {
  const { Reloader } = await import("../tls/identity.ts");
  return await Reloader.start({
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
}

/** Whether both can be read again, and not only once. */
export function canBeReadAgain({ cert, key }: KeyPairFiles): boolean {
  return isPlainFile(cert) && isPlainFile(key);
}

function warnOfEnd({ validTo }: Identity, log: Logger): void {
  if (validTo.getTime() - Date.now() > SOON_MS) return;
  const fields = { until: validTo.toISOString() };
  log({ level: "warning", kind: "tls-ends", text: "The certificate ends soon", fields });
}
