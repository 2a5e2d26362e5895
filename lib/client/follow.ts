/** A client that only reads: prints the last messages of its rooms, and then the new ones. */

import { delay } from "@std/async/delay";
import { describe } from "../words/describe.js";
import type { Event, EventOf } from "../wire/events.ts";
import { type EndCause, type LinkStatus, RequestError } from "./conversation.ts";
import { inertLine } from "../words/inert.js";
import { type LastMessages, lastMessages } from "./last_messages.ts";
import { OutputError, Printer } from "./printer.ts";
import { type ScriptOptions, shown, whyEnded } from "./shown.ts";

/** Options of {@linkcode runFollow}. */
export interface FollowOptions extends ScriptOptions {
  /** How many earlier messages of each room to print first. */
  readonly last: number;
  /** End when the earlier messages of so many rooms are printed; by default it goes on. */
  readonly endAfterRooms?: number;
  /** How long to wait after the first lines for a reader that wants no more, in ms. */
  readonly pauseMs?: number;
}

/** The most messages of a room that wait for its history; then they are printed without it. */
const MAX_HELD = 10_000;
/** Long enough for `head -1` to read its line and exit, in ms. */
const PAUSE_MS = 50;

/**
 * Runs until the link ends, the reader of the output has gone, or the earlier messages are printed and
 * no more are wanted. Never sends a message. Resolves with why it ended, or with 1 if it could not
 * print all messages. Rejects with an `OutputError` if output is lost.
 */
export async function runFollow(options: FollowOptions): Promise<EndCause | number> {
  return await new Follower(options).run();
}

const NONE: LastMessages = { messages: [], upTo: 0 };

/** What follows in a room, one after the other. */
type RoomEntry =
  & EventOf<"message" | "revised" | "removed" | "reacted" | "pinned" | "answered">
  & { readonly room: string };

const ENTRIES: ReadonlySet<string> = new Set([
  ...["message", "revised", "removed", "reacted", "pinned", "answered"],
]);

function isRoomEntry(event: Event): event is RoomEntry {
  return ENTRIES.has(event.type) && "room" in event && event.room !== undefined;
}

class Follower {
  readonly #options: FollowOptions;
  readonly #printer: Printer;
  /** Rooms whose history was requested, or is not needed. */
  readonly #begun = new Set<string>();
  /** New messages by room that wait until the room's history is printed. */
  readonly #held = new Map<string, RoomEntry[]>();
  /** The earlier messages of each room, and up to which seq what was done about them is in them. */
  readonly #printed = new Map<
    string,
    { readonly seqs: ReadonlySet<number>; readonly upTo: number }
  >();
  /** One promise for each room whose history is requested or being printed. */
  readonly #beginning = new Set<Promise<void>>();
  /** Settles when the last room is printed: rooms are printed one after the other. */
  #printing: Promise<void> = Promise.resolve();
  /** How many rooms are being printed, or wait for their turn. */
  #waiting = 0;
  /** How many rooms must still be printed before it ends. */
  #awaited: number;
  #failed = false;
  #lost: OutputError | undefined;
  #wasOnline = false;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#printer = new Printer(options.output);
    this.#awaited = options.endAfterRooms ?? Infinity;
  }

  async run(): Promise<EndCause | number> {
    const { link } = this.#options;
    let cause: EndCause = "left";
    for await (const event of link.events) {
      if (event.type === "status") {
        this.#wasOnline = complainOf(event, this.#options.complain, this.#wasOnline);
        cause = event.cause ?? cause;
      } else if (this.#lost === undefined) await this.#take(event);
    }
    await Promise.all(this.#beginning);
    if (this.#lost !== undefined) throw this.#lost;
    return cause === "left" && this.#failed ? 1 : cause;
  }

  async #take(event: Event): Promise<void> {
    if (isRoomEntry(event) && (await this.#hold(event) || this.#isPrinted(event))) return;
    await this.#print(shown(event, this.#options));
    this.#save([event]);
    if (event.type === "ready") this.#begin(event.room, event.seq);
    else if (event.type === "joined" && event.seq !== undefined) {
      this.#begin(event.room, event.seq);
    } else if (event.type === "gap" || event.type === "notice" || event.type === "error") {
      for (const line of describe(event) ?? []) this.#options.complain(inertLine(line));
      if (event.type === "error") this.#roomDone(true);
    }
  }

  async #hold(entry: RoomEntry): Promise<boolean> {
    const { room } = entry;
    if (!this.#begun.has(room)) this.#held.set(room, this.#held.get(room) ?? []);
    const held = this.#held.get(room);
    if (held === undefined) return false;
    held.push(entry);
    if (held.length >= MAX_HELD) await this.#release(room, NONE);
    return true;
  }

  /** Requests and prints the last messages of a room, up to `seq`. */
  #begin(room: string, seq: number): void {
    const { link, complain, last } = this.#options;
    if (this.#begun.has(room)) return;
    this.#begun.add(room);
    this.#held.set(room, this.#held.get(room) ?? []);
    const asked = last === 0 || seq === 0 || link.protocol === "classic"
      ? Promise.resolve(NONE)
      : lastMessages(link, { log: { room }, seq, count: last });
    const beginning: Promise<void> = asked.catch((error: Error) => {
      this.#failed = true;
      // The link reports by itself why it ended.
      if (error instanceof RequestError && error.code === "ended") return NONE;
      complain(`The last messages of ${inertLine(room)} are missing: ${inertLine(error.message)}`);
      return NONE;
    }).then((messages) => this.#release(room, messages)).then(() => {
      this.#beginning.delete(beginning);
      this.#roomDone(false);
    });
    this.#beginning.add(beginning);
  }

  /** Prints a room's messages, and those that waited for them, after the rooms before it. */
  #release(room: string, messages: LastMessages): Promise<void> {
    this.#waiting++;
    const released = this.#printing.then(() => this.#printRoom(room, messages))
      .finally(() => this.#waiting--);
    this.#printing = released.catch(() => {}); // whoever waits for it is told
    return released;
  }

  async #printRoom(room: string, found: LastMessages): Promise<void> {
    const held = this.#held.get(room);
    if (held === undefined) return;
    this.#begun.add(room);
    const seqs = new Set(found.messages.map(({ seq }) => seq));
    this.#printed.set(room, { seqs, upTo: found.upTo });
    const earlier = found.messages.map((message) => ({ type: "message" as const, ...message }));
    const messages = [...earlier, ...held.splice(0).filter((each) => !this.#isPrinted(each))];
    const texts = messages.map((each) => shown(each, this.#options));
    // Only a write reveals that the reader has gone. So print the last line apart, after those that the
    // reader may be content with.
    const last = texts.length > 1 ? texts.pop() : undefined;
    const isRead = await this.#print(texts.join(""));
    if (last !== undefined && isRead) {
      // If another room follows, its lines reveal it as well.
      if (this.#waiting === 1) await delay(this.#options.pauseMs ?? PAUSE_MS);
      await this.#print(last);
    }
    // New messages have waited for that line.
    this.#held.delete(room);
    const rest = held.filter((each) => !this.#isPrinted(each));
    if (rest.length > 0) await this.#print(rest.map((each) => shown(each, this.#options)).join(""));
    this.#save([...messages, ...rest]);
  }

  /** Whether an entry about a message was in that already when it was printed. */
  #isPrinted(entry: RoomEntry): boolean {
    const printed = this.#printed.get(entry.room);
    if (printed === undefined || entry.type === "message") return false;
    if (entry.seq <= printed.upTo) return printed.seqs.has(entry.re);
    this.#printed.delete(entry.room);
    return false;
  }

  /** Saves the files of messages that were printed. */
  #save(events: readonly Event[]): void {
    for (const event of events) this.#options.saver?.take(event, (text) => this.#print(text));
  }

  /** A room's earlier messages are printed, or could not be. */
  #roomDone(failed: boolean): void {
    this.#failed ||= failed;
    if (--this.#awaited === 0) this.#leave();
  }

  /** Ends the link when the files of what was printed are saved. */
  async #leave(): Promise<void> {
    const { link, saver } = this.#options;
    if (await saver?.settled() === false) this.#failed = true;
    await link.close();
  }

  /** Prints a text. Ends the link and resolves with false if the reader has gone. */
  async #print(text: string): Promise<boolean> {
    try {
      if (await this.#printer.print(text)) return true;
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
      this.#lost ??= error;
    }
    this.#options.link.close();
    return false;
  }
}

/**
 * Prints the state of a link; that the connection was lost, only once. Returns whether it was online since
 * that was printed.
 */
export function complainOf(
  event: LinkStatus,
  complain: (line: string) => void,
  wasOnline: boolean,
): boolean {
  const { status, text, cause, fellBack } = event;
  if (fellBack) complain(inertLine(text));
  if (status === "offline" && wasOnline) complain(`${inertLine(text)} (trying again)`);
  if (status === "ended" && cause !== "left") complain(whyEnded(event));
  return status === "online" || wasOnline && status !== "offline";
}
