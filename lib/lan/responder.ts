/**
 * Tells one network of a server (RFC 6762): claims its names, tells its records, answers those who ask, and
 * takes leave. Whatever others send, it sends each record once a second at most, and little to any one host.
 */

import { additionalsTo, answersTo, type TellableRecords } from "./answering.ts";
import {
  DNS_TYPE,
  type DnsMessage,
  type DnsName,
  type DnsQuestion,
  type DnsRecord,
} from "./dns_message.ts";
import { compareClaims, dnsKey, legacyRecord, recordKey, recordSetKey } from "./dns_records.ts";
import { LanBudget } from "./lan_guard.ts";
import { lanDenials } from "./lan_names.ts";
import {
  EMPTY_MESSAGE,
  type LanPeer,
  type LanSend,
  type LanWorld,
  MDNS_PORT,
} from "./lan_world.ts";

/** How often a name is asked for before it is ours, and how far apart, in ms. */
const [PROBES, PROBE_MS] = [3, 250];
/** How long one of two who claim a name at the same time waits, in ms. */
const GIVE_WAY_MS = 1_000;
/** After so many conflicts within this time, in ms, the next claim waits for this long, in ms. */
const [MOST_CONFLICTS, CONFLICTS_MS, CALM_MS] = [15, 10_000, 5_000];
/** Between two tellings of one record, in ms: ordinarily, and where somebody else claims its name. */
const [APART_MS, DEFENCE_MS] = [1_000, 250];
/** An answer that others may give as well waits for so long, in ms, and for a part of so much more. */
const [SHARED_MS, SHARED_MORE_MS] = [20, 100];
/** For how long more of what is known is waited for, in ms. */
const [TRUNCATED_MS, TRUNCATED_MORE_MS] = [400, 100];
/** Those of whom more is waited for, and what each may know, at most. */
const [MOST_HELD, MOST_KNOWN] = [16, 512];

/** What a {@linkcode LanResponder} is made with. */
export interface ResponderOptions extends LanWorld {
  readonly send: LanSend;
  /** Somebody else has one of the names that were to be claimed. */
  readonly onTaken: () => void;
  /** The names are ours, and told. */
  readonly onTold: () => void;
}

/** A question of which more is on its way. */
interface HeldQuestion {
  readonly questions: readonly DnsQuestion[];
  readonly known: DnsRecord[];
}

/** One server on one network. */
export class LanResponder {
  readonly #options: ResponderOptions;
  #all: TellableRecords = { records: [], denials: [] };
  /** What is told of the same server anywhere, by its keys: on two networks that are one, that is no conflict. */
  #own: ReadonlySet<string> = new Set();
  #state: "quiet" | "claiming" | "told" = "quiet";
  #callOff: (() => void) | undefined;
  readonly #toldAt = new Map<string, number>();
  readonly #pending = new Set<string>();
  readonly #held = new Map<string, HeldQuestion>();
  #conflicts: number[] = [];
  readonly #unicasts: LanBudget;

  constructor(options: ResponderOptions) {
    this.#options = options;
    this.#unicasts = new LanBudget(options.now);
  }

  /** Claims the names of these records, and then tells them. `own`: see {@linkcode recordKey}. */
  claim(records: readonly DnsRecord[], own: ReadonlySet<string>): void {
    if (this.#state === "told") this.#takeLeave(this.#all.records);
    this.#all = { records, denials: lanDenials(records) };
    this.#own = own;
    this.#toldAt.clear();
    this.#pending.clear();
    this.#held.clear();
    const { now, chance } = this.#options;
    this.#conflicts = this.#conflicts.filter((at) => now() - at < CONFLICTS_MS);
    const isHeated = this.#conflicts.length >= MOST_CONFLICTS;
    this.#claimIn(isHeated ? CALM_MS : chance() * PROBE_MS);
  }

  /** Tells other records of the same names. */
  change(records: readonly DnsRecord[], own: ReadonlySet<string>): void {
    const before = this.#all.records;
    this.#all = { records, denials: lanDenials(records) };
    this.#own = own;
    if (this.#state !== "told") return;
    const sets = new Set(records.map(recordSetKey));
    this.#takeLeave(before.filter((record) => !sets.has(recordSetKey(record))));
    const [known, wanted] = [before, records].map((all) => new Set(all.map(recordKey)));
    const isInBoth = (record: DnsRecord): boolean =>
      [known, wanted].every((keys) => keys?.has(recordKey(record)));
    // What is left of a set that has lost one is told anew, which ends the rest.
    const changed = new Set(
      [...before, ...records].filter((each) => !isInBoth(each)).map(recordSetKey),
    );
    const due = records.filter((record) => changed.has(recordSetKey(record)));
    if (due.length > 0) this.#announce(due);
  }

  /** Says that all of it is no longer there. */
  stop(): void {
    this.#callOff?.();
    if (this.#state === "told") this.#takeLeave(this.#all.records);
    this.#state = "quiet";
  }

  /** Takes a message of somebody on this network. */
  receive(message: DnsMessage, from: LanPeer): void {
    if (this.#state === "quiet") return;
    if (message.isResponse) {
      // Whoever answers does so from this port; another program can't take it for that alone.
      if (from.port === MDNS_PORT) this.#hear(message);
    } else if (this.#state === "claiming") this.#settle(message);
    else this.#asked(message, from);
  }

  #claimIn(ms: number): void {
    this.#callOff?.();
    this.#state = "claiming";
    this.#callOff = this.#options.after(ms, () => this.#probe(1));
  }

  #probe(nth: number): void {
    const claimed = this.#all.records.filter(({ isUnique }) => isUnique);
    const names = new Map(claimed.map(({ name }) => [dnsKey(name), name]));
    // Not for us alone: on this port an answer for one may come to another program of this machine.
    const ask = (name: DnsName): DnsQuestion => ({ name, type: DNS_TYPE.ANY, wantsUnicast: false });
    this.#options.send({
      ...EMPTY_MESSAGE,
      questions: [...names.values()].map(ask),
      authorities: claimed.map((record) => ({ ...record, isUnique: false })),
    });
    this.#callOff = this.#options.after(PROBE_MS, () => {
      if (nth < PROBES) return this.#probe(nth + 1);
      this.#state = "told";
      this.#options.onTold();
      this.#announce(this.#all.records);
    });
  }

  #announce(records: readonly DnsRecord[]): void {
    this.#tell(records, [], 0);
    this.#callOff?.();
    // Once more, since messages get lost; a moment after it may be, since timers are not exact.
    const again = (): void => this.#tell(records, [], APART_MS);
    this.#callOff = this.#options.after(APART_MS + SHARED_MS, again);
  }

  #takeLeave(records: readonly DnsRecord[]): void {
    if (records.length === 0) return;
    const answers = records.map((record) => ({ ...record, ttl: 0 }));
    this.#options.send({ ...EMPTY_MESSAGE, isResponse: true, answers });
  }

  /** Tells everybody what nobody has been told for `apartMs`. */
  #tell(answers: readonly DnsRecord[], additionals: readonly DnsRecord[], apartMs: number): void {
    const now = this.#options.now();
    const isDue = (record: DnsRecord): boolean =>
      now - (this.#toldAt.get(recordKey(record)) ?? -Infinity) >= apartMs;
    const due = answers.filter(isDue);
    if (due.length === 0) return;
    const added = additionals.filter(isDue);
    for (const record of [...due, ...added]) this.#toldAt.set(recordKey(record), now);
    this.#options.send({ ...EMPTY_MESSAGE, isResponse: true, answers: due, additionals: added });
  }

  /** What somebody else tells: is it about names of ours? */
  #hear({ answers, authorities, additionals }: DnsMessage): void {
    const names = new Set(
      this.#all.records.flatMap(({ name, isUnique }) => isUnique ? dnsKey(name) : []),
    );
    for (const record of [...answers, ...authorities, ...additionals]) {
      const key = recordKey(record);
      const ours = this.#all.records.find((each) => recordKey(each) === key);
      if (ours !== undefined && this.#state === "told") this.#hearOwn(ours, key, record.ttl);
      const isOthers = record.ttl > 0 && record.type !== DNS_TYPE.NSEC && !this.#own.has(key) &&
        names.has(dnsKey(record.name));
      if (!isOthers) continue;
      if (this.#state === "claiming") return this.#taken();
      const set = recordSetKey(record);
      if (this.#all.records.some((each) => recordSetKey(each) === set)) return this.#claimAgain();
    }
  }

  /** Somebody tells what we tell: then we need not, or they say that it ends, and it does not. */
  #hearOwn(ours: DnsRecord, key: string, ttl: number): void {
    if (ttl * 2 < ours.ttl) return this.#answerIn(SHARED_MS, [ours], APART_MS);
    if (!ours.isUnique && ttl >= ours.ttl) this.#pending.delete(key);
  }

  #taken(): void {
    this.#conflicts.push(this.#options.now());
    this.#callOff?.();
    this.#state = "quiet";
    this.#options.onTaken();
  }

  /** Somebody tells otherwise of what is ours: whoever has it still when it is claimed anew keeps it. */
  #claimAgain(): void {
    const { now, chance } = this.#options;
    this.#conflicts = [...this.#conflicts.slice(1 - MOST_CONFLICTS), now()];
    const [first = 0] = this.#conflicts;
    const isHeated = this.#conflicts.length >= MOST_CONFLICTS && now() - first < CONFLICTS_MS;
    this.#claimIn(isHeated ? CALM_MS : chance() * PROBE_MS);
  }

  /** Somebody may claim at the same time what we claim. */
  #settle({ questions, authorities }: DnsMessage): void {
    const claimed = this.#all.records.filter(({ isUnique }) => isUnique);
    for (const name of new Set(questions.map(({ name }) => dnsKey(name)))) {
      const [ours, theirs] = [claimed, authorities].map((records) =>
        records.filter((record) => dnsKey(record.name) === name)
      );
      if (!ours?.length || !theirs?.length) continue;
      if (theirs.every((record) => this.#own.has(recordKey(record)))) continue;
      if (compareClaims(ours, theirs) < 0) return this.#claimIn(GIVE_WAY_MS);
    }
  }

  #asked(message: DnsMessage, from: LanPeer): void {
    const { questions, answers: known, authorities } = message;
    const id = `${from.address} ${from.port}`;
    const held = this.#held.get(id);
    if (held !== undefined) held.known.push(...known.slice(0, MOST_KNOWN - held.known.length));
    if (from.port !== MDNS_PORT) return this.#answerLegacy(message, from);
    if (message.isTruncated && questions.length > 0 && held === undefined) {
      if (this.#held.size < MOST_HELD) this.#hold(id, { questions, known: [...known] }, from);
    } else if (questions.length > 0) this.#answer(questions, known, from, authorities.length > 0);
  }

  #hold(id: string, held: HeldQuestion, from: LanPeer): void {
    this.#held.set(id, held);
    const { after, chance } = this.#options;
    after(TRUNCATED_MS + chance() * TRUNCATED_MORE_MS, () => {
      // Not where the names have changed meanwhile, and all was forgotten.
      if (this.#held.get(id) !== held || this.#state !== "told") return;
      this.#held.delete(id);
      this.#answer(held.questions, held.known, from, false);
    });
  }

  #answer(
    questions: readonly DnsQuestion[],
    known: readonly DnsRecord[],
    from: LanPeer,
    isClaim: boolean,
  ): void {
    const alone = questions.filter(({ wantsUnicast }) => wantsUnicast);
    const wanted = answersTo(alone, known, this.#all);
    const now = this.#options.now();
    // Who asks for itself is answered alone only if the others have heard of it lately.
    const isFresh = ({ ttl }: DnsRecord, toldAt = -Infinity): boolean => now - toldAt < ttl * 250;
    const single = isClaim
      ? []
      : wanted.filter((record) => isFresh(record, this.#toldAt.get(recordKey(record))));
    if (single.length > 0 && this.#unicasts.spend()) {
      const additionals = additionalsTo(single, this.#all);
      const answers = single;
      this.#options.send({ ...EMPTY_MESSAGE, isResponse: true, answers, additionals }, from);
    }
    const all = answersTo(questions.filter((each) => !alone.includes(each)), known, this.#all);
    const others = [...new Set([...all, ...wanted.filter((each) => !single.includes(each))])];
    if (isClaim) return this.#tell(others, [], DEFENCE_MS);
    const isShared = others.some(({ isUnique }) => !isUnique);
    const ms = isShared ? SHARED_MS + this.#options.chance() * SHARED_MORE_MS : 0;
    this.#answerIn(ms, others, APART_MS);
  }

  #answerIn(ms: number, answers: readonly DnsRecord[], apartMs: number): void {
    const fresh = answers.filter((record) => !this.#pending.has(recordKey(record)));
    if (fresh.length === 0) return;
    for (const record of fresh) this.#pending.add(recordKey(record));
    this.#options.after(ms, () => {
      const left = fresh.filter((record) => this.#pending.delete(recordKey(record)));
      if (this.#state === "told") this.#tell(left, additionalsTo(left, this.#all), apartMs);
    });
  }

  /** Whoever asks from a port of its own, as `dig` does, knows nothing of mDNS, and gets an answer of the DNS. */
  #answerLegacy({ id, questions }: DnsMessage, to: LanPeer): void {
    const found = answersTo(questions, [], this.#all);
    if (found.length === 0 || !this.#unicasts.spend()) return;
    const answers = found.map(legacyRecord);
    const additionals = additionalsTo(found, this.#all).map(legacyRecord);
    this.#options.send(
      { ...EMPTY_MESSAGE, id, isResponse: true, questions, answers, additionals },
      to,
    );
  }
}
