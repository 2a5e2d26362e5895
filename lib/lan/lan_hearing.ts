/**
 * Speaks and listens on each network that this machine is on, also on those that come later, with sockets
 * that are handed in. What is no message, or of another network, goes no further.
 */

import { decodeDns, DnsMessageError, encodeDns } from "./dns_message.ts";
import type { DnsMessage } from "./dns_message.ts";
import { LanGuard } from "./lan_guard.ts";
import { type InterfaceRow, isOnNet, type LanNet, lanNets, sameNet } from "./lan_nets.ts";
import type { LanPeer, LanSend, LanWorld } from "./lan_world.ts";

/** How often this machine's networks are looked at, in ms. */
const LOOK_MS = 5_000;
/** For how long a network that floods is not listened to, in ms. */
const REST_MS = 10_000;

/** A socket on one network. */
export interface LanSocket {
  /** Sends to one host, or else to all. */
  send(bytes: Uint8Array<ArrayBuffer>, to?: LanPeer): void;
  /** Sends what is waiting, and closes. */
  close(): Promise<void>;
}

/** Opens a socket. `heard` is called with each message, `failed` once when it can't be used any more. */
export type OpenLanSocket = (
  net: LanNet,
  heard: (bytes: Uint8Array, from: LanPeer) => void,
  failed: (error: Error) => void,
) => LanSocket;

/** What a {@linkcode LanHearing} is made with. */
export interface HearingOptions extends LanWorld {
  readonly open: OpenLanSocket;
  /** The addresses of this machine. */
  readonly rows: () => readonly InterfaceRow[];
  /** A network is there, was gone and is there again, or its addresses have changed. */
  readonly onUp: (net: LanNet, send: LanSend) => void;
  readonly onDown: (net: LanNet) => void;
  readonly onMessage: (net: LanNet, message: DnsMessage, from: LanPeer) => void;
  /** Something can't be done on a network; it is tried again later. */
  readonly onUnheard: (net: LanNet, problem: string) => void;
}

/** A network, and what is open there. */
interface OpenNet {
  net: LanNet;
  /** `undefined`: nothing is, until it is tried again. */
  socket: LanSocket | undefined;
  readonly guard: LanGuard;
  againAt: number;
}

/** Speaks and listens until it is closed. */
export class LanHearing {
  readonly #options: HearingOptions;
  readonly #nets = new Map<string, OpenNet>();
  readonly #closing = new Set<Promise<void>>();
  #callOff: (() => void) | undefined;

  constructor(options: HearingOptions) {
    this.#options = options;
    this.#look();
  }

  /** The networks on which it can speak now. */
  get nets(): LanNet[] {
    return [...this.#nets.values()].filter(({ socket }) => socket !== undefined)
      .map(({ net }) => net);
  }

  /** Closes all, after what was sent. */
  async close(): Promise<void> {
    this.#callOff?.();
    for (const opened of this.#nets.values()) this.#closeSocket(opened);
    this.#nets.clear();
    await Promise.all(this.#closing);
  }

  #look(): void {
    const { rows, after, now, onDown, onUp } = this.#options;
    const there = new Map(lanNets(rows()).map((net) => [net.id, net]));
    for (const [id, opened] of this.#nets) {
      const net = there.get(id);
      const isGone = net === undefined || net.address !== opened.net.address;
      if (isGone) {
        this.#nets.delete(id);
        this.#closeSocket(opened);
        onDown(opened.net);
      } else if (!sameNet(net, opened.net)) {
        opened.net = net;
        if (opened.socket !== undefined) onUp(net, this.#sender(opened));
      }
    }
    for (const [id, net] of there) {
      const opened = this.#nets.get(id) ??
        { net, socket: undefined, guard: new LanGuard(now), againAt: -Infinity };
      this.#nets.set(id, opened);
      if (opened.socket === undefined && now() >= opened.againAt) this.#open(opened);
    }
    this.#callOff = after(LOOK_MS, () => this.#look());
  }

  #open(opened: OpenNet): void {
    const { net } = opened;
    let socket: LanSocket | undefined;
    const failed = (error: Error): void => {
      if (opened.socket === socket) this.#rest(opened, error.message);
    };
    try {
      socket = this.#options.open(net, (bytes, from) => this.#heard(opened, bytes, from), failed);
      opened.socket = socket;
      this.#options.onUp(net, this.#sender(opened));
    } catch (error) {
      this.#rest(opened, (error as Error).message);
    }
  }

  #rest(opened: OpenNet, problem: string): void {
    const wasOpen = opened.socket !== undefined;
    this.#closeSocket(opened);
    opened.againAt = this.#options.now() + REST_MS;
    if (wasOpen) this.#options.onDown(opened.net);
    this.#options.onUnheard(opened.net, problem);
  }

  #closeSocket(opened: OpenNet): void {
    const { socket } = opened;
    if (socket === undefined) return;
    opened.socket = undefined;
    const closing = socket.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #sender(opened: OpenNet): LanSend {
    return (message, to) => opened.socket?.send(encodeDns(message), to);
  }

  #heard(opened: OpenNet, bytes: Uint8Array, from: LanPeer): void {
    const { socket, net, guard } = opened;
    // What arrives on one network is handed to the sockets of all.
    if (socket === undefined || !isOnNet(net, from.address)) return;
    const word = guard.judge(from.address);
    if (word === "rest") this.#rest(opened, "too much is sent there");
    if (word !== "look") return;
    let message: DnsMessage;
    try {
      message = decodeDns(bytes);
    } catch (error) {
      if (!(error instanceof DnsMessageError)) throw error;
      return;
    }
    this.#options.onMessage(net, message, from);
  }
}
