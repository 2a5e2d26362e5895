/** A socket on one network, and the world as it is. The only file here that knows the machine. */

import { createSocket, type Socket } from "node:dgram";
import type { LanSocket } from "./lan_hearing.ts";
import type { LanNet } from "./lan_nets.ts";
import { type LanPeer, type LanWorld, MDNS_PORT } from "./lan_world.ts";

const GROUP = "224.0.0.251";
/** Where to listen, so that messages to this machine alone, which others here wait for, stay theirs. */
const LISTEN_AT = Deno.build.os === "windows" ? "0.0.0.0" : GROUP;
/** No router passes it on, and whoever gets it with less knows that one did. */
const HOPS = 255;

/**
 * Opens a socket beside those of other programs on the port, such as avahi. There need not be a route to the
 * group: the network is named by the address that this machine has there.
 */
export function openLanSocket(
  { address }: LanNet,
  heard: (bytes: Uint8Array, from: LanPeer) => void,
  failed: (error: Error) => void,
): LanSocket {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  const opened = new MdnsSocket(socket, failed);
  socket.on("message", (bytes, { address, port }) => {
    // A copy of plain bytes: what is cut out of a buffer of Node's would be a part of it still.
    if (!opened.isClosed) heard(new Uint8Array(bytes), { address, port });
  });
  socket.bind({ port: MDNS_PORT, address: LISTEN_AT }, () => opened.join(address));
  return opened;
}

class MdnsSocket implements LanSocket {
  readonly #socket: Socket;
  readonly #failed: (error: Error) => void;
  /** Whether it can be used; it settles once. */
  readonly #joined = Promise.withResolvers<boolean>();
  #sending: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(socket: Socket, failed: (error: Error) => void) {
    this.#socket = socket;
    this.#failed = failed;
    socket.on("error", (error) => this.#fail(error));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Joins the group on the network of an address, when the socket is bound. */
  join(address: string): void {
    try {
      this.#socket.setMulticastInterface(address);
      this.#socket.addMembership(GROUP, address);
      this.#socket.setMulticastTTL(HOPS);
      // Servers and clients of one machine find each other, too.
      this.#socket.setMulticastLoopback(true);
      this.#joined.resolve(true);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  send(bytes: Uint8Array<ArrayBuffer>, to: LanPeer = { address: GROUP, port: MDNS_PORT }): void {
    if (!this.#isClosed) this.#sending = Promise.all([this.#sending, this.#send(bytes, to)]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // Nothing waits for it any more if it is not bound by now.
    this.#joined.resolve(false);
    await this.#sending;
    try {
      await new Promise<void>((resolve) => void this.#socket.close(() => resolve()));
    } catch {
      // It has closed itself when it failed.
    }
  }

  async #send(bytes: Uint8Array<ArrayBuffer>, { address, port }: LanPeer): Promise<void> {
    if (!await this.#joined.promise) return;
    // What can't be sent now is sent again, or asked for again.
    await new Promise<void>((resolve) => this.#socket.send(bytes, port, address, () => resolve()));
  }

  #fail(error: Error): void {
    this.#joined.resolve(false);
    if (!this.#isClosed) this.#failed(error);
  }
}

/** Time and chance as they are, until it is disposed of. */
export function realWorld(): LanWorld & Disposable {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  return {
    now: () => performance.now(),
    after: (ms, call) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        call();
      }, ms);
      timers.add(timer);
      return () => {
        timers.delete(timer);
        clearTimeout(timer);
      };
    },
    chance: () => Math.random(),
    [Symbol.dispose]: () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
