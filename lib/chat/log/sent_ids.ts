/** The ids under which sessions have sent messages, in memory, so that each message is stored once. */

import type { Message } from "../../wire/events.ts";
import { nameKey } from "../../words/names.js";
import { fingerprint, idReused } from "../messages/fingerprint.ts";
import { isChatLog } from "../messages/log_key.ts";
import type { Hash } from "../sessions/session.ts";
import type { DirectFact, SayFact } from "./fact.ts";
import type { Again, Receipt } from "./receipt.ts";

/** What is kept of a message for the case that it is sent again; its text may be large. */
interface Sent {
  readonly receipt: Again;
  readonly fingerprint: number;
  readonly action: boolean;
  /** The hash of the file that it brought. */
  readonly sha256: string | undefined;
  /** Where it was sent: a room's log, or whom a direct message was for. */
  readonly to: string;
}

/**
 * What one session sent under ids, in two generations: when the younger one is full it takes the
 * place of the older. To forget them one by one takes longer than to remember them.
 */
interface SentBySession {
  young: Map<string, Sent>;
  old: Map<string, Sent>;
}

/** The ids of all sessions. */
export class SentIds {
  readonly #most: number;
  readonly #sessions = new Map<Hash, SentBySession>();

  /** At least the latest `most` ids of each session are remembered. */
  constructor(most: number) {
    this.#most = most;
  }

  /** What became of a message that was sent before under its id; `undefined`: it was not. */
  find(fact: SayFact | DirectFact): Receipt | undefined {
    const { session, id } = fact;
    if (session === undefined || id === undefined) return undefined;
    const sent = this.#sessions.get(session);
    const earlier = sent?.young.get(id) ?? sent?.old.get(id);
    return earlier === undefined ? undefined : repeat(fact, earlier);
  }

  /** Notes what was stored under an id. */
  note(session: Hash, id: string, fact: SayFact | DirectFact, { room, seq, at }: Message): void {
    let sent = this.#sessions.get(session);
    if (sent === undefined) {
      this.#sessions.set(session, sent = { young: new Map(), old: new Map() });
    }
    if (sent.young.size >= this.#most) {
      sent.old = sent.young;
      sent.young = new Map();
    }
    sent.young.set(id, {
      receipt: isChatLog(fact.log) ? { room, seq, at, log: fact.log } : { room, seq, at },
      fingerprint: fingerprint(fact.text),
      action: fact.action === true,
      sha256: fact.file?.sha256,
      to: addresseeOf(fact),
    });
  }

  /** Forgets the ids of a session. */
  forget(session: Hash): void {
    this.#sessions.delete(session);
  }
}

/**
 * Whether it is said where an earlier one was. A direct message is to a name, whoever goes by it when it is
 * sent again, or in a conversation, whatever the other is called then.
 */
function isToSame(fact: SayFact | DirectFact, { to, receipt }: Sent): boolean {
  return to === addresseeOf(fact) || isChatLog(fact.log) && fact.log === receipt.log;
}

function addresseeOf({ kind, log, title }: SayFact | DirectFact): string {
  return kind === "say" ? log : `direct ${nameKey(title)}`;
}

/** The receipt of what was sent under an id that was used before: the same, if it is the same message. */
function repeat(fact: SayFact | DirectFact, sent: Sent): Receipt {
  const isSame = isToSame(fact, sent) && sent.action === (fact.action === true) &&
    sent.sha256 === fact.file?.sha256 && sent.fingerprint === fingerprint(fact.text);
  return isSame ? { again: sent.receipt } : { refused: idReused(fact.id) };
}
