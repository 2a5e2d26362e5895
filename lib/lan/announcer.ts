/** Tells every network that a server is on of that server, everywhere by the same name. */

import type { DnsMessage, DnsRecord } from "./dns_message.ts";
import { recordKey } from "./dns_records.ts";
import { type LanNames, lanNames, lanRecords, type LanService } from "./lan_names.ts";
import type { LanNet } from "./lan_nets.ts";
import type { LanPeer, LanSend, LanWorld } from "./lan_world.ts";
import { LanResponder } from "./responder.ts";

/** What a {@linkcode LanAnnouncer} is made with. */
export interface AnnouncerOptions extends LanWorld {
  readonly service: LanService;
  /** Which of this machine's addresses on a network the server can be reached at. */
  readonly reachedAt: (addresses: readonly string[]) => readonly string[];
  /** A name of a host that is likely to be nobody else's. */
  readonly host: string;
  /** It is told on a network by this name: the first time, and when the name has changed. */
  readonly onName: (name: string) => void;
}

/** A network, and who tells it of the server. */
interface ToldNet {
  readonly responder: LanResponder;
  addresses: readonly string[];
}

/** Tells of one server. */
export class LanAnnouncer {
  readonly #options: AnnouncerOptions;
  readonly #nets = new Map<string, ToldNet>();
  #service: LanService;
  #names: LanNames;
  #nth = 1;
  #told: string | undefined;
  #isStopped = false;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#service = options.service;
    this.#names = lanNames(options.service.name, options.host, 1);
  }

  /** Begins to tell a network, or tells it other addresses. */
  up(net: LanNet, send: LanSend): void {
    if (this.#isStopped) return;
    const addresses = this.#options.reachedAt(net.addresses);
    const known = this.#nets.get(net.id);
    if (addresses.length === 0) return this.#leave(net, known);
    if (known !== undefined) {
      known.addresses = addresses;
      return this.#eachAgain();
    }
    const responder = new LanResponder({
      ...this.#options,
      send,
      onTaken: () => this.#giveWay(),
      onTold: () => this.#isTold(),
    });
    const told = { responder, addresses };
    this.#nets.set(net.id, told);
    responder.claim(this.#recordsOf(told), this.#own());
    this.#eachAgain();
  }

  /** Tells a network no longer: this machine has left it. */
  down(net: LanNet): void {
    this.#leave(net, this.#nets.get(net.id));
  }

  receive(net: LanNet, message: DnsMessage, from: LanPeer): void {
    this.#nets.get(net.id)?.responder.receive(message, from);
  }

  /** Tells something else of the server, by the same name. */
  update(service: LanService): void {
    if (JSON.stringify(service) === JSON.stringify(this.#service)) return;
    this.#service = service;
    this.#eachAgain();
  }

  /** Tells all networks that the server ends, and none anything after that. */
  stop(): void {
    this.#isStopped = true;
    for (const { responder } of this.#nets.values()) responder.stop();
    this.#nets.clear();
  }

  #leave(net: LanNet, told: ToldNet | undefined): void {
    if (told === undefined) return;
    told.responder.stop();
    this.#nets.delete(net.id);
  }

  #eachAgain(): void {
    const own = this.#own();
    for (const told of this.#nets.values()) told.responder.change(this.#recordsOf(told), own);
  }

  #recordsOf({ addresses }: ToldNet): DnsRecord[] {
    return lanRecords(this.#service, this.#names, addresses);
  }

  #own(): ReadonlySet<string> {
    return new Set(
      [...this.#nets.values()].flatMap((told) => this.#recordsOf(told).map(recordKey)),
    );
  }

  /** Somebody has the name: takes the next one, on all networks. */
  #giveWay(): void {
    this.#names = lanNames(this.#service.name, this.#options.host, ++this.#nth);
    const own = this.#own();
    for (const told of this.#nets.values()) told.responder.claim(this.#recordsOf(told), own);
  }

  #isTold(): void {
    const [name = ""] = this.#names.instance;
    if (name === this.#told) return;
    this.#told = name;
    this.#options.onName(name);
  }
}
