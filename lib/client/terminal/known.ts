/** All that the terminal knows of a conversation with a server. Does no IO. */

import { nameKey } from "../../words/names.js";
import type { Message } from "../../wire/events.ts";
import type { Request, RequestOf } from "../../wire/requests.ts";
import { RequestError } from "../conversation.ts";
import { withLocalTimes } from "../local_times.ts";
import { Blocked } from "./blocked.ts";
import { Conversations, goneText, noConversationText, partnerIn } from "./conversations.ts";
import type { PrintedEntry, ScreenEntry } from "./entry.ts";
import { ShownFiles } from "./files/shown_files.ts";
import type { MessageWatcher } from "./message_watcher.ts";
import { type Outgoing, outgoingText, OwnMessages, placeSaid } from "./outgoing.ts";
import { RoomPeople } from "./people.ts";
import type { Preferences } from "./preferences.ts";
import { Recent } from "./recent.ts";
import { Rooms } from "./rooms.ts";
import { type ShownMessage, ShownMessages } from "./shown_messages.ts";
import { Standing } from "./standing.ts";
import { MessageStream } from "./stream.ts";

/** What it starts with. */
export interface KnownOptions {
  /** The room that is entered first. */
  readonly room: string;
  readonly preferences: Preferences;
  readonly now: () => Date;
  /** Whether the server knows what becomes of messages. */
  readonly hasLife: () => boolean;
  /** Names the run of numbers in which the server counts. */
  readonly epoch: () => string | undefined;
}

/** Why nothing can be said in a conversation any more: the other has left, or there is none. */
const OVER: ReadonlySet<string> = new Set(["chat-gone", "no-such-chat"]);
/** The most rooms that Tab knows. */
const MAX_KNOWN = 1_000;

/** Somebody has invited the person to a room. */
export interface ListedInvitation {
  readonly room: string;
  readonly by: string;
  /** They have not looked at it in the view yet. */
  isNew: boolean;
}

/** How a request names a room or a conversation. */
type LogName = Pick<RequestOf<"history">, "room" | "chat">;

export class Known {
  readonly now: () => Date;
  readonly preferences: Preferences;
  readonly hasLife: () => boolean;
  /** Whether the server counts otherwise since we came back than it did before. */
  hasNewHistory = false;
  /** The invitations that wait for an answer, by the keys of their rooms. */
  readonly invited = new Map<string, ListedInvitation>();
  readonly #epochNow: KnownOptions["epoch"];
  #epoch: string | undefined;
  readonly rooms: Rooms;
  readonly stream: MessageStream;
  readonly people: RoomPeople;
  readonly conversations = new Conversations();
  readonly blocked = new Blocked();
  readonly own = new OwnMessages();
  readonly files = new ShownFiles();
  readonly messages = new ShownMessages();
  readonly standing = new Standing();
  /** The rooms that Tab knows. */
  readonly roomNames = new Recent(MAX_KNOWN);
  /** Our name. */
  name = "";
  session = "";
  /** Whether the server knows that people have several devices, and what they have read. */
  hasPeople = false;
  /** Whether the server keeps for us which rooms we are in, and what we have read. */
  isListed = false;
  /** The role of our account on the server; `undefined`: nobody has told it. */
  role: string | undefined;
  /** Whoever shows messages in another way than the stream, if somebody does. */
  watcher: MessageWatcher | undefined;
  #questions: Request[] = [];

  constructor({ room, preferences, now, hasLife, epoch }: KnownOptions) {
    this.now = now;
    this.hasLife = hasLife;
    this.#epochNow = epoch;
    this.preferences = preferences;
    this.rooms = new Rooms(room);
    this.conversations.onMoved.add((moved) => {
      this.rooms.move(moved);
      this.files.move(moved);
    });
    this.people = new RoomPeople(this.rooms, preferences);
    this.stream = new MessageStream({
      rooms: this.rooms,
      preferences,
      blocked: this.blocked,
      files: this.files,
      messages: this.messages,
      logKey: this.logKey,
      hides: (name) => preferences.ignores(name) || this.blocked.has(name),
      hasNumbers: () => this.hasNumbers,
      now,
      name: () => this.name,
      isOwn: (name) => this.isOwn(name),
      mention: (message) => preferences.mentionIn(message, this.name),
      ask: (request) => this.ask(request),
      watcher: () => this.watcher,
      logOf: (name) => this.logOf(name),
    });
  }

  /** Notes by which epoch the server counts that has let us in. */
  countsAnew(): void {
    const before = this.#epoch;
    this.#epoch = this.#epochNow();
    this.hasNewHistory = before !== undefined && before !== this.#epoch;
  }

  /** Whether the person sees the numbers of messages. */
  get hasNumbers(): boolean {
    return this.hasLife() && this.preferences.all.numbers;
  }

  /** Notes a request whose answer we need without printing it. */
  ask(request: Request): void {
    this.#questions.push(request);
  }

  /** Asks who is in a room, for Tab and for how many they are. */
  askWho(name: string): void {
    if (partnerIn(name) === undefined) this.ask({ type: "who", room: name });
  }

  takeQuestions(): Request[] {
    return this.#questions.splice(0);
  }

  readonly isOwn = (name: string): boolean => nameKey(name) === nameKey(this.name);

  isOurs({ own, from }: ShownMessage): boolean {
    return own === true || this.isOwn(from);
  }

  /** Whether the person is named in a message, or it was said to them alone. */
  isForReader(message: ShownMessage): boolean {
    return partnerIn(message.room) !== undefined ||
      this.preferences.mentionIn(message, this.name) !== undefined;
  }

  /** Those that Tab knows: who is here before who is not, and of either first who spoke last in what is looked at. */
  get names(): string[] {
    const partners = this.conversations.places.map((place) => partnerIn(place) ?? place);
    const speakers = this.messages.in(this.logKey(this.rooms.current)).map(({ message }) =>
      message.from
    );
    const byKey = new Map<string, string>();
    for (const name of [...this.people.inOrder(speakers), ...partners]) {
      if (!this.isOwn(name) && !byKey.has(nameKey(name))) byKey.set(nameKey(name), name);
    }
    return [...byKey.values()];
  }

  /** How a request names a room or conversation; `undefined` if nothing was said in it yet. */
  readonly logOf = (name: string): LogName | undefined => {
    if (partnerIn(name) === undefined) return { room: name };
    const chat = this.conversations.keyOf(name);
    return chat === undefined ? undefined : { chat };
  };

  /** What a room or conversation goes by for good, though its person may take another name. */
  readonly logKey = (name: string): string => {
    const { room = name, chat } = this.logOf(name) ?? {};
    return chat === undefined ? `room ${nameKey(room)}` : `chat ${chat}`;
  };

  /** What the room or conversation goes by here that an event names; empty if it is not known. */
  readonly placeOf = ({ room = "", chat }: LogName): string =>
    chat === undefined ? room : this.conversations.place(chat) ?? "";

  /** A message of a page, in the room or in what the conversation goes by here. */
  placed(message: Message, page: LogName): Message {
    const { chat = page.chat, with: partner } = message;
    if (chat === undefined) return message;
    if (partner !== undefined && this.conversations.place(chat) === undefined) {
      this.conversations.note(chat, { with: partner }, true);
    }
    return { ...message, room: this.placeOf({ chat }) };
  }

  /** What stands at the end of a place of something of ours that waits for the connection, or for its ack. */
  waits(id: string, request: Outgoing): PrintedEntry {
    const key = `waits ${id}`;
    if (request.type !== "say" && request.type !== "direct") {
      return { ...this.notice(`Waits for the connection: ${outgoingText(request)}`), key };
    }
    const { text, action } = request;
    const room = placeSaid(request, this);
    const at = this.now().toISOString();
    const said = { room, seq: 0, from: this.name, at, text, ...action ? { action } : {} };
    // In the view each place has its own, also while another one is looked at.
    const isApart = this.watcher !== undefined && this.rooms.get(room) !== undefined;
    return {
      ...this.stream.entryOf({ ...said, own: true }, isApart || undefined),
      ...isApart ? { room } : {},
      key,
      waits: this.standing.online ? "sending" : "waits for the connection",
    };
  }

  /** Shows the messages that were sent at the time `before` or earlier, and have no ack. */
  showLate(before: number): ScreenEntry[] {
    return this.own.untold(before).map(([id, request]) => {
      const told = this.waits(id, request);
      this.own.tell(id, told);
      return told;
    });
  }

  /** What has arrived, or never will, waits no more: its line goes, so that it does not stand twice. */
  settle(id = ""): { readonly request?: Outgoing; readonly shown: ScreenEntry[] } {
    const { request, told } = this.own.settle(id) ?? {};
    if (request === undefined) return { shown: [] };
    if (told?.key === undefined) return { request, shown: [] };
    const now: PrintedEntry = { kind: "gone", at: told.at, text: "" };
    return { request, shown: [{ kind: "changed", key: told.key, now, otherwise: [] }] };
  }

  /** Something of ours was refused; returns why, as a person is told it. */
  refused(error: Error, request: Outgoing | undefined): string {
    const { chat = "" } = request as { chat?: string } | undefined ?? {};
    const partner = this.conversations.partner(chat);
    const isOver = error instanceof RequestError && OVER.has(error.code);
    if (isOver && partner !== undefined) {
      this.conversations.note(chat, { with: partner, gone: true }, true);
    }
    const code = error instanceof RequestError ? error.code : "";
    if (code === "no-such-chat" && partner !== undefined) return noConversationText(partner);
    const { to } = request as { to?: string } | undefined ?? {};
    if (code === "no-such-name" && to !== undefined && this.#hasSpoken(to)) return goneText(to);
    return withLocalTimes(error.message) + adviceOn(error);
  }

  /** Whether something of somebody is shown where the person looks. */
  #hasSpoken(name: string): boolean {
    return this.messages.in(this.logKey(this.rooms.current))
      .some(({ message: { from } }) => nameKey(from) === nameKey(name));
  }

  notice(text: string): PrintedEntry {
    return { kind: "notice", at: this.now(), text };
  }

  error(text: string): PrintedEntry {
    return { kind: "error", at: this.now(), text };
  }
}

/** What the person does next who was refused a name that has a password. */
function adviceOn(error: Error): string {
  const code = error instanceof RequestError ? error.code : "";
  if (code === "name-reserved") return ": /login PASSWORD makes you that one";
  const isOwn = code === "already-registered" && error.message.endsWith("reserved for you");
  return isOwn ? "; /passwd NEWPASSWORD changes its password" : "";
}
