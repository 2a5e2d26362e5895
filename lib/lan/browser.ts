/**
 * Asks the networks for servers, and keeps what is told of them: claims of anybody, of which so many are
 * kept (RFC 6762, 5.2; RFC 6763, 4 to 7).
 */

import {
  DNS_TYPE,
  type DnsMessage,
  type DnsName,
  type DnsQuestion,
  type DnsRecord,
} from "./dns_message.ts";
import {
  dnsKey,
  ptrRecord,
  ptrTarget,
  recordAddress,
  type ServicePlace,
  servicePlaceIn,
  textsIn,
} from "./dns_records.ts";
import { SERVICE } from "./lan_names.ts";
import { isOnNet, type LanNet } from "./lan_nets.ts";
import {
  EMPTY_MESSAGE,
  type LanPeer,
  type LanSend,
  type LanWorld,
  MDNS_PORT,
} from "./lan_world.ts";

/** The most servers that are kept, those of them that one host tells of, and what is kept of each host. */
const [MOST_SERVERS, MOST_OF_ONE_HOST, MOST_HOSTS, MOST_ADDRESSES] = [64, 16, 128, 8];
/** When it is asked, in ms after the first time: messages get lost. Each of these is further apart. */
const ASK_AGAIN_MS = [1_000, 3_000, 7_000];
/** What is missing of a server is asked for after so many ms, so many times, in so many questions. */
const [MISSING_MS, MISSING_TIMES, MOST_MISSING] = [100, 3, 16];

/** A server as somebody on the network says that it is. */
export interface FoundServer {
  /** What it is called, by itself: nothing of it can be believed. */
  readonly name: string;
  readonly port: number;
  /** At least one address on a network that this machine is on. */
  readonly addresses: readonly string[];
  /** The `key=value` of its TXT record. */
  readonly texts: ReadonlyMap<string, string>;
}

/** What is known of one name on one network. */
interface Told {
  readonly net: string;
  readonly name: DnsName;
  readonly teller: string;
  place: ServicePlace | undefined;
  texts: ReadonlyMap<string, string> | undefined;
}

/** A network that can be asked. */
interface AskedNet {
  readonly net: LanNet;
  readonly send: LanSend;
  missingTimes: number;
  isAsking: boolean;
}

/** Looks for servers from when a network is there. */
export class LanBrowser {
  readonly #world: LanWorld;
  readonly #nets = new Map<string, AskedNet>();
  readonly #told = new Map<string, Told>();
  /** The addresses of hosts, by network and name. */
  readonly #hosts = new Map<string, readonly string[]>();
  #isFull = false;

  constructor(world: LanWorld) {
    this.#world = world;
  }

  /** Whether there were more than are kept. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Asks a network, now and a few times more. */
  up(net: LanNet, send: LanSend): void {
    const asked = { net, send, missingTimes: 0, isAsking: false };
    const isNew = !this.#nets.has(net.id);
    this.#nets.set(net.id, asked);
    if (!isNew) return;
    const { after, chance } = this.#world;
    // Many machines may have been switched on at once.
    const first = 20 + chance() * 100;
    for (const ms of [0, ...ASK_AGAIN_MS]) after(first + ms, () => this.#ask(net.id));
  }

  /** What was told on a network that this machine has left is worth nothing. */
  down({ id }: LanNet): void {
    this.#nets.delete(id);
    for (const [key, { net }] of this.#told) if (net === id) this.#told.delete(key);
  }

  receive(net: LanNet, message: DnsMessage, from: LanPeer): void {
    const asked = this.#nets.get(net.id);
    if (asked === undefined || !message.isResponse || from.port !== MDNS_PORT) return;
    const records = [...message.answers, ...message.additionals];
    for (const record of records) this.#takeName(net, record, from);
    for (const record of records) this.#takePlace(net, record);
    this.#takeAddresses(net, records);
    if (this.#missing(net.id).length > 0) this.#askForMissing(asked);
  }

  /** The servers of which all is known, each once, by their names. */
  get found(): FoundServer[] {
    const servers = new Map<string, FoundServer>();
    for (const { net, name, place, texts } of this.#told.values()) {
      const addresses = place && this.#hosts.get(hostKey(net, place.target));
      if (place === undefined || texts === undefined || !addresses?.length) continue;
      const [label = ""] = name;
      // One that is on two networks of this machine is one.
      const key = JSON.stringify([dnsKey(name), dnsKey(place.target), place.port, [...texts]]);
      const earlier = servers.get(key)?.addresses ?? [];
      const all = [...new Set([...earlier, ...addresses])];
      servers.set(key, { name: label, port: place.port, addresses: all, texts });
    }
    return [...servers.values()].sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  }

  #ask(net: string): void {
    const answers = [...this.#told.values()].filter((told) => told.net === net)
      .map(({ name }) => ptrRecord(SERVICE, name));
    const questions = [{ name: SERVICE, type: DNS_TYPE.PTR, wantsUnicast: false }];
    this.#nets.get(net)?.send({ ...EMPTY_MESSAGE, questions, answers });
  }

  #takeName(net: LanNet, record: DnsRecord, from: LanPeer): void {
    if (record.type !== DNS_TYPE.PTR || dnsKey(record.name) !== dnsKey(SERVICE)) return;
    const name = ptrTarget(record);
    if (name === undefined || dnsKey(name.slice(1)) !== dnsKey(SERVICE)) return;
    const key = hostKey(net.id, name);
    if (record.ttl === 0) return void this.#told.delete(key);
    if (this.#told.has(key)) return;
    const ofOne = [...this.#told.values()].filter(({ teller }) => teller === from.address).length;
    if (ofOne >= MOST_OF_ONE_HOST || this.#told.size >= MOST_SERVERS) this.#isFull = true;
    else {
      const told = { net: net.id, name, teller: from.address, place: undefined, texts: undefined };
      this.#told.set(key, told);
    }
  }

  #takePlace(net: LanNet, record: DnsRecord): void {
    const told = this.#told.get(hostKey(net.id, record.name));
    if (told === undefined || record.ttl === 0) return;
    if (record.type === DNS_TYPE.SRV) told.place = servicePlaceIn(record) ?? told.place;
    if (record.type === DNS_TYPE.TXT) told.texts = textsIn(record);
  }

  /** Only addresses of the network itself: where else a server is, nobody here can vouch for. */
  #takeAddresses(net: LanNet, records: readonly DnsRecord[]): void {
    const wanted = new Set(this.#targets(net.id).map(({ target }) => hostKey(net.id, target)));
    const fresh = new Map<string, string[]>();
    for (const record of records) {
      const address = recordAddress(record);
      const key = hostKey(net.id, record.name);
      if (address === undefined || !wanted.has(key)) continue;
      const all = fresh.get(key) ?? (record.isUnique ? [] : [...this.#hosts.get(key) ?? []]);
      fresh.set(key, all);
      const isTaken = record.ttl > 0 && isOnNet(net, address) && !all.includes(address);
      if (isTaken && all.length < MOST_ADDRESSES) all.push(address);
    }
    for (const [key, addresses] of fresh) {
      if (this.#hosts.has(key) || this.#hosts.size < MOST_HOSTS) this.#hosts.set(key, addresses);
    }
  }

  #targets(net: string): ServicePlace[] {
    return [...this.#told.values()].flatMap((told) => told.net === net ? told.place ?? [] : []);
  }

  /** What has not been told of servers that are known by name. */
  #missing(net: string): DnsQuestion[] {
    const wantsUnicast = false;
    const names = [...this.#told.values()].filter((told) => told.net === net);
    const own = names.flatMap(({ name, place, texts }) => [
      ...place === undefined ? [{ name, type: DNS_TYPE.SRV, wantsUnicast }] : [],
      ...texts === undefined ? [{ name, type: DNS_TYPE.TXT, wantsUnicast }] : [],
    ]);
    const hosts = this.#targets(net).filter(({ target }) => !this.#hosts.has(hostKey(net, target)));
    const ofHosts = hosts.map(({ target }) => ({ name: target, type: DNS_TYPE.A, wantsUnicast }));
    return [...own, ...ofHosts].slice(0, MOST_MISSING);
  }

  #askForMissing(asked: AskedNet): void {
    if (asked.isAsking || asked.missingTimes >= MISSING_TIMES) return;
    asked.isAsking = true;
    asked.missingTimes++;
    this.#world.after(MISSING_MS, () => {
      asked.isAsking = false;
      const questions = this.#missing(asked.net.id);
      if (questions.length > 0) asked.send({ ...EMPTY_MESSAGE, questions });
    });
  }
}

function hostKey(net: string, name: DnsName): string {
  return `${net} ${dnsKey(name)}`;
}
