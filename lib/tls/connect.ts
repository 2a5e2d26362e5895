/** The client's side of TLS: the handshake, and what the server has shown in it. */

import { connect, type ConnectionOptions } from "node:tls";
import { Feed } from "./duplex.ts";
import { type Fingerprint, fingerprintOf } from "./fingerprint.ts";
import { SecureStream } from "./secure_stream.ts";

/** What a server has shown, before anything was said to it. */
export interface Shown {
  readonly stream: SecureStream;
  readonly fingerprint: Fingerprint;
  /** What is wrong with its certificate; `undefined` for one that is in order. */
  readonly flaw: Flaw | undefined;
  /** The certificate's dates and names, for a person. They are the server's word. */
  readonly validFrom: string;
  readonly validTo: string;
  readonly names: string;
}

/** `unknown-issuer`: nobody that is trusted here has signed it. `other` has a text. */
export type Flaw = "unknown-issuer" | "expired" | "not-yet-valid" | "wrong-host" | OtherFlaw;

/** A flaw that is rare. */
export interface OtherFlaw {
  readonly text: string;
}

/** How to shake hands. */
export interface HandshakeOptions {
  /** The server's name or address, as it was asked for. */
  readonly hostname: string;
  /** Certificates, in PEM, of those who may vouch for a server, in place of the usual ones. */
  readonly ca?: string;
  readonly signal: AbortSignal;
}

/** Thrown when there can be no handshake; its message says why, in a clause. */
export class HandshakeError extends Error {
  override readonly name = "HandshakeError";
  /** Whether trying again is of no use. */
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
 * Shakes hands over `conn`, which is this function's from now on, with TLS 1.2 or later, and says
 * nothing. Any certificate will do: the caller judges it before it writes.
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

/** What is wrong first with a certificate may be told of it alone, and is not always its dates. */
function wrongTime(from: string, to: string): Flaw | undefined {
  const now = Date.now();
  if (Date.parse(to) < now) return "expired";
  return Date.parse(from) > now ? "not-yet-valid" : undefined;
}

/** Node still takes a subject's common name for a host's, which nobody else has done for years. */
function namesNobody(names: string | undefined): Flaw | undefined {
  return names === undefined || names === "" ? "wrong-host" : undefined;
}

/** Node tells an error's code or, for some, the error. */
function flawOf(error: unknown): Flaw {
  const code = typeof error === "string" ? error : (error as NodeError | null)?.code ?? "";
  return FLAWS[code] ?? { text: code === "" ? String(error) : code };
}
