/** The networks that a machine is on, and whose messages are of such a network (RFC 6762, 11). Pure. */

import { addressBytes } from "./dns_records.ts";

/** An address of this machine, as the runtime tells it. */
export interface InterfaceRow {
  readonly name: string;
  readonly family: "IPv4" | "IPv6";
  readonly address: string;
  readonly netmask: string;
}

/** A network that this machine is on. */
export interface LanNet {
  /** The same as long as the machine is on it. */
  readonly id: string;
  /** The address by which it is reached; messages go by IPv4. */
  readonly address: string;
  /** All addresses of this machine there, the first of them IPv4. */
  readonly addresses: readonly string[];
  /** The rows of the interface, by which an address is known to be on this network. */
  readonly rows: readonly InterfaceRow[];
}

/** The most networks, and the most addresses on one: more are those of containers. */
const [MOST_NETS, MOST_ADDRESSES] = [16, 8];

/**
 * The networks by the addresses of this machine: neither itself, nor what has one other end, as a tunnel
 * does. IPv6 addresses that need a zone name nobody else's way here, and are left out.
 */
export function lanNets(rows: readonly InterfaceRow[]): LanNet[] {
  const nets = new Map<string, LanNet>();
  for (const row of rows) {
    if (row.family !== "IPv4" || /^(?:127\.|0\.)/.test(row.address) || isPoint(row)) continue;
    const id = `${row.name} ${prefixOf(row)}`;
    const known = nets.get(id);
    if (known === undefined && nets.size === MOST_NETS) continue;
    const own = [...known?.rows ?? [], row];
    nets.set(id, { id, address: known?.address ?? row.address, addresses: [], rows: own });
  }
  return [...nets.values()].map((net) => {
    const [first] = net.rows;
    const others = rows.filter(({ name, family, address }) =>
      name === first?.name && family === "IPv6" && !/^(?:fe80:|::1$)/i.test(address)
    );
    const all = [...net.rows, ...others];
    const addresses = all.map(({ address }) => address).slice(0, MOST_ADDRESSES);
    return { ...net, addresses, rows: all };
  });
}

function isPoint({ netmask }: InterfaceRow): boolean {
  return netmask === "255.255.255.255";
}

/** The bytes of the address that all on its network have alike. */
function prefixOf({ address, netmask }: InterfaceRow): string {
  const mask = addressBytes(netmask);
  return addressBytes(address).map((byte, n) => byte & (mask[n] ?? 0)).toHex();
}

/** Whether an address belongs to a network, so that nothing has to carry a message further. */
export function isOnNet({ rows }: LanNet, address: string): boolean {
  if (!/^[\da-f:.]+$/i.test(address)) return false;
  const family = address.includes(":") ? "IPv6" : "IPv4";
  return rows.some((row) =>
    row.family === family && prefixOf({ ...row, address }) === prefixOf(row)
  );
}

/** Whether all of a network is as it was. */
export function sameNet(net: LanNet, other: LanNet): boolean {
  return JSON.stringify(net) === JSON.stringify(other);
}
