/** What a house does from time to time: it lets go of what is over. */

import type { HouseParts } from "./house_parts.ts";
import { fitting } from "./messages/fits.ts";
import { noteSessionsMs } from "./messages/history.ts";
import { keyOf, roomLog } from "./messages/log_key.ts";
import type { Change } from "./people/records.ts";
import { put } from "./put.ts";
import { putPeople } from "./put_people.ts";
import type { Hash } from "./sessions/session.ts";

/** How often the house looks for rooms that it can let go, in ms. */
const TIDY_MS = 60_000;

/** How often files are looked through that nothing refers to any more, in ms. */
const TIDY_FILES_MS = 3_600_000;

/** How many guests who came by a link are looked for at once. */
const MAX_GUESTS = 100;

/** Sessions, or rooms, that one fact is about: a message of a cluster's log has a largest size. */
const MOST_AT_ONCE = 500;

/** Lets go of sessions, rooms, bans and mutes. */
export class Housekeeping {
  readonly #house: HouseParts;
  #notedAt: number;
  #tidiedAt: number;
  #filesTidiedAt: number;
  /** When the last tick came. */
  #tickedAt: number;
  /** How many of the guests who came by a link have been looked for; the next ones come after them. */
  #guestsSeen = 0;
  /** Sessions that the log has been asked to forget. */
  readonly #forgetting = new Set<Hash>();

  constructor(house: HouseParts) {
    this.#house = house;
    this.#notedAt =
      this.#tidiedAt =
      this.#tickedAt =
      this.#filesTidiedAt =
        house.now();
    this.#tidyFiles();
  }

  /** Does what is due at `now`. */
  expire(now: number): void {
    this.#house.keeper.expire();
    this.#house.searches.expire();
    this.#house.pauses.expire(now);
    this.#house.invitations.expire(now);
    if (now - this.#filesTidiedAt > TIDY_FILES_MS) {
      this.#filesTidiedAt = now;
      this.#tidyFiles();
    }
    if (this.#house.isOnDuty()) this.#agree(now);
  }

  /** Puts what has to be agreed. Where several houses have one log, one of them does it for all. */
  #agree(now: number): void {
    if (now - this.#notedAt > noteSessionsMs(this.#house.state.rules.sessionMs)) {
      this.#noteSessions(now);
    }
    if (now - this.#tidiedAt > TIDY_MS) this.#tidy(now);
    this.#tick(now);
  }

  /** A tick has come, from here or from another machine. */
  ticked(): void {
    this.#tickedAt = this.#house.now();
  }

  /** Puts a fact that tells how much time has passed since the last one. */
  #tick(now: number): void {
    const { registry } = this.#house;
    const time = registry.time + now - this.#tickedAt;
    const done = (): void => {
      this.#forget([...registry.sessions.forgotten].filter((hash) => !this.#forgetting.has(hash)));
    };
    put(this.#house, { kind: "tick", time }, { done });
  }

  /** Notes that the sessions that are here are in use. */
  #noteSessions(now: number): void {
    this.#notedAt = now;
    const { present } = this.#house.registry.sessions;
    const hashes = [...present].filter(({ traits }) => traits.resumes).map(({ hash }) => hash);
    for (const some of parts(hashes)) {
      this.#house.log.put({ kind: "session-use", hashes: some });
    }
  }

  /**
   * Has the store forget sessions that are forgotten here. If that fails, clients can come back to them
   * again, until upkeep removes them as out of use.
   */
  #forget(hashes: readonly Hash[]): void {
    for (const some of parts(hashes)) {
      for (const hash of some) this.#forgetting.add(hash);
      const done = (): void => some.forEach((hash) => this.#forgetting.delete(hash));
      put(this.#house, { kind: "session-forget", hashes: some }, { done });
    }
  }

  /** Lets go of the rooms that are empty and of which nothing is kept, and of their operators. */
  #tidy(now: number): void {
    this.#tidiedAt = now;
    const { registry, log, index, state } = this.#house;
    const isOpen = (key: string): boolean =>
      registry.room(key) !== undefined || state.rooms.isHeld(key);
    log.removeEmpty((log) => isOpen(keyOf(log)));
    const isGone = (key: string): boolean => !isOpen(key) && !index.has(roomLog(key));
    const hosted = state.people.hostsOf(isGone).map(({ room }) => room);
    const all = [...new Set([...hosted, ...state.rooms.gone(isGone)])];
    const found = fitting(all.slice(0, MOST_AT_ONCE));
    // Somebody may open one of the rooms, say something and leave before this has its turn. What is on
    // record of such a room is stored anew: its row may be gone. If this can't be stored now, the next
    // call does it.
    this.#guestsLeft()
      .then((guests) => {
        return putPeople(this.#house, () => {
          const { back = [], gone = [] } = Object.groupBy(
            found,
            (key) => isGone(key) ? "gone" : "back",
          );
          return { kind: "tidy", gone, back, guests };
        });
      })
      .then(({ changes }) => this.#keepReopened(changes))
      .catch(() => {});
  }

  /** Has the bytes go of files that no message brings any more, and of uploads that nobody finished. */
  #tidyFiles(): void {
    const { files, index } = this.#house;
    if (files === undefined) return;
    const { store } = files;
    index.onLetGo = (sha256s) => store.letGo(sha256s);
    store.tidy((sha256s) => index.keptBlobs(sha256s)).catch(files.onFailed);
  }

  /** Stores anew what is on record of rooms that were opened again while that was being removed. */
  async #keepReopened(changes: readonly Change[]): Promise<void> {
    const keys = changes.flatMap((change) => change.type === "unroom" ? change.key : []);
    const hosted = changes.flatMap((change) => change.type === "unhost" ? change.host.room : []);
    const back = [...new Set([...keys, ...hosted])]
      .filter((key) => this.#house.registry.room(key) !== undefined);
    if (back.length === 0) return;
    await putPeople(this.#house, { kind: "tidy", gone: [], back, guests: [] });
  }

  /** The sessions of guests who came by a link, and that are known no longer. */
  async #guestsLeft(): Promise<Hash[]> {
    const { registry, index, state } = this.#house;
    const away = state.rooms.guests().filter((hash) => registry.session(hash) === undefined);
    const first = this.#guestsSeen < away.length ? this.#guestsSeen : 0;
    const looked = away.slice(first, first + MAX_GUESTS);
    const left: Hash[] = [];
    for (const hash of looked) {
      if (registry.sessions.forgotten.has(hash) || !await index.recall(hash)) left.push(hash);
    }
    // Those who are left go from the list.
    this.#guestsSeen = first + looked.length - left.length;
    return left;
  }
}

/** Sessions in as many parts as facts about them are put. */
function* parts(hashes: readonly Hash[]): Generator<readonly Hash[]> {
  for (let at = 0; at < hashes.length; at += MOST_AT_ONCE) {
    yield hashes.slice(at, at + MOST_AT_ONCE);
  }
}
