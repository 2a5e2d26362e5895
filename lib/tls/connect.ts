/** The client's side of TLS: the handshake, and the certificate that the server shows in it. */

import { connect, type ConnectionOptions } from "node:tls";
import { Feed, SecureStream } from "./stream.ts";
import { type Fingerprint, fingerprintOf } from "./fingerprint.ts";

/** A connection after the handshake, and the server's certificate. Nothing has been sent yet. */
export interface Shown {
  readonly stream: SecureStream;
  readonly fingerprint: Fingerprint;
  /** What is wrong with the certificate; `undefined`: nothing. */
  readonly flaw: Flaw | undefined;
  /** The certificate's dates and names, for a person to read. The server may lie in them. */
  readonly validFrom: string;
  readonly validTo: string;
  readonly names: string;
}

/** `unknown-issuer`: no issuer that is trusted here has signed the certificate. */
export type Flaw = "unknown-issuer" | "expired" | "not-yet-valid" | "wrong-host" | OtherFlaw;

/** A rare flaw, with a text of its own. */
export interface OtherFlaw {
  readonly text: string;
}

/** Options of {@linkcode shakeHands}. */
export interface HandshakeOptions {
  /** The server's name or address, as the person gave it. */
  readonly hostname: string;
  /** Certificates (PEM) of the issuers to trust instead of the usual ones. */
  readonly ca?: string;
  readonly signal: AbortSignal;
}

/** Thrown when the handshake fails. The message is a clause that says why. */
export class HandshakeError extends Error {
  override readonly name = "HandshakeError";
  /** Whether another try would fail in the same way. */
  readonly lasting: boolean;

  constructor(message: string, lasting: boolean) {
    super(message);
    this.lasting = lasting;
  }
}

const FLAWS: Readonly<Record<string, Flaw>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "unknown-issuer",
  SELF_SIGNED_CERT_IN_CHAIN: "unknown-issuer",
  UNABLE_TO_GET_ISSUER_CERT: "unknown-issuer",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "unknown-issuer",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "unknown-issuer",
  CERT_UNTRUSTED: "unknown-issuer",
  CERT_HAS_EXPIRED: "expired",
  CERT_NOT_YET_VALID: "not-yet-valid",
  ERR_TLS_CERT_ALTNAME_INVALID: "wrong-host",
};

/**
 * Shakes hands over `conn` with TLS 1.2 or later, and sends no data. It owns `conn` from now on. It
 * accepts any certificate: the caller must judge it before it writes.
 */
export async function shakeHands(conn: Deno.Conn, options: HandshakeOptions): Promise<Shown> {
  const { hostname, ca, signal } = options;
  const isName = !/:|^[\d.]+$/.test(hostname);
  if (signal.aborted) {
    conn.close();
    throw signal.reason;
  }
  const feed = new Feed(conn);
  const socket = connect({
    socket: feed.duplex,
    host: hostname,
    ...(isName ? { servername: hostname } : {}),
    ...(ca === undefined ? {} : { ca }),
    minVersion: "TLSv1.2",
    rejectUnauthorized: false,
  } as ConnectionOptions);
  const stream = new SecureStream(socket, feed);
  const done = Promise.withResolvers<void>();
  const abort = (): void => done.reject(signal.reason);
  signal.addEventListener("abort", abort);
  socket.once("secureConnect", () => done.resolve());
  socket.once("error", done.reject);
  socket.once("close", () => done.reject(new Error("the server closed the connection")));
  try {
    await done.promise;
  } catch (error) {
    stream.close();
    throw signal.aborted ? signal.reason : explained(error as NodeError);
  } finally {
    signal.removeEventListener("abort", abort);
  }
  stream.begin();
  const { fingerprint256, valid_from, valid_to, subjectaltname } = socket.getPeerCertificate();
  if (fingerprint256 === undefined) {
    stream.close();
    throw new HandshakeError("the server has shown no certificate", true);
  }
  return {
    stream,
    fingerprint: fingerprintOf(fingerprint256),
    flaw: wrongTime(valid_from, valid_to) ??
      (socket.authorized ? namesNobody(subjectaltname) : flawOf(socket.authorizationError)),
    validFrom: valid_from,
    validTo: valid_to,
    names: subjectaltname ?? "",
  };
}

interface NodeError extends Error {
  readonly code?: string;
}

function explained({ code = "", message }: NodeError): HandshakeError {
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST/.test(code)) {
    return new HandshakeError("the server does not speak TLS there", true);
  }
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|HANDSHAKE_FAILURE/.test(code)) {
    return new HandshakeError("the server has no TLS 1.2 or later", true);
  }
  if (code === "ECONNRESET") {
    return new HandshakeError("the server closed the connection during the TLS handshake", false);
  }
  return new HandshakeError(message, false);
}

/** Checks the dates itself: Node reports only the first flaw of a certificate, which may be another. */
function wrongTime(from: string, to: string): Flaw | undefined {
  const now = Date.now();
  if (Date.parse(to) < now) return "expired";
  return Date.parse(from) > now ? "not-yet-valid" : undefined;
}

/** Node still accepts the common name of the subject as a host name; browsers stopped years ago. */
function namesNobody(names: string | undefined): Flaw | undefined {
  return names === undefined || names === "" ? "wrong-host" : undefined;
}

/** `error` is the code of an error or, for some errors of Node, the error itself. */
function flawOf(error: unknown): Flaw {
  const code = typeof error === "string" ? error : (error as NodeError | null)?.code ?? "";
  return FLAWS[code] ?? { text: code === "" ? String(error) : code };
}
