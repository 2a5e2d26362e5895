/**
 * Limits how many connections there are, in all and from each address, and how many an address may
 * open in a minute.
 */

import { opensAt, rateOf, spend } from "../chat/limits/rate.ts";
import type { EventOf } from "../wire/events.ts";
import { bye } from "./bye.ts";
import type { Limits } from "./limits.ts";
import type { Swept } from "./timers.ts";

/** The most addresses that are remembered though they have no connection. */
const MAX_REMEMBERED = 10_000;

/** How long a client that is refused should wait before it tries again, in ms. */
const RETRY_AFTER_MS = 10_000;

/** What we know about one address. */
interface Visitor {
  open: number;
  /** When the rate of new connections owes it nothing any more, in ms. */
  due: number;
}

/** Counts connections by address. It remembers at most 10,000 addresses that have none. */
export class Admission implements Swept {
  readonly #limits: Limits;
  /** By key, in the order of their first visit. */
  readonly #visitors = new Map<string, Visitor>();
  #open = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#visitors.size;
  }

  /**
   * Counts a connection from `key` (see {@linkcode addressKey}), or returns why it is refused. Call
   * {@linkcode leave} when a connection that was admitted has ended.
   */
  enter(key: string, now: number): EventOf<"bye"> | undefined {
    const { connections, connectionsPerAddress, connectionsPerMinute } = this.#limits;
    const visitor = this.#visitors.get(key) ?? this.#remember(key);
    // A connection that is refused, for whatever reason, does not count towards the rate.
    const rate = rateOf(connectionsPerMinute / 60, connectionsPerMinute);
    const due = spend(rate, visitor.due, 1, now);
    if (opensAt(rate, due) > now) {
      const few = `${connectionsPerMinute} are let in`;
      const text = `Too many connections a minute come from your address; ${few}.`;
      return bye("address-rate", text, RETRY_AFTER_MS);
    }
    if (visitor.open >= connectionsPerAddress) {
      const text = `Your address has ${visitor.open} connections, which is the limit.`;
      return bye("address-full", text, RETRY_AFTER_MS);
    }
    if (this.#open >= connections) {
      const text = `The server has ${this.#open} connections, which is its limit.`;
      return bye("server-full", text, RETRY_AFTER_MS);
    }
    visitor.due = due;
    visitor.open++;
    this.#open++;
    return undefined;
  }

  /** A connection from `key` that was admitted has ended. */
  leave(key: string): void {
    this.#open--;
    const visitor = this.#visitors.get(key);
    if (visitor !== undefined) visitor.open--;
  }

  /** Forgets the addresses that have no connection and are below the rate. */
  sweep(now: number): void {
    for (const [key, { open, due }] of this.#visitors) {
      if (open === 0 && due <= now) this.#visitors.delete(key);
    }
  }

  #remember(key: string): Visitor {
    if (this.#visitors.size >= MAX_REMEMBERED + this.#open) this.#forgetOne();
    const visitor: Visitor = { open: 0, due: 0 };
    this.#visitors.set(key, visitor);
    return visitor;
  }

  /** Forgets the address without a connection whose first visit is longest ago. */
  #forgetOne(): void {
    for (const [key, visitor] of this.#visitors) {
      this.#visitors.delete(key);
      if (visitor.open === 0) return;
      // Move it to the end, so that the next search does not meet it first.
      this.#visitors.set(key, visitor);
    }
  }
}

/**
 * The key that connections are counted by: an IPv4 address, also where it is written as IPv6
 * (`::ffff:192.0.2.1`, `64:ff9b::192.0.2.1`), or the /64 network of an IPv6 address, which is what one subscriber gets.
 */
export function addressKey(hostname: string): string {
  if (!hostname.includes(":")) return hostname;
  const groups = expand(hostname.replace(/%.*$/, ""));
  const [first, second, ...rest] = groups;
  // Behind a NAT64 (RFC 6052) each IPv4 address is another host, though all are in one network.
  const isTranslated = first === 0x64 && second === 0xff9b &&
    rest.slice(0, 4).every((group) => group === 0) && rest.slice(4).some((group) => group !== 0);
  if (isTranslated || groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high = 0, low = 0] = groups.slice(6);
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  return `${groups.slice(0, 4).map((group) => group.toString(16)).join(":")}::/64`;
}

/** The eight groups of an IPv6 address. */
function expand(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  if (dotted !== null) {
    const [, head = "", ...bytes] = dotted;
    const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number);
    return expand(`${head}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`);
  }
  const [head = "", tail] = address.split("::");
  const parse = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
  const first = parse(head);
  if (tail === undefined) return first;
  const last = parse(tail);
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}
