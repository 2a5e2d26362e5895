/**
 * Reads logs for the server's thread: from memory where all that is asked for is there, and else by the
 * thread that reads.
 */

import type { Index } from "../chat/log/fact_log.ts";
import { type EntryRange, type HistoryEntry, isMessage, seqOf } from "../chat/messages/entries.ts";
import {
  type AskedBy,
  MOST_COUNTED,
  type Page,
  type PageRange,
  type Reactor,
  unreadAmong,
} from "../chat/messages/history.ts";
import type { LogKey, ReadLog, RoomLog } from "../chat/messages/log_key.ts";
import { partOf, type RecentLogs } from "../chat/messages/recent.ts";
import type { KeptLogs } from "./kept_logs.ts";
import { isDamaged, withStubs } from "./refusals.ts";
import type { Reading } from "./threads.ts";

/** What a {@linkcode LogReading} reads from. */
export interface ReadFrom {
  readonly kept: KeptLogs;
  readonly recent: RecentLogs;
  readonly reading: Reading;
  /** Settles when all that was stored by now has been told; `undefined`: it has. */
  readonly settled: () => Promise<void> | undefined;
}

/** Answers questions about what is in the logs; see {@linkcode Index}. */
export class LogReading {
  readonly #kept: KeptLogs;
  readonly #recent: RecentLogs;
  readonly #reading: Reading;
  readonly #settled: ReadFrom["settled"];

  constructor({ kept, recent, reading, settled }: ReadFrom) {
    this.#kept = kept;
    this.#recent = recent;
    this.#reading = reading;
    this.#settled = settled;
  }

  page(log: LogKey, asked: PageRange): Page | Promise<Page> {
    const state = this.#kept.get(log);
    if (state === undefined || state.last === 0) {
      return { entries: [], more: false, upTo: this.#kept.last(log) };
    }
    const range = this.hiding(asked);
    if (range.files) return this.#readPage(log, range);
    return this.#recent.page(log, range, state) ?? this.#readPage(log, range);
  }

  entries(log: LogKey, range: EntryRange): ReturnType<Index["entries"]> {
    const state = this.#kept.get(log);
    if (state === undefined || state.last === 0) return [];
    return this.#recent.entries(log, range, state) ?? this.#readEntries(log, range);
  }

  async pins(log: RoomLog, asking: AskedBy): Promise<Page> {
    return await this.#told(log, await this.#reading.ask("pins", log, this.hiding(asking)));
  }

  reactions(log: ReadLog, re: number): ReturnType<Index["reactions"]> {
    return this.#reading.ask("reactions", log, re);
  }

  unread(after: ReadonlyMap<ReadLog, number>, account?: string): ReturnType<Index["unread"]> {
    const counts = new Map<ReadLog, number>();
    const asked = new Map<ReadLog, readonly [after: number, last: number]>();
    for (const [log, seq] of after) {
      const count = this.#unreadAfter(log, seq, account);
      // Keeps its place, too.
      counts.set(log, Math.min(MOST_COUNTED, count ?? 0));
      if (count === undefined) asked.set(log, [seq, this.#kept.last(log)]);
    }
    if (asked.size === 0) return counts;
    return this.#reading.ask("unread", asked, account).then((read) =>
      new Map([...counts, ...read])
    );
  }

  #unreadAfter(log: ReadLog, seq: number, account?: string): number | undefined {
    const all = this.#countAfter(log, seq);
    const state = this.#kept.get(log);
    // Of so many it does not matter whose they are.
    if (all === undefined || all >= MOST_COUNTED || state === undefined) return all;
    const own = this.#recent.ownAfter(log, seq, state, account);
    return own === undefined ? undefined : unreadAmong(all, own);
  }

  /** How many messages come after a number; `undefined` if that is not known in memory. */
  #countAfter(log: ReadLog, seq: number): number | undefined {
    const state = this.#kept.get(log);
    if (state === undefined) return 0;
    const { first, last, about } = state;
    if (about === 0) return Math.max(0, last - Math.max(seq, first - 1));
    return this.#recent.messagesAfter(log, seq, state);
  }

  beforeLast(log: LogKey, limit: number): number | Promise<number> {
    const state = this.#kept.get(log);
    if (state === undefined) return this.#kept.last(log);
    const { first, last, about } = state;
    if (about === 0) return Math.min(last, Math.max(first - 1, last - limit));
    return this.#recent.beforeLast(log, limit, state) ??
      this.#reading.ask("beforeLast", log, { first, last, limit });
  }

  /** What is asked, with the address of whoever asks as it is stored. */
  hiding<Asked extends AskedBy>(asked: Asked): Asked {
    const { asker } = asked;
    return asker === undefined ? asked : { ...asked, asker: this.#kept.hidden(asker) as Reactor };
  }

  async #readPage(log: LogKey, range: PageRange): Promise<Page> {
    try {
      return await this.#told(log, await this.#reading.ask("page", log, range));
    } catch (error) {
      const state = this.#kept.get(log);
      if (!isDamaged(error) || state === undefined || range.files) throw error;
      const { from, to, more } = partOf(range, state);
      const found = await this.#salvage(log, from, to - 1, range.session);
      return { entries: found.filter(isMessage), more, upTo: state.last };
    }
  }

  /**
   * A page that was read, once all that is in it has been told: otherwise nobody could say whether what
   * is told next is in it already. Messages that are not told for some other reason are left out.
   */
  async #told(log: LogKey, { entries, more, upTo = 0 }: Page): Promise<Page> {
    if (this.#kept.last(log) < upTo) await this.#settled();
    const last = this.#kept.get(log)?.last ?? 0;
    return { entries: entries.filter(({ message }) => message.seq <= last), more, upTo };
  }

  /** Leaves out entries that are committed but were not told yet: they will be. */
  async #readEntries(log: LogKey, range: EntryRange): Promise<readonly HistoryEntry[]> {
    try {
      const entries = await this.#reading.ask("entries", log, range);
      const last = this.#kept.get(log)?.last ?? 0;
      return entries.filter((entry) => seqOf(entry) <= last);
    } catch (error) {
      const state = this.#kept.get(log);
      if (!isDamaged(error) || state === undefined) throw error;
      const { from, to } = partOf(range, state);
      return await this.#salvage(log, from, to - 1, range.session);
    }
  }

  /** Reads a damaged part of a log, with stubs for what can't be read. */
  async #salvage(
    log: LogKey,
    from: number,
    to: number,
    session: string | undefined,
  ): Promise<HistoryEntry[]> {
    const reads = this.#reading.ask("salvage", log, from, to, session);
    const found = await reads.catch((error) => {
      if (isDamaged(error)) return [];
      throw error;
    });
    return withStubs(log, from, to, found);
  }
}
