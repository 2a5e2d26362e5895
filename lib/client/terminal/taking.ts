/** Takes the events of a conversation: notes what they change, and makes entries of what they tell. */

import type { Event, EventOf } from "../../wire/events.ts";
import type { Request } from "../../wire/requests.ts";
import { signedOutText } from "../../words/commands/names.js";
import { chosenText } from "../../words/commands/people.js";
import { nameKey } from "../../words/names.js";
import { whyLeft } from "../../words/commands/rooms.js";
import { standingTopic } from "../../words/commands/talk.js";
import type { LinkEvent } from "../conversation.ts";
import { withLocalTimes } from "../local_times.ts";
import { takeAcked } from "./acked.ts";
import { conversationWith, titleOf } from "./conversations.ts";
import { directMessage } from "./direct_message.ts";
import type { ScreenEntry } from "./entry.ts";
import type { Known } from "./known.ts";
import { isLifeNews, takeEmptied, takeLife } from "./life.ts";
import { takeChat, takeInvitation, takeListed, takeRead, takeSettings } from "./listed.ts";
import { newsOf, unreadNews } from "./news.ts";
import { takePage } from "./pages.ts";
import { takeUp } from "./take_up.ts";

/** The one line that a newcomer needs, and the one for whoever sees the view. */
const FIRST_HELP = "Type a message and press Enter; /help shows what else there is.";
const FIRST_HELP_IN_VIEW = "Type a message and press Enter; F1 shows the keys.";

export class Taking {
  readonly #known: Known;
  readonly #server: string;

  /** `server` is the server's name for the person. */
  constructor(known: Known, server: string) {
    this.#known = known;
    this.#server = server;
  }

  /** Takes an event that nobody asked for, or an ack. */
  take(event: LinkEvent): ScreenEntry[] {
    const { now, standing, preferences, people, stream } = this.#known;
    switch (event.type) {
      case "status":
        if (event.status === "offline" && standing.online) stream.attention.cut(true);
        return standing.take(event).map(({ kind, text }) => (
          { kind, text: withLocalTimes(text), at: now() }
        ));
      case "welcome":
        return [];
      case "ready":
        return this.#takeReady(event);
      case "message":
        return this.#takeMessage(event);
      case "direct":
        if (preferences.ignores(event.from)) return [];
        if (event.own !== true) people.wrote(event.from);
        return event.chat === undefined
          ? stream.direct(event)
          : this.#takeDirect(event, event.chat);
      case "ack":
        return this.#takeAck(event);
      case "emptied":
        takeEmptied(event, this.#known);
        return [];
      default:
        return isLifeNews(event) ? takeLife(event, this.#known) : this.#takeNews(event);
    }
  }

  /** Takes the answer to a request of the person. */
  answered(event: Event, request: Request): ScreenEntry[] {
    const page = event.type === "page" ? takePage(event, request, this.#known) : undefined;
    if (page !== undefined) return page;
    if (event.type === "topic" && event.text !== "" && !("text" in request)) {
      return [this.#known.notice(withLocalTimes(standingTopic(event)))];
    }
    if (event.type === "devices" && request.type === "logout") {
      return [this.#known.notice(signedOutText(request))];
    }
    const chosen = event.type === "settings" ? chosenText(event, request) : undefined;
    if (event.type === "settings" && chosen !== undefined) {
      takeSettings(event, this.#known);
      return [this.#known.notice(chosen)];
    }
    return this.#takeNews(event, true);
  }

  #takeReady(event: EventOf<"ready">): ScreenEntry[] {
    const { standing, own, rooms } = this.#known;
    const { server = this.#server } = standing;
    const isBack = standing.ready();
    this.#known.stream.attention.cut(false);
    for (const each of standing.again(this.#known.now().getTime())) this.#known.ask(each);
    this.#known.watcher?.back();
    own.transmitted();
    this.#known.name = event.name;
    if (event.session !== this.#known.session) own.renumber();
    [this.#known.session, this.#known.role] = [event.session, event.role];
    this.#known.hasPeople = event.device !== undefined;
    this.#known.countsAnew();
    const { isListed, gone } = takeListed(event, this.#known);
    this.#known.isListed = isListed;
    const landed = isListed ? takeUp(event, this.#known, { isBack, gone }) : [];
    if (!isListed && rooms.get(rooms.current) === undefined) this.#enter(event, true);
    else if (!isListed) this.#join(event.room);
    if (isBack) {
      for (const { name, unseen } of rooms.all) if (!unseen) this.#known.askWho(name);
      return [this.#known.notice(`Connected again as ${event.name}${standing.by}.`), ...landed];
    }
    const help = this.#known.watcher === undefined ? FIRST_HELP : FIRST_HELP_IN_VIEW;
    const where = rooms.current === "" ? "" : ` in ${titleOf(rooms.current)}`;
    const topic = event.topic && rooms.isCurrent(event.room)
      ? [this.#known.notice(`The topic of ${event.room}: ${event.topic}`)]
      : [];
    return [
      this.#known.notice(`You are ${event.name}${where} on ${server}. ${help}`),
      ...topic,
      ...landed,
      ...unreadNews(event).map((text) => this.#known.notice(text)),
    ];
  }

  #takeMessage(event: EventOf<"message">): ScreenEntry[] {
    const { own, rooms, people, preferences, stream } = this.#known;
    const { from, room, seq } = event;
    rooms.saw(room, seq);
    const isOwn = this.#known.isOwn(from);
    if (isOwn) own.arrived(room, event.text);
    if (isOwn && seq > 0 && !own.isNew(room, seq)) return [];
    if (preferences.ignores(from)) return [];
    people.spoke(from);
    return stream.message(event);
  }

  /** A message of a conversation, which is opened by it. */
  #takeDirect(event: EventOf<"direct">, chat: string): ScreenEntry[] {
    const { conversations, rooms, own, stream } = this.#known;
    const { from, to, seq = 0 } = event;
    const partner = event.with ?? (event.own ? to : from);
    conversations.note(chat, { with: partner, ...seq > 0 ? { last: seq } : {} });
    const room = conversations.place(chat) ?? conversationWith(partner);
    if (rooms.get(room) === undefined) rooms.join(room).unseen = true;
    rooms.saw(room, seq);
    if (event.own && !own.isNew(room, seq)) return [];
    return stream.message(directMessage(event, room));
  }

  #takeAck(ack: EventOf<"ack">): ScreenEntry[] {
    const { request, shown } = this.#known.settle(ack.id);
    return request === undefined ? [] : [...shown, ...takeAcked(ack, request, this.#known)];
  }

  /** Takes what is told in sentences. `asked`: it answers a request of the person. */
  #takeNews(event: Event, asked = false): ScreenEntry[] {
    const { rooms, people, preferences, standing, roomNames, now } = this.#known;
    takeInvitation(event, this.#known);
    standing.hear(event, (name) => this.#known.isOwn(name), now().getTime());
    switch (event.type) {
      case "joined":
      case "left":
        return this.#takeMove(event, asked);
      case "renamed":
        if (event.id !== undefined || this.#known.isOwn(event.from)) this.#known.name = event.to;
        people.renamed(event.from, event.to);
        if (preferences.renamed(event.from, event.to)) return [];
        break;
      case "account":
        this.#takeAccount(event);
        break;
      case "topic":
        this.#known.watcher?.titled(event.room, event.text);
        break;
      case "members":
        people.listed(event);
        break;
      case "rooms":
        event.rooms.forEach(({ room }) => roomNames.seen(room));
        break;
      case "gap":
        if (event.to === null) this.#renumber(this.#known.placeOf(event));
        else rooms.saw(this.#known.placeOf(event), event.to);
        this.#known.watcher?.lost(this.#known.placeOf(event), event.to === null);
        break;
      case "read":
        return takeRead(event, this.#known);
      case "chats":
        // The one with the latest news comes first there, and is noted last.
        [...event.chats].reverse().forEach((chat) => takeChat(chat, this.#known));
        break;
      case "settings":
        takeSettings(event, this.#known);
        if (!asked) return [];
    }
    const here = event.type !== "topic" || rooms.isCurrent(event.room);
    return newsOf(event, now(), here ? undefined : event.room);
  }

  #takeAccount({ action, name, role, rooms = [] }: EventOf<"account">): void {
    const known = this.#known;
    known.isListed = known.hasPeople && action !== "unregister";
    known.role = role;
    if (action !== "login") return;
    // The password of another name has given us that one.
    known.people.renamed(known.name, name);
    known.name = name;
    // Who was invited goes by another name.
    known.invited.clear();
    // Its rooms have come by themselves, in no order.
    known.rooms.arrange(rooms);
    if (known.isListed) known.ask({ type: "chats" });
  }

  /** The numbers of a room or conversation begin again. */
  #renumber(place: string): void {
    const { own, messages, files, logKey, rooms } = this.#known;
    own.renumber();
    messages.renumber(logKey(place));
    files.renumber(place);
    rooms.renumber(place);
  }

  /** Somebody has come or gone; maybe it is us, on this or on another device. */
  #takeMove(event: EventOf<"joined"> | EventOf<"left">, asked: boolean): ScreenEntry[] {
    const { people, stream, now } = this.#known;
    const { room } = event;
    if (event.own) {
      if (event.type === "left" && event.by !== undefined) return this.#sentOut(event);
      if (event.type === "left") return this.#leftElsewhere(room);
      this.#joinedElsewhere(event);
      return [this.#known.notice(`You joined ${room} on another device.`)];
    }
    const isMine = (event.id !== undefined || event.type === "left") &&
      this.#known.isOwn(event.name);
    if (!isMine) {
      people.moved(event);
      return [];
    }
    if (event.type === "left" && event.id === undefined) return this.#sentOut(event);
    if (event.type === "left") return [...newsOf(event, now()), ...stream.leave(room)];
    this.#enter(event, asked);
    return newsOf(event, now());
  }

  #joinedElsewhere({ room, last = 0, read = 0 }: EventOf<"joined">): void {
    const { rooms } = this.#known;
    if (rooms.get(room) !== undefined) return;
    this.#join(room);
    Object.assign(rooms.join(room), { unseen: true, last, read });
  }

  /** Another device has left a room. Nobody has asked for another one here, to which what is typed would go. */
  #leftElsewhere(room: string): ScreenEntry[] {
    const { rooms } = this.#known;
    const now = rooms.isCurrent(room) ? "; /room shows your others" : "";
    rooms.drop(room);
    return [this.#known.notice(`You left ${room} on another device${now}.`)];
  }

  /** The server has taken us out of a room. What we write for it must not go to another one. */
  #sentOut(event: EventOf<"left">): ScreenEntry[] {
    const { room } = event;
    const { rooms } = this.#known;
    const wasHere = rooms.isCurrent(room);
    const reason = whyLeft(event);
    // It was not on the list any more, and that was told.
    if (reason === "" && !wasHere && rooms.get(room) === undefined) return [];
    rooms.drop(room);
    const why = reason === "" ? "" : ` (${reason})`;
    const now = wasHere ? "; /room shows your others" : "";
    return [this.#known.notice(`You are not in ${room} any more${why}${now}.`)];
  }

  #join(room: string): void {
    this.#known.rooms.join(room);
    this.#known.invited.delete(nameKey(room));
    this.#known.roomNames.use(room);
  }

  /**
   * Notes a room that we have joined, and looks at it if the person asked for it or has no other. Its
   * earlier messages follow.
   */
  #enter({ room, seq, last }: EventOf<"ready"> | EventOf<"joined">, asked: boolean): void {
    const { rooms, stream } = this.#known;
    const known = rooms.get(room);
    this.#join(room);
    const isLookedAt = asked || rooms.get(rooms.current) === undefined;
    const unread = isLookedAt ? rooms.enter(room).unread : 0;
    rooms.saw(room, last ?? seq);
    // Another device had entered it, and nothing of it was shown here.
    if (known?.unseen && isLookedAt) stream.recall(room, unread);
    else stream.entered(room, known === undefined ? last : undefined);
  }
}
