// @ts-check
/** What happens in rooms besides what is said: who comes and goes and is away, and what a room is. Pure. */

import { sameName } from "../../words/names.js";
import { changeMember, placeKey, topicNews } from "./place.js";

/** @import { Event, EventOf } from "../../wire/events.ts" */
/** @import { OwnAccount } from "./account.js" */
/** @import { PlaceList } from "./places.js" */

export class RoomNews {
  #places;
  #account;

  /** @param {PlaceList} places @param {OwnAccount} account who we are */
  constructor(places, account) {
    this.#places = places;
    this.#account = account;
  }

  /**
   * Takes note of an event; false for one that it does not know, or that people are to be told of.
   * @param {Event} event
   * @returns {boolean}
   */
  take(event) {
    switch (event.type) {
      case "joined":
        changeMember(this.#places.room(event.room), event.name, "joined");
        return true;
      case "left":
        if (this.#isMe(event.name)) this.#leave(event.room, event.reason === undefined);
        else changeMember(this.#places.room(event.room), event.name, "left", event.reason);
        return true;
      case "renamed":
        this.rename(event.from, event.to, event.id !== undefined);
        return true;
      case "members":
        this.setMembers(event);
        return true;
      case "topic":
        this.#takeTopic(event);
        return true;
      case "away":
        this.#takeAway(event);
        // The list of people shows the others.
        return event.id === undefined;
      case "room":
        return this.#takeRoom(event);
      case "invite":
        return this.#takeInvite(event);
      case "uninvite":
        return this.#takeUninvite(event);
    }
    return false;
  }

  /** @param {Omit<EventOf<"members">, "type">} event */
  setMembers({ room, members, total, visitors = [], people = [] }) {
    const place = this.#places.room(room);
    if (place !== undefined) Object.assign(place, { members, total, visitors, people });
  }

  /** @param {string} from @param {string} to @param {boolean} asked */
  rename(from, to, asked) {
    const mine = asked || this.#isMe(from);
    if (mine) this.#account.name = to;
    this.#places.rename(from, to, mine);
  }

  /** @param {EventOf<"topic">} event */
  #takeTopic({ id, room, text, from, at }) {
    const place = this.#places.room(room);
    if (place === undefined) return;
    const isNews = from !== undefined && (id === undefined || text !== place.topic);
    Object.assign(place, { topic: text, topicBy: from, topicAt: at });
    if (isNews) place.timeline.note(topicNews(from, text));
  }

  /** @param {EventOf<"away">} event */
  #takeAway({ name, text }) {
    if (this.#isMe(name)) this.#account.away.text = text ?? "";
    for (const place of this.#places.rooms) {
      place.people = place.people.map((person) => {
        if (!sameName(person.name, name)) return person;
        const { away: _, ...others } = person;
        return text === undefined ? others : { ...others, away: text };
      });
    }
  }

  /** @param {EventOf<"room">} event */
  #takeRoom({ id, room, title = "", hosts, removed }) {
    const place = this.#places.room(room);
    const hosted = hosts.some((host) => this.#isMe(host));
    if (place !== undefined) Object.assign(place, { title, hosted });
    if (removed === true) this.#leave(room, id !== undefined);
    return false;
  }

  /**
   * Whoever is put out of a room may be writing in it: what follows must not be said elsewhere.
   * @param {string} room @param {boolean} isAsked whether it is left because we, or another device, want to
   */
  #leave(room, isAsked) {
    this.#places.forget(placeKey("room", room), isAsked);
  }

  /** @param {EventOf<"invite">} event */
  #takeInvite({ id, room, name, by }) {
    if (id === undefined && (name === undefined || this.#isMe(name))) {
      const at = new Date().toISOString();
      this.#account.invited = [...this.#account.invited, { room, by: by ?? "", at }];
    }
    return false;
  }

  /** An invitation that we had is taken back, where nobody here has asked for that. @param {EventOf<"uninvite">} event */
  #takeUninvite({ id, room }) {
    if (id !== undefined) return false;
    this.#account.invited = this.#account.invited.filter((each) => !sameName(each.room, room));
    return true;
  }

  /** @param {string} name */
  #isMe(name) {
    return sameName(name, this.#account.name);
  }
}
