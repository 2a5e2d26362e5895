/**
 * Conversations of two: who is in each, what is unanswered, and how many may be begun. This folder knows
 * neither sessions' rooms nor facts: evolve.ts changes it, and the judges ask it.
 */

import { Quota, type QuotaDump } from "../limits/quota.ts";
import type { Change, ChatRecord, Party } from "./records.ts";

/** Who a person is to others: an account by its id, a guest by the hash of its first session. */
export type PersonId = Party["who"];

/** What one said last without an answer: what each message was sent under, so that none counts twice. */
interface Run {
  readonly by: PersonId;
  readonly said: Set<string>;
}

/** A conversation, as far as it is known here. */
interface Chat {
  readonly record: ChatRecord;
  /** When something was said in it last, in ms since 1970. */
  newsAt: number;
  run: Run | undefined;
  /** What each of the two has edited since the other last said something: the marks, as in a run. */
  readonly edits: Map<PersonId, Set<string>>;
}

/** What one conversation is, and what was said in it without an answer. */
interface ChatDump {
  readonly record: ChatRecord;
  readonly newsAt: number;
  readonly run?: { readonly by: PersonId; readonly said: readonly string[] };
  readonly edits?: ReadonlyArray<readonly [by: PersonId, marks: readonly string[]]>;
}

/** All that is known of conversations. */
export interface ChatsDump {
  readonly all: readonly ChatDump[];
  readonly waiting: ReadonlyArray<readonly [who: PersonId, messages: number]>;
  /** Their keys. */
  readonly unsettled: readonly string[];
  readonly begun: QuotaDump;
}

/** All conversations. */
export class Chats {
  readonly #all = new Map<string, Chat>();
  /** The keys of each person's conversations, by who the other is. */
  readonly #of = new Map<PersonId, Map<PersonId, string>>();
  /** What has come for people who were away, since they were here last. */
  readonly #waiting = new Map<PersonId, number>();
  /** Conversations that have ended, which is not kept yet. */
  readonly #unsettled = new Set<string>();
  readonly #begun: Quota;

  /** `perHour` may be begun by one address or account; `kept` are those that there were. */
  constructor(perHour: () => number, kept: readonly ChatRecord[] = []) {
    this.#begun = new Quota(perHour);
    for (const record of kept) {
      this.#set(record);
      if (!isRead(record)) this.#unsettled.add(record.key);
    }
  }

  /** All that is known. */
  get dump(): ChatsDump {
    const all = this.all.map(({ record, newsAt, run, edits }): ChatDump => ({
      ...{ record, newsAt },
      ...(run === undefined ? {} : { run: { by: run.by, said: [...run.said] } }),
      ...(edits.size === 0 ? {} : { edits: [...edits].map(([by, marks]) => [by, [...marks]]) }),
    }));
    const [waiting, unsettled] = [[...this.#waiting], [...this.#unsettled]];
    return { all, waiting, unsettled, begun: this.#begun.dump };
  }

  /** Knows what was known before, in its order, where nothing is known. */
  load({ all, waiting, unsettled, begun }: ChatsDump): void {
    for (const { record, newsAt, run, edits = [] } of all) {
      const chat = this.#set({ ...record, newsAt });
      chat.run = run && { by: run.by, said: new Set(run.said) };
      for (const [by, marks] of edits) chat.edits.set(by, new Set(marks));
    }
    for (const [who, messages] of waiting) this.#waiting.set(who, messages);
    for (const key of unsettled) this.#unsettled.add(key);
    this.#begun.load(begun);
  }

  /** Conversations that there are. */
  get size(): number {
    return this.#all.size;
  }

  /** All that is known of them, in the order in which they were begun. */
  get all(): readonly Chat[] {
    return [...this.#all.values()];
  }

  /** The conversation with that key. */
  get(key: string): ChatRecord | undefined {
    return this.#all.get(key)?.record;
  }

  /** The conversation of two people; of one with oneself, its notes. */
  between(one: PersonId, other: PersonId): ChatRecord | undefined {
    const key = this.#of.get(one)?.get(other);
    return key === undefined ? undefined : this.get(key);
  }

  /** The conversations of a person, those with the latest news first. */
  of(who: PersonId): readonly ChatRecord[] {
    const chats = [...this.#of.get(who)?.values() ?? []].flatMap((key) => this.#all.get(key) ?? []);
    return chats.sort((a, b) => b.newsAt - a.newsAt).map(({ record }) => record);
  }

  /** How many conversations a person has begun. */
  begunBy(who: PersonId): number {
    return this.of(who).filter(({ parties: [first] }) => first.who === who).length;
  }

  /** When something was said in a conversation last, in ms since 1970. */
  newsAt(key: string): number {
    return this.#all.get(key)?.newsAt ?? 0;
  }

  /** How many messages of one person in a row, and edits, the other has not answered. */
  unanswered(key: string, by: PersonId): number {
    const chat = this.#all.get(key);
    const edits = chat?.edits.get(by)?.size ?? 0;
    return edits + (chat?.run?.by === by ? chat.run.said.size : 0);
  }

  /** How many messages have come for somebody who is away, from all. */
  waiting(who: PersonId): number {
    return this.#waiting.get(who) ?? 0;
  }

  /** Throws a `Refusal` (`try-later`) where a share has begun as many as it may in an hour. */
  checkBegun(share: string | undefined, now: number): void {
    if (share === undefined) return;
    this.#begun.check(share, now, "Too many new conversations were begun from where you are");
  }

  /** Counts a conversation that was begun. */
  begun(share: string | undefined, now: number): void {
    if (share !== undefined) this.#begun.count(share, now);
  }

  /** Something was said; what is sent again has the same `mark`. It waits for one who is away. */
  said(key: string, by: PersonId, mark: string | undefined, at: number, waitsFor?: PersonId): void {
    const chat = this.#all.get(key);
    if (chat === undefined) return;
    chat.newsAt = Math.max(chat.newsAt, at);
    const { said } = runOf(chat, by);
    const before = said.size;
    said.add(mark ?? `#${before}`);
    if (waitsFor !== undefined && said.size > before) {
      this.#waiting.set(waitsFor, this.waiting(waitsFor) + 1);
    }
  }

  /** Something that was said was edited; `mark` is as above. It answers nothing. */
  edited(key: string, by: PersonId, mark: string | undefined): void {
    const edits = this.#all.get(key)?.edits;
    if (edits === undefined) return;
    const marks = edits.get(by) ?? new Set();
    edits.set(by, marks.add(mark ?? `#${marks.size}`));
  }

  /** Somebody has answered a question of the other one: what that one said before waits for no answer. */
  answered(key: string, by: PersonId): void {
    const chat = this.#all.get(key);
    if (chat !== undefined) runOf(chat, by);
  }

  /** A person is here again: nothing waits any more. */
  came(who: PersonId): void {
    this.#waiting.delete(who);
  }

  /** A person does not come back: its conversations end. It was called `name` in the end. */
  left(who: PersonId, name?: string): void {
    this.#waiting.delete(who);
    for (const key of [...this.#of.get(who)?.values() ?? []]) {
      const record = this.get(key);
      if (record === undefined) continue;
      this.#set(withGone(record, who, name));
      this.#unsettled.add(key);
    }
  }

  /** What is to be kept of conversations that have ended. */
  unsettled(most: number): Change[] {
    return [...this.#unsettled].slice(0, most).flatMap((key) => {
      const record = this.get(key);
      return record === undefined ? [] : [endOf(record)];
    });
  }

  /** Makes changes hold. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.type === "chat") {
        this.#unsettled.delete(change.chat.key);
        this.#set(change.chat);
      } else if (change.type === "unchat") this.#delete(change.key);
      else if (change.type === "remove") this.left(`account ${change.id}`);
    }
  }

  /** Forgets what is over. */
  expire(now: number): void {
    this.#begun.expire(now);
  }

  #set({ newsAt, ...record }: ChatRecord): Chat {
    const { key, at } = record;
    const known = this.#all.get(key);
    // A guest has become an account: as if the conversation had been begun now, here and where it is listed.
    if (known !== undefined && !areSame(known.record.parties, record.parties)) {
      this.#unlist(known.record);
      this.#all.delete(key);
    }
    const chat = {
      record,
      newsAt: known?.newsAt ?? newsAt ?? at,
      run: known?.run,
      edits: known?.edits ?? new Map(),
    };
    this.#all.set(key, chat);
    const [{ who: one }, { who: other }] = record.parties;
    this.#list(one, other, key);
    this.#list(other, one, key);
    return chat;
  }

  #delete(key: string): void {
    const chat = this.#all.get(key);
    this.#all.delete(key);
    this.#unsettled.delete(key);
    if (chat !== undefined) this.#unlist(chat.record);
  }

  #list(one: PersonId, other: PersonId, key: string): void {
    const keys = this.#of.get(one);
    if (keys === undefined) this.#of.set(one, new Map([[other, key]]));
    else keys.set(other, key);
  }

  #unlist({ key, parties: [{ who: one }, { who: other }] }: ChatRecord): void {
    for (const [a, b] of [[one, other], [other, one]] as const) {
      const keys = this.#of.get(a);
      if (keys?.get(b) !== key) continue;
      keys.delete(b);
      if (keys.size === 0) this.#of.delete(a);
    }
  }
}

/** The text of which the key of a conversation is the hash: both, in an order that is always the same. */
export function chatText(one: PersonId, other: PersonId): string {
  return [one, other].sort().join("\n");
}

function areSame([a, b]: ChatRecord["parties"], [c, d]: ChatRecord["parties"]): boolean {
  return a.who === c.who && b.who === d.who;
}

/** The conversation without one of the two. */
function withGone(record: ChatRecord, who: PersonId, name: string | undefined): ChatRecord {
  const [one, other] = record.parties;
  const without = (party: Party): Party =>
    party.who === who ? { who, name: name ?? party.name, gone: true } : party;
  return { ...record, parties: [without(one), without(other)] };
}

/**
 * What becomes of a conversation that one of the two has left: an account that is still there can read
 * it. What nobody can read goes.
 */
function endOf(record: ChatRecord): Change {
  return isRead(record) ? { type: "chat", chat: record } : { type: "unchat", key: record.key };
}

function isRead({ parties }: ChatRecord): boolean {
  return parties.every(({ gone }) => !gone) ||
    parties.some(({ who, gone }) => !gone && isAccount(who));
}

/** Whether it is an account, and no guest. */
export function isAccount(who: PersonId): who is `account ${string}` {
  return who.startsWith("account ");
}

/** What one says in a row now. It answers what the other has said and edited. */
function runOf(chat: Chat, by: PersonId): Run {
  if (chat.run?.by !== by) chat.run = { by, said: new Set() };
  for (const who of chat.edits.keys()) if (who !== by) chat.edits.delete(who);
  return chat.run;
}
