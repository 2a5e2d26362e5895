/**
 * The connections of the web door: how many may be there that are no WebSockets, in all and from
 * one address, and which of them gives way to a new one.
 */

import type { Socket } from "node:net";
import { addressKey } from "../server/admission.ts";

/** What connections are held with. */
export interface ConnectionRules {
  /** Connections that are no WebSockets, at once. */
  readonly most: number;
  /** The same from one address; see {@linkcode addressKey}. */
  readonly mostPerAddress: number;
  /** Whether an address is that of a proxy, whose connections are those of its clients. */
  readonly isProxy: (address: string) => boolean;
}

/** A connection that is no WebSocket; the key of who uses it, as far as that is known. */
interface Plain {
  readonly socket: Socket;
  key: string | undefined;
}

/** Every connection that is open. */
export class Connections implements Disposable {
  readonly #rules: ConnectionRules;
  /** WebSockets included. */
  readonly #sockets = new Set<Socket>();
  /**
   * By the addresses and ports of both ends: over TLS what is upgraded is another object than what was
   * accepted. The one that has asked for nothing for the longest time is in front.
   */
  readonly #plain = new Map<string, Plain>();
  readonly #counts = new Map<string, number>();
  #isClosed = false;

  constructor(rules: ConnectionRules) {
    this.#rules = rules;
  }

  /** Connections that are open. */
  get size(): number {
    return this.#sockets.size;
  }

  /**
   * Counts a new connection until it ends or becomes a WebSocket. It is closed when its address has
   * too many; when all together are too many, the one that has been silent for longest is.
   */
  enter(socket: Socket): void {
    const address = socket.remoteAddress ?? "";
    const key = this.#rules.isProxy(address) ? undefined : addressKey(address);
    if (this.#isClosed || this.#isFull(key)) {
      socket.destroy();
      return;
    }
    if (this.#plain.size >= this.#rules.most) this.#closeOne();
    const peer = peerOf(socket);
    // The same ends again: the earlier connection was reset, and its end has not been told yet.
    const earlier = this.#plain.get(peer);
    if (earlier !== undefined) this.#leave(peer, earlier);
    const plain: Plain = { socket, key };
    this.#plain.set(peer, plain);
    this.#count(key, 1);
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      if (this.#plain.get(peer) === plain) this.#leave(peer, plain);
    });
  }

  /**
   * A request of a client at `address` has come on a connection, which is counted as that client's
   * from here on. False when it has too many.
   */
  asks(socket: Socket, address: string): boolean {
    const peer = peerOf(socket);
    const plain = this.#plain.get(peer);
    if (plain === undefined) return true;
    this.#plain.delete(peer);
    this.#plain.set(peer, plain);
    const key = addressKey(address);
    if (key === plain.key) return true;
    if (this.#isFull(key)) return false;
    this.#count(plain.key, -1);
    this.#count(key, 1);
    plain.key = key;
    return true;
  }

  /** A connection is a WebSocket from here on, which is counted elsewhere. */
  upgraded(socket: Socket): void {
    const peer = peerOf(socket);
    const plain = this.#plain.get(peer);
    if (plain !== undefined) this.#leave(peer, plain);
  }

  /** Lets go of every connection, and takes no more. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #isFull(key: string | undefined): boolean {
    return key !== undefined && (this.#counts.get(key) ?? 0) >= this.#rules.mostPerAddress;
  }

  #closeOne(): void {
    const [first] = this.#plain;
    if (first === undefined) return;
    const [peer, plain] = first;
    this.#leave(peer, plain);
    plain.socket.destroy();
  }

  #leave(peer: string, { key }: Plain): void {
    this.#plain.delete(peer);
    this.#count(key, -1);
  }

  #count(key: string | undefined, by: 1 | -1): void {
    if (key === undefined) return;
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}

/** What tells a connection from all others that are open: both of its ends. */
function peerOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
