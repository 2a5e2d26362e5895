/**
 * A room as it is on record: what it is called, what it is about and who is in it. It delivers
 * nothing and has no clock; who is told of what happens in it is in audience.ts.
 */

import { type RoomLog, roomLog } from "../messages/log_key.ts";
import type { Hash, Session } from "../sessions/session.ts";

/** A room. */
export interface RoomState {
  readonly key: string;
  readonly name: string;
  /** Where what is said in it is kept. */
  readonly log: RoomLog;
  /** Whose share of rooms it counts in: an account's, or an address's. */
  readonly opener: string | undefined;
  /** The session that has opened it. */
  readonly founder: Hash | undefined;
  readonly topic: string;
  /** Who is in it, in the order in which they came. */
  readonly members: ReadonlySet<Session>;
  /** How many members others are told of. */
  readonly announced: number;
}

/** A room as the registry has it, and nobody else: it can be changed. */
export class OpenRoom implements RoomState {
  readonly key: string;
  readonly name: string;
  readonly log: RoomLog;
  readonly opener: string | undefined;
  readonly founder: Hash | undefined;
  topic: string;
  readonly #members = new Set<Session>();
  /** How many of those are visitors, whom nobody is told of. */
  #visitors = 0;

  constructor(key: string, name: string, topic: string, opener?: string, founder?: Hash) {
    this.key = key;
    this.name = name;
    this.log = roomLog(key);
    this.topic = topic;
    this.opener = opener;
    this.founder = founder;
  }

  get members(): ReadonlySet<Session> {
    return this.#members;
  }

  get announced(): number {
    return this.#members.size - this.#visitors;
  }

  /** Takes `session` in; false if it was in it already. */
  add(session: Session): boolean {
    if (this.#members.has(session)) return false;
    this.#members.add(session);
    if (session.isVisitor) this.#visitors++;
    return true;
  }

  /** Takes `session` out; false if it was not in it. */
  delete(session: Session): boolean {
    if (!this.#members.delete(session)) return false;
    if (session.isVisitor) this.#visitors--;
    return true;
  }
}

/** Who opened a room, for what is stored of it first. */
export function openedBy({ opener }: RoomState): { opener?: string } {
  return opener === undefined ? {} : { opener };
}
