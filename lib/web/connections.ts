/**
 * The connections of the web door. Limits those that are not WebSockets, in all and from one address,
 * and decides which of them is closed for a new one.
 */

import type { Socket } from "node:net";
import { addressKey } from "../server/admission.ts";

/** Options of {@linkcode Connections}. */
export interface ConnectionRules {
  /** The most connections at once that are not WebSockets; asked each time. */
  readonly most: () => number;
  /** The same from one address; see {@linkcode addressKey}. */
  readonly mostPerAddress: () => number;
  /** Whether an address is that of a proxy, whose connections count as those of its clients. */
  readonly isProxy: (address: string) => boolean;
}

/** A connection that is not a WebSocket, and the key of its client, if that is known. */
interface Plain {
  readonly socket: Socket;
  key: string | undefined;
}

/** All open connections of the web door. */
export class Connections implements Disposable {
  readonly #rules: ConnectionRules;
  /** All sockets, including WebSockets. */
  readonly #sockets = new Set<Socket>();
  /**
   * By the addresses and ports of both ends, because over TLS the upgraded socket is not the object
   * that was accepted. The connection that has been silent for longest comes first.
   */
  readonly #plain = new Map<string, Plain>();
  readonly #counts = new Map<string, number>();
  #isClosed = false;

  constructor(rules: ConnectionRules) {
    this.#rules = rules;
  }

  /** How many connections are open. */
  get size(): number {
    return this.#sockets.size;
  }

  /**
   * Counts a new connection until it ends or becomes a WebSocket. Closes it if its address has too
   * many. If there are too many in all, closes the one that has been silent for longest.
   */
  enter(socket: Socket): void {
    const address = socket.remoteAddress ?? "";
    const key = this.#rules.isProxy(address) ? undefined : addressKey(address);
    if (this.#isClosed || this.#isFull(key)) {
      socket.destroy();
      return;
    }
    if (this.#plain.size >= this.#rules.most()) this.#closeOne();
    const peer = peerOf(socket);
    // An earlier connection with the same ends was reset, and its end is not reported yet.
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
   * A request from a client at `address` has come on a connection, which counts as that client's from
   * now on. Returns false if the client has too many.
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

  /** The client takes what it is sent: its connection is not the one that has been silent for longest. */
  reads(socket: Socket): void {
    const peer = peerOf(socket);
    const plain = this.#plain.get(peer);
    if (plain === undefined) return;
    this.#plain.delete(peer);
    this.#plain.set(peer, plain);
  }

  /** The connection has become a WebSocket, which is counted elsewhere. */
  upgraded(socket: Socket): void {
    const peer = peerOf(socket);
    const plain = this.#plain.get(peer);
    if (plain !== undefined) this.#leave(peer, plain);
  }

  /** Closes every connection, and takes no more. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #isFull(key: string | undefined): boolean {
    return key !== undefined && (this.#counts.get(key) ?? 0) >= this.#rules.mostPerAddress();
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

/** A key that no other open connection has: both of its ends. */
function peerOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
