// @ts-check
/**
 * Who we are, and what the server keeps for that account on all its devices: what it is told of, whom
 * it has blocked, and what it has missed. A guest has no account, and nothing of it. Pure.
 */

import { AwayAgain } from "../../words/away.js";
import { isForPerson, nameKey, sameName } from "../../words/names.js";
import { readTo } from "./place.js";

/** @import { EventOf } from "../../wire/events.ts" */
/** @import { Place } from "./place.js" */
/** @typedef {"all" | "mentions" | "none"} Notify what of a room is unread to somebody, and rings */
/** @typedef {{ readonly from: string, readonly by?: string | undefined, readonly own?: boolean | undefined }} Speaker */

export class OwnAccount {
  name = "";
  /** Empty for a guest. */
  id = "";
  /** `owner`, `operator`, `member`; empty for a guest. */
  role = "";
  /** Which of the account's devices this is. */
  device = "";
  /** Whether it was invited, and sees nothing else. */
  isConfined = false;
  hideSeen = false;
  away = new AwayAgain();
  /** How many mentions and direct messages came while no device was here. */
  missed = 0;
  /** Rooms that somebody may enter who has been invited. @type {NonNullable<EventOf<"ready">["invited"]>} */
  invited = [];
  /** @type {NonNullable<EventOf<"settings">["blocked"]>} */
  blocked = [];
  /** By the keys of rooms. @type {Map<string, string>} */
  #notify = new Map();

  /** @param {EventOf<"ready">} event */
  takeReady({ name, account = "", role = "", device = "", ...event }) {
    const { settings, invited = [], missed = 0, confined } = event;
    const isConfined = confined === true;
    Object.assign(this, { name, id: account, role, device, isConfined, invited, missed });
    this.takeSettings(settings ?? { notify: {}, hideSeen: false, blocked: [] });
  }

  /** @param {Omit<EventOf<"settings">, "type">} settings */
  takeSettings({ notify, hideSeen, blocked = [] }) {
    this.hideSeen = hideSeen;
    this.blocked = blocked;
    this.#notify = new Map(Object.entries(notify).map(([room, what]) => [nameKey(room), what]));
  }

  /** @param {string} room @returns {Notify} */
  notifyOf(room) {
    const chosen = this.#notify.get(nameKey(room));
    return chosen === "mentions" || chosen === "none" ? chosen : "all";
  }

  /** How much of what is unread somewhere the account wants to know of. @param {Place} place */
  newsIn({ kind, name, unread, mentions }) {
    const notify = kind === "room" ? this.notifyOf(name) : "all";
    return notify === "all" ? unread : notify === "mentions" ? mentions : 0;
  }

  /** How much of that is for nobody else. @param {Place} place */
  callsIn(place) {
    return Math.min(this.newsIn(place), place.kind === "direct" ? place.unread : place.mentions);
  }

  /**
   * A message is being removed: it is not unread any more. One that is not here is not ours, as those are read.
   * @param {Place} place @param {{ readonly seq: number, readonly re: number }} removal
   */
  takeBack(place, { seq, re }) {
    const { kind, timeline, unread, mentions, counted, removals = new Set() } = place;
    const said = timeline.said(re);
    // What was removed before we came back was never counted.
    const counts = said === undefined
      ? !removals.has(re)
      : said.text !== "" && !this.isOwn(said) && !this.isBlocked(said);
    place.removals = removals.add(re);
    if (!counts || unread === 0 || re <= readTo(place) || seq <= counted) return;
    place.unread--;
    const isCall = kind === "direct" || said !== undefined && isForPerson(said, this.name);
    place.mentions = Math.max(0, Math.min(mentions - Number(isCall), place.unread));
  }

  /**
   * How much is still missed: what has been read meanwhile is not missed any more, whatever comes later.
   * @param {readonly Place[]} places
   */
  missedIn(places) {
    const calls = places.reduce((sum, place) => sum + this.callsIn(place), 0);
    this.missed = Math.min(this.missed, calls);
    return this.missed;
  }

  /** Whether it is ours, from whatever device. @param {Speaker} speaker */
  isOwn = ({ from, by, own = false }) =>
    own || (by !== undefined && this.id !== "" ? by === this.id : sameName(from, this.name));

  /** @param {Speaker} speaker */
  isBlocked = ({ from, by }) =>
    this.blocked.some(({ name, account }) =>
      // What was said before accounts had ids has none; but a guest is nobody who has one.
      by === undefined ? sameName(name, from) : account === by
    );
}
