/** Connections by the sockets of Node, which Deno has too. */

import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { RefusedError } from "../refusal.ts";
import type { ChatConnection, ServerPlace, TlsTrust } from "./types.ts";

/** Connects. Rejects with an `Error` whose message says why there is no connection. */
export async function nodeTransport(
  place: ServerPlace,
  signal: AbortSignal,
): Promise<ChatConnection> {
  const { hostname: host, port, tls } = place;
  signal.throwIfAborted();
  const socket = tls === undefined
    ? connectPlain({ host, port, noDelay: true })
    : connectTls({ host, port, ...secureOptions(host, tls) });
  const stop = (): void => void socket.destroy(new Error("It was ended"));
  signal.addEventListener("abort", stop, { once: true });
  try {
    await opened(socket, tls === undefined ? "connect" : "secureConnect");
    const flaw = tls === undefined ? undefined : untrusted(socket as TLSSocket, tls);
    if (flaw !== undefined) throw new RefusedError("untrusted", flaw);
    return new NodeConnection(socket);
  } catch (error) {
    socket.destroy();
    if (isFlaw(error)) throw new RefusedError("untrusted", notTrusted(error));
    throw tls !== undefined && isNoTls(error) ? new Error(noTls(place)) : error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function secureOptions(host: string, { ca, fingerprint }: TlsTrust): ConnectionOptions {
  const isName = !/:|^[\d.]+$/.test(host);
  return {
    minVersion: "TLSv1.2",
    // Whoever names one certificate trusts that, whoever has signed it.
    rejectUnauthorized: fingerprint === undefined,
    ...isName ? { servername: host } : {},
    ...ca === undefined ? {} : { ca },
  };
}

/** The codes of Node's errors about a certificate. */
const FLAWS = /CERT|SELF_SIGNED|UNABLE_TO_/;

function isFlaw(error: unknown): error is Error {
  return error instanceof Error && FLAWS.test(String((error as Error & { code?: string }).code));
}

function notTrusted({ message }: Error): string {
  return `The certificate of the server is not trusted (${message}); say its fingerprint or its issuers in tls`;
}

/** Whether the other side has answered with something else than TLS; Node and Deno say that in many ways. */
function isNoTls(error: unknown): boolean {
  return error instanceof Error && /wrong version number|InvalidContentType/i.test(error.message);
}

function noTls({ hostname, port }: ServerPlace): string {
  const place = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  return `${place} answers, but not with TLS: leave out tls:// if it is a chatroom server without it, ` +
    "or name the port that speaks TLS";
}

/** Why the certificate that was shown is not the one that is wanted; `undefined`: it is. */
function untrusted(socket: TLSSocket, { fingerprint }: TlsTrust): string | undefined {
  if (fingerprint === undefined) return undefined;
  const shown = socket.getPeerCertificate().fingerprint256;
  const plain = (text: string): string =>
    text.replace(/^SHA256:/i, "").replaceAll(":", "").toLowerCase();
  return plain(shown) === plain(fingerprint)
    ? undefined
    : `The server shows another certificate: SHA256:${shown.replaceAll(":", "")}`;
}

function opened(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("The server closed the connection")));
  });
}

/** An error as the link knows it: that the connection is gone, whatever the system calls that. */
function cut(): Error {
  return Object.assign(new Error("The connection was cut"), { name: "ConnectionReset" });
}

/** A socket that is read as far as somebody asks for. */
class NodeConnection implements ChatConnection {
  readonly #socket: Socket;
  #rest: Uint8Array | undefined;
  #hasEnded = false;
  #hasFailed = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("readable", () => this.#wake?.());
    socket.on("end", () => this.#end(() => this.#hasEnded = true));
    socket.on("error", () => this.#end(() => this.#hasFailed = true));
    socket.on("close", () => this.#end(() => this.#hasFailed = true));
  }

  async read(space: Uint8Array): Promise<number | null> {
    for (;;) {
      const bytes = this.#rest ?? this.#socket.read() as Uint8Array | null;
      if (bytes !== null) {
        const count = Math.min(bytes.length, space.length);
        space.set(bytes.subarray(0, count));
        this.#rest = count < bytes.length ? bytes.subarray(count) : undefined;
        return count;
      }
      if (this.#hasEnded) return null;
      if (this.#hasFailed) throw cut();
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#hasFailed) return reject(cut());
      this.#socket.write(bytes, (error) => error ? reject(cut()) : resolve(bytes.length));
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve) => this.#socket.end(() => resolve()));
  }

  close(): void {
    this.#socket.destroy();
    this.#end(() => this.#hasFailed = true);
  }

  #end(note: () => void): void {
    note();
    this.#wake?.();
  }
}
