/** A socket on one network, and the world as it is. The only file here that knows the machine. */

import { createSocket } from "node:dgram";
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
  net: LanNet,
  heard: (bytes: Uint8Array, from: LanPeer) => void,
  failed: (error: Error) => void,
): LanSocket {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  let isClosed = false;
  const { promise: bound, resolve } = Promise.withResolvers<boolean>();
  const fail = (error: Error): void => {
    resolve(false);
    if (!isClosed) failed(error);
  };
  socket.on("error", fail);
  socket.on("message", (bytes, { address, port }) => {
    // A copy of plain bytes: what is cut out of a buffer of Node's would be a part of it still.
    if (!isClosed) heard(new Uint8Array(bytes), { address, port });
  });
  socket.bind({ port: MDNS_PORT, address: LISTEN_AT }, () => {
    try {
      socket.setMulticastInterface(net.address);
      socket.addMembership(GROUP, net.address);
      socket.setMulticastTTL(HOPS);
      // Servers and clients of one machine find each other, too.
      socket.setMulticastLoopback(true);
      resolve(true);
    } catch (error) {
      fail(error as Error);
    }
  });
  let sending: Promise<unknown> = bound;
  return {
    send: (bytes, { address, port } = { address: GROUP, port: MDNS_PORT }) => {
      if (isClosed) return;
      const sent = async (): Promise<void> => {
        if (!await bound) return;
        // What can't be sent now is sent again, or asked for again.
        await new Promise<void>((resolve) => socket.send(bytes, port, address, () => resolve()));
      };
      sending = Promise.all([sending, sent()]);
    },
    close: async () => {
      isClosed = true;
      await sending;
      try {
        await new Promise<void>((resolve) => socket.close(() => resolve()));
      } catch {
        // It has closed itself when it failed.
      }
    },
  };
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
