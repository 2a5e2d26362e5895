/** What the person sees of a conversation: the entries to print, and the prompt. */

import { nameKey } from "../../words/names.js";
import type { Event, EventOf } from "../../wire/events.ts";
import type { Request } from "../../wire/requests.ts";
import { withLocalTimes } from "../local_times.ts";
import { type LinkEvent, RequestError } from "../conversation.ts";
import type { Vocabulary } from "./completion.ts";
import type { ScreenEntry } from "./entry.ts";
import { FIRST_HELP } from "./help.ts";
import { type Outgoing, OwnMessages } from "./outgoing.ts";
import { RoomPeople } from "./people.ts";
import type { Preferences } from "./preferences.ts";
import { formatPrompt, statusOf } from "./prompt.ts";
import { Recent } from "./recent.ts";
import { Rooms } from "./rooms.ts";
import { Standing } from "./standing.ts";
import { Stream } from "./stream.ts";
import { whyLeft } from "../../words/commands/rooms.js";
import { commandBehind } from "../../words/commands/table.js";
import { describe } from "../../words/describe.js";

/** What a {@linkcode View} starts with. */
export interface ViewOptions {
  /** The server's name for the person, as in `localhost:1234`. */
  readonly server: string;
  /** The room that is entered first. */
  readonly room: string;
  readonly preferences: Preferences;
  readonly now: () => Date;
}

/** The most rooms that Tab knows. */
const MAX_KNOWN = 1_000;

/** The state of the screen. Does no IO. */
export class View {
  readonly #server: string;
  readonly #now: () => Date;
  readonly #preferences: Preferences;
  readonly rooms: Rooms;
  readonly stream: Stream;
  readonly people: RoomPeople;
  readonly own = new OwnMessages();
  readonly #standing = new Standing();
  readonly #knownRooms = new Recent(MAX_KNOWN);
  #questions: Request[] = [];
  #name = "";
  #session = "";
  #patient = true;

  constructor({ server, room, preferences, now }: ViewOptions) {
    this.#server = server;
    this.#preferences = preferences;
    this.#now = now;
    this.rooms = new Rooms(room);
    this.people = new RoomPeople(this.rooms, preferences);
    this.stream = new Stream({
      rooms: this.rooms,
      preferences,
      now,
      isOwn: (name) => this.#isOwn(name),
      mention: () => preferences.mentionOf(this.#name),
    });
  }

  /** The room that plain text goes to; empty when there is none. */
  get room(): string {
    return this.rooms.current;
  }

  get online(): boolean {
    return this.#standing.online;
  }

  get vocabulary(): Omit<Vocabulary, "commands"> {
    return {
      names: this.people.names.filter((name) => !this.#isOwn(name)),
      rooms: this.#knownRooms.list(),
    };
  }

  /** The prompt, in so many columns at most. */
  prompt(columns: number): string {
    const { status } = this.#standing;
    const told = statusOf(status, this.own, this.#patient);
    return formatPrompt({ room: this.room, unread: this.rooms.unread, status: told }, columns);
  }

  /** The server is slow: from now on the prompt shows that we wait for it. */
  waited(): void {
    this.#patient = false;
  }

  /** Notes a message on its way, which its `ack` prints. */
  sent(id: string, request: Outgoing): ScreenEntry[] {
    this.own.send(id, request, performance.now());
    return this.online ? [] : [this.notice(`Waits for the connection: ${request.text}`)];
  }

  /** A message that will not arrive, or another request that was refused. */
  failed(id: string | undefined, error: Error): ScreenEntry[] {
    const request = id === undefined ? undefined : this.own.settle(id);
    if (request !== undefined && error instanceof RequestError && error.code === "lost") {
      this.own.doubt(request);
      return [
        this.error(`It may be there or not: ${request.text} (/resend sends it, or drops it)`),
      ];
    }
    const why = withLocalTimes(error.message);
    return [this.error(request === undefined ? why : `${why} (not sent: ${request.text})`)];
  }

  /** Takes an event that nobody asked for, or an ack. */
  take(event: LinkEvent): ScreenEntry[] {
    switch (event.type) {
      case "status":
        return this.#standing.take(event).map(({ kind, text }) => (
          { kind, text: withLocalTimes(text), at: this.#now() }
        ));
      case "welcome":
        return [];
      case "ready":
        return this.#takeReady(event);
      case "message":
        return this.#takeMessage(event);
      case "direct":
        if (this.#preferences.ignores(event.from)) return [];
        this.people.wrote(event.from);
        return this.stream.direct(event);
      case "ack":
        return this.#takeAck(event);
      default:
        return this.#takeNews(event);
    }
  }

  /** Takes the answer to a request of the person. */
  answered(event: Event): ScreenEntry[] {
    if (event.type === "page" && event.messages.length > 0) {
      return this.stream.page(event);
    }
    return this.#takeNews(event, true);
  }

  /** Takes the requests that we need answers to without printing them, for {@linkcode learn}. */
  takeQuestions(): Request[] {
    return this.#questions.splice(0);
  }

  /** Takes the answer to such a request; `undefined`: there is none. */
  learn(question: Request, answer: Event | undefined): ScreenEntry[] {
    if (answer?.type === "members") this.people.listed(answer);
    // The server answers in order, so the earlier messages have come by now.
    return question.type === "who" ? this.stream.begin(question.room) : [];
  }

  /** Who came and went since it was told last. */
  takePresence(): ScreenEntry[] {
    return this.people.takePresence().map((text) => this.notice(text));
  }

  notice(text: string): ScreenEntry {
    return { kind: "notice", at: this.#now(), text };
  }

  error(text: string): ScreenEntry {
    return { kind: "error", at: this.#now(), text };
  }

  #isOwn(name: string): boolean {
    return nameKey(name) === nameKey(this.#name);
  }

  #takeReady(event: EventOf<"ready">): ScreenEntry[] {
    const isBack = this.#standing.ready();
    this.#name = event.name;
    if (event.session !== this.#session) this.own.renumber();
    this.#session = event.session;
    if (this.rooms.get(this.room) === undefined) this.#enter(event, true);
    else this.#join(event.room);
    if (isBack) {
      for (const { name } of this.rooms.all) this.#questions.push({ type: "who", room: name });
      return [this.notice(`Connected again as ${event.name}.`)];
    }
    const greeting = `You are ${event.name} in ${event.room} on ${this.#server}. ${FIRST_HELP}`;
    const topic = event.topic ? [this.notice(`The topic of ${event.room}: ${event.topic}`)] : [];
    return [this.notice(greeting), ...topic];
  }

  #takeMessage(event: EventOf<"message">): ScreenEntry[] {
    const { from, room, seq } = event;
    if (this.#isOwn(from)) this.own.arrived(room, event.text);
    if (this.#isOwn(from) && seq > 0 && !this.own.isNew(room, seq)) return [];
    if (this.#preferences.ignores(from)) return [];
    this.people.spoke(from);
    return this.stream.message(event);
  }

  #takeAck({ id = "", at, room: place, seq }: EventOf<"ack">): ScreenEntry[] {
    const request = this.own.settle(id);
    if (request === undefined) return [];
    if (request.type === "direct") {
      const { to = "", text } = request;
      this.people.spoke(to);
      return [{ kind: "direct", from: this.#name, to, text, at: new Date(at), own: true }];
    }
    const room = place ?? request.room;
    if (seq !== undefined && !this.own.isNew(room, seq)) return [];
    const { text, action } = request;
    const said = { room, from: this.#name, at, text, ...(action ? { action: true as const } : {}) };
    return this.stream.own(said);
  }

  /** Takes what is told in sentences. `asked`: it answers a request of the person. */
  #takeNews(event: Event, asked = false): ScreenEntry[] {
    switch (event.type) {
      case "joined":
      case "left":
        if (!this.#isMine(event)) {
          this.people.moved(event);
          return [];
        }
        if (event.type === "joined") this.#enter(event, asked);
        else if (event.id !== undefined) this.rooms.leave(event.room);
        else return this.#sentOut(event);
        break;
      case "renamed":
        if (event.id !== undefined || this.#isOwn(event.from)) this.#name = event.to;
        this.people.renamed(event.from, event.to);
        if (this.#preferences.renamed(event.from, event.to)) return [];
        break;
      case "account":
        if (event.action !== "login") break;
        // The password of another name has given us that one.
        this.people.renamed(this.#name, event.name);
        this.#name = event.name;
        break;
      case "members":
        this.people.listed(event);
        break;
      case "rooms":
        event.rooms.forEach(({ room }) => this.#knownRooms.seen(room));
        break;
      case "gap":
        if (event.to === null) this.own.renumber();
        break;
      case "bye":
        this.#standing.bye(event);
    }
    const here = event.type !== "topic" || this.rooms.isCurrent(event.room);
    return newsOf(event, this.#now(), here ? undefined : event.room);
  }

  /** Whether it is about us, and not about another session with our name. */
  #isMine(event: EventOf<"joined"> | EventOf<"left">): boolean {
    return (event.id !== undefined || event.type === "left") && this.#isOwn(event.name);
  }

  /** The server has taken us out of a room. What we write for it must not go to another one. */
  #sentOut(event: EventOf<"left">): ScreenEntry[] {
    const { room } = event;
    const wasHere = this.rooms.isCurrent(room);
    this.rooms.drop(room);
    const reason = whyLeft(event);
    const why = reason === "" ? "" : ` (${reason})`;
    const now = wasHere ? "; /room shows your others" : "";
    return [this.notice(`You are not in ${room} any more${why}${now}.`)];
  }

  #join(room: string): void {
    this.rooms.join(room);
    this.#knownRooms.use(room);
  }

  /**
   * Notes a room that we have joined, and looks at it if the person asked for it or has no other. Its
   * earlier messages follow.
   */
  #enter({ room, last }: EventOf<"ready"> | EventOf<"joined">, asked: boolean): void {
    const isNew = this.rooms.get(room) === undefined;
    this.#join(room);
    if (asked || this.rooms.get(this.room) === undefined) this.rooms.enter(room);
    this.stream.entered(room, isNew ? last : undefined, this.#questions);
  }
}

/** What the server tells unasked in its own words, with times among them. */
const SERVERS_OWN: ReadonlySet<string> = new Set(["notice", "error", "bye"]);

/** The entries that tell `event`; `room` is where it happened, if the text does not say it. */
function newsOf(event: Event, at: Date, room?: string): ScreenEntry[] {
  const kind = event.type === "error" ? "error" : "notice";
  const where = room === undefined ? {} : { room };
  const isDated = SERVERS_OWN.has(event.type) || commandBehind(event)?.dated;
  return (describe(event) ?? []).map((sentence) => {
    const text = isDated ? withLocalTimes(sentence) : sentence;
    return { kind, at, text, ...where };
  });
}
