/** The ids under which sessions have sent messages, in memory, so that each message is stored once. */

import type { Message } from "../../wire/events.ts";
import { nameKey } from "../../words/names.js";
import { plainChoice } from "../../words/question.js";
import { fingerprint, idReused } from "../messages/fingerprint.ts";
import { isChatLog } from "../messages/log_key.ts";
import type { ChoiceQuestion } from "../messages/question.ts";
import type { Hash } from "../sessions/session.ts";
import type { DirectFact, SayFact } from "./fact.ts";
import type { LifeFact } from "./life_facts.ts";
import type { Again, Receipt } from "./receipt.ts";

/** What is sent under an id. */
type SentFact = SayFact | DirectFact | LifeFact;

/** What is kept of a message for the case that it is sent again; its text may be large. */
interface Sent {
  readonly receipt: Again;
  /** None: it was removed, and whatever is sent under its id counts as the same. */
  readonly fingerprint: number | undefined;
  /** What it is: `say`, `action`, `notice`, what it answers, or what is done about which message. */
  readonly form: string;
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
  find(fact: SentFact): Receipt | undefined {
    const { session, id } = fact;
    if (session === undefined || id === undefined) return undefined;
    const sent = this.#sessions.get(session);
    const earlier = sent?.young.get(id) ?? sent?.old.get(id);
    return earlier === undefined ? undefined : repeat(fact, earlier);
  }

  /** Notes what was stored under an id. */
  note(
    session: Hash,
    id: string,
    fact: SentFact,
    { room, seq, at }: Pick<Message, "room" | "seq" | "at">,
  ): void {
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
      fingerprint: fingerprint(textOf(fact)),
      form: formOf(fact),
      sha256: "file" in fact ? fact.file?.sha256 : undefined,
      to: addresseeOf(fact),
    });
  }

  /** What was sent under an id was removed: nothing is left of its text, and its receipt stays. */
  empty(session: Hash, id: string): void {
    const sent = this.#sessions.get(session);
    for (const generation of [sent?.young, sent?.old]) {
      const known = generation?.get(id);
      if (known === undefined) continue;
      generation?.set(id, { ...known, fingerprint: undefined, sha256: undefined });
    }
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
function isToSame(fact: SentFact, { to, receipt }: Sent): boolean {
  return to === addresseeOf(fact) || isChatLog(fact.log) && fact.log === receipt.log;
}

function addresseeOf({ kind, log, title }: SentFact): string {
  return kind === "direct" ? `direct ${nameKey(title)}` : log;
}

function formOf(fact: SentFact): string {
  const { kind, re = 0 } = fact;
  switch (kind) {
    case "say":
    case "direct":
      return `${fact.action ? "action" : fact.notice ? "notice" : "say"} ${re}`;
    case "revise":
    case "remove":
      return `${kind} ${re}`;
    case "answer":
      return `${kind} ${re}`;
    case "react":
    case "pin":
      return `${kind} ${re} ${fact.off ? "off" : ""}`;
  }
}

function textOf(fact: SentFact): string {
  switch (fact.kind) {
    case "remove":
    case "pin":
      return "";
    case "react":
      return fact.key;
    case "answer":
      return plainChoice(fact.choice);
    case "revise":
      return fact.text;
    default:
      return fact.ask === undefined ? fact.text : `${fact.text} ${askedBy(fact.ask)}`;
  }
}

/** What a question says; whom its names mean may have changed since. */
function askedBy({ who: _, ...ask }: ChoiceQuestion): string {
  return JSON.stringify(ask);
}

/** The receipt of what was sent under an id that was used before: the same, if it is the same message. */
function repeat(fact: SentFact, sent: Sent): Receipt {
  const { fingerprint: before } = sent;
  const isSameText = before === undefined ||
    sent.sha256 === ("file" in fact ? fact.file?.sha256 : undefined) &&
      before === fingerprint(textOf(fact));
  const isSame = isToSame(fact, sent) && sent.form === formOf(fact) && isSameText;
  return isSame ? { again: sent.receipt } : { refused: idReused(fact.id) };
}
