/** What the person sees of a conversation: the entries to print, and the prompt. */

import type { Place } from "../../words/command.js";
import { removalText } from "../../words/commands/life.js";
import type { Event, EventOf, Message } from "../../wire/events.ts";
import type { Request, RequestOf } from "../../wire/requests.ts";
import type { FileDestination } from "../files/file_transfer.ts";
import { type Conversation, type LinkEvent, RequestError } from "../conversation.ts";
import { lifeOf } from "../life_feature.ts";
import { takeAcked } from "./acked.ts";
import type { Vocabulary } from "./completion.ts";
import { closedText, conversationWith, partnerIn, titleOf } from "./conversations.ts";
import type { ScreenEntry } from "./entry.ts";
import type { ShownFiles } from "./files/shown_files.ts";
import { Known, type KnownOptions } from "./known.ts";
import { takeNewest, takeOlder } from "./listed.ts";
import { aboutLine, editLine, numberBeforeLast, typedPlace } from "./meant.ts";
import { offeredAbout, offeredNumbers } from "./late_choices.ts";
import { lineOf, type Outgoing, outgoingText, type OwnMessages } from "./outgoing.ts";
import type { Draft } from "./recalled.ts";
import type { RoomPeople } from "./people.ts";
import { formatPrompt, statusOf } from "./prompt.ts";
import type { Rooms } from "./rooms.ts";
import type { MessageStream } from "./stream.ts";
import { Taking } from "./taking.ts";

/** How many older conversations are asked for at once. */
const OLDER_CHATS = 200;

/** What a {@linkcode View} starts with. */
export interface ViewOptions extends Omit<KnownOptions, "hasLife" | "epoch"> {
  readonly conversation: Pick<Conversation, "welcome">;
  /** The server's name for the person, as in `localhost:1234`. */
  readonly server: string;
}

/** The state of the screen. Does no IO. */
export class View {
  readonly #known: Known;
  readonly #taking: Taking;
  #patient = true;
  /** The conversation that is looked for among the older ones. */
  #sought = "";

  constructor({ server, conversation, ...options }: ViewOptions) {
    const epoch = (): string | undefined => conversation.welcome?.epoch;
    this.#known = new Known({ ...options, hasLife: lifeOf(conversation), epoch });
    this.#taking = new Taking(this.#known, server);
  }

  /** All that is known, for whoever shows it in another way. */
  get known(): Known {
    return this.#known;
  }

  get rooms(): Rooms {
    return this.#known.rooms;
  }

  get stream(): MessageStream {
    return this.#known.stream;
  }

  get people(): RoomPeople {
    return this.#known.people;
  }

  get files(): ShownFiles {
    return this.#known.files;
  }

  get own(): OwnMessages {
    return this.#known.own;
  }

  /** What plain text goes to: a room, or what a conversation goes by; empty when there is none. */
  get room(): string {
    return this.rooms.current;
  }

  /** What that is called. */
  get title(): string {
    return titleOf(this.room);
  }

  /** Where a line is typed. */
  get place(): Place {
    return typedPlace(this.#known);
  }

  get online(): boolean {
    return this.#known.standing.online;
  }

  /** Whether the server keeps for us what we have read. */
  get isListed(): boolean {
    return this.#known.isListed;
  }

  /** Whether the server knows what becomes of messages. */
  get hasLife(): boolean {
    return this.#known.hasLife();
  }

  get vocabulary(): Omit<Vocabulary, "commands"> {
    const known = this.#known;
    const { names, roomNames } = known;
    const numbers = (command: string): string[] => offeredNumbers(command, known);
    const about = (command: string, seq: number): string[] => offeredAbout(command, seq, known);
    const fileNumbers = (): string[] => this.files.in(this.room).map(({ number }) => `${number}`);
    return { names, rooms: roomNames.list(), numbers, about, fileNumbers };
  }

  /** The number before the last so many messages here, as far as they were shown. */
  beforeLast(count: number): number {
    return numberBeforeLast(this.#known, count);
  }

  /** The line that edits a message of ours; `undefined`: there is none. */
  editLine(number: number): Draft | undefined {
    return editLine(this.#known, number);
  }

  /** What is shown of a message that was found. */
  said(message: Message): { text: string; fileNumber?: number; number?: number } {
    const { text, removed, from, seq } = message;
    const number = this.#known.hasNumbers ? { number: seq } : {};
    if (text !== "") return { ...this.files.said(this.#known.placed(message, {})), ...number };
    return { text: removed === undefined ? "removed" : removalText(from, removed), ...number };
  }

  /** What a message says, as far as it was shown. */
  shownText({ re, ...log }: RequestOf<"revise">): string | undefined {
    const place = this.#known.placeOf(log);
    return this.#known.messages.get(this.#known.logKey(place), re)?.message.text;
  }

  /** How a request names a room or conversation; `undefined` if nothing was said in it yet. */
  logOf(name: string): ReturnType<Known["logOf"]> {
    return this.#known.logOf(name);
  }

  /** What a page or another answer is about, as a person calls it. */
  titleOf(log: Parameters<Known["placeOf"]>[0]): string {
    return titleOf(this.#known.placeOf(log));
  }

  /**
   * The prompt, in so many columns at most; `bar` shows a file on its way in as many. `typed`: a line that
   * may be about a message, of which the prompt shows the beginning.
   */
  prompt(columns: number, bar: (columns: number) => string = () => "", typed = ""): string {
    const { rooms } = this.#known;
    const unread = rooms.unread.map((room) => ({ ...room, name: titleOf(room.name) }));
    const about = aboutLine(typed, this.#known);
    return formatPrompt({ room: this.title, unread, status: this.state, bar, about }, columns);
  }

  /** The state of the connection, and how much is on its way; empty if all is well. */
  get state(): string {
    return statusOf(this.#known.standing.status, this.#known.own, this.#patient);
  }

  /** The server is slow: from now on the prompt shows that we wait for it. */
  waited(): void {
    this.#patient = false;
  }

  /** Opens the conversation with somebody, and looks at it. */
  converse(name: string): ScreenEntry[] {
    return this.open(conversationWith(name));
  }

  /** The same by what a conversation goes by. */
  open(place: string): ScreenEntry[] {
    const chat = this.logOf(place)?.chat;
    this.#known.conversations.reopen(chat);
    if (this.rooms.get(place) === undefined) {
      // Of one that was read the server has told how much there is, and what it is follows.
      const standing = chat === undefined ? {} : this.#known.conversations.standing(chat);
      Object.assign(this.rooms.join(place), { unseen: true, ...standing });
    }
    const shown = this.stream.look(place);
    return chat === undefined ? [...shown, ...this.#seek(place)] : shown;
  }

  /** Looks for a conversation among the older ones, of which the server has not told yet. */
  #seek(place: string): ScreenEntry[] {
    const { olderThan: before } = this.#known.conversations;
    if (before === undefined) {
      return [this.notice(`What is said here only you and ${partnerIn(place)} read.`)];
    }
    this.#sought = place;
    this.#known.ask({ type: "chats", before, limit: OLDER_CHATS });
    return [];
  }

  #found(answer: EventOf<"chats">, { before }: { readonly before?: string }): ScreenEntry[] {
    if (before === undefined) return takeNewest(answer, this.#known);
    const place = this.#sought;
    takeOlder(answer, this.#known);
    const chat = this.logOf(place)?.chat;
    if (chat === undefined) return this.#seek(place);
    const standing = this.#known.conversations.standing(chat);
    Object.assign(this.rooms.get(place) ?? {}, { unseen: true, ...standing });
    if (this.rooms.isCurrent(place)) this.stream.recall(place, 0);
    return [];
  }

  /** Looks at no conversation any more, if one is on screen. It is not listed, and opens with its next message. */
  closeConversation(): ScreenEntry[] {
    const place = this.room;
    if (partnerIn(place) === undefined) return [this.error("You look at no room.")];
    this.#known.conversations.close(place, this.rooms.get(place)?.last ?? 0);
    return [this.notice(closedText(place)), ...this.stream.leave(place)];
  }

  /** Notes a message on its way, which its `ack` prints. */
  sent(id: string, request: Outgoing): ScreenEntry[] {
    const told = this.online ? undefined : this.#known.waits(id, request);
    this.#known.own.send(id, request, performance.now(), told);
    return told === undefined ? [] : [told];
  }

  /** A message that nobody has seen was taken back; `line` is what it was typed as. */
  withdrawn(id: string): { readonly line: string; readonly shown: ScreenEntry[] } {
    const { request, shown } = this.#known.settle(id);
    const isSaid = request?.type === "say" || request?.type === "direct";
    return { line: isSaid ? lineOf(request) : "", shown };
  }

  /** Our file was sent; `text` is what its message says. */
  sentFile(ack: EventOf<"ack">, destination: FileDestination, text: string): ScreenEntry[] {
    const request: Outgoing = "room" in destination
      ? { type: "say", ...destination, text }
      : { type: "direct", ...destination, text };
    return takeAcked(ack, request, this.#known);
  }

  /** A message that will not arrive, or another request that was refused. `isBack`: the line has it again. */
  failed(id: string | undefined, error: Error, isBack = false): ScreenEntry[] {
    const { request, shown } = this.#known.settle(id);
    const what = request === undefined ? "" : outgoingText(request);
    if (request !== undefined && error instanceof RequestError && error.code === "lost") {
      this.#known.own.doubt(request);
      const text = `It may be there or not: ${what} (/resend sends it, or drops it)`;
      return [...shown, this.error(text)];
    }
    const why = this.#known.refused(error, request);
    const sent = `(not sent: ${what})${isBack ? "; it is in the line again" : ""}`;
    return [...shown, this.error(request === undefined ? why : `${why} ${sent}`)];
  }

  /** Takes an event that nobody asked for, or an ack. */
  take(event: LinkEvent): ScreenEntry[] {
    if (event.type !== "status") this.#known.watcher?.met(event);
    return this.#taking.take(event);
  }

  /** Takes the answer to a request of the person. */
  answered(event: Event, request: Request): ScreenEntry[] {
    this.#known.watcher?.met(event);
    return this.#taking.answered(event, request);
  }

  /** Takes the requests that we need answers to without printing them, for {@linkcode learn}. */
  takeQuestions(): Request[] {
    return this.#known.takeQuestions();
  }

  /** Takes the answer to such a request; `undefined`: there is none. */
  learn(question: Request, answer: Event | undefined): ScreenEntry[] {
    if (answer?.type === "members") this.people.listed(answer);
    if (answer?.type === "members") this.#known.watcher?.met(answer);
    if (answer?.type === "chats") return this.#found(answer, question as RequestOf<"chats">);
    if (question.type === "history") {
      const page = answer?.type === "page" ? answer : undefined;
      return this.stream.recalled(this.#known.placeOf(question), page);
    }
    // The server answers in order, so the earlier messages have come by now.
    const isWaiting = question.type === "who" && !this.rooms.get(question.room)?.awaited?.asked;
    return isWaiting ? this.stream.begin(question.room) : [];
  }

  /** Who came and went since it was told last; where somebody shows one room, in that one. */
  takePresence(): ScreenEntry[] {
    const here = this.#known.watcher === undefined ? undefined : this.room;
    return this.people.takePresence(here).map((text) => this.notice(text));
  }

  notice(text: string): ScreenEntry {
    return this.#known.notice(text);
  }

  error(text: string): ScreenEntry {
    return this.#known.error(text);
  }
}
