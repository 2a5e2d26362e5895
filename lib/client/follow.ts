/** The client that only listens: the last messages of its rooms, then what is said from now on. */

import { delay } from "@std/async/delay";
import { describe } from "../words/describe.js";
import type { Event, EventOf, Message } from "../wire/events.ts";
import { type Conversation, type EndCause, type LinkStatus, RequestError } from "./conversation.ts";
import { inertLine } from "../words/inert.js";
import { OutputError, Printer } from "./printer.ts";
import { type Shape, shown } from "./shown.ts";
import { whyEnded } from "./why_ended.ts";

/** What {@linkcode runFollow} is given. */
export interface FollowOptions {
  readonly link: Conversation;
  readonly output: WritableStream<Uint8Array<ArrayBuffer>>;
  /** Takes a diagnostic, one line. */
  readonly complain: (line: string) => void;
  readonly shape: Shape;
  /** How many earlier messages of each room to begin with. */
  readonly last: number;
  /** Lines begin with the room. */
  readonly rooms?: boolean;
  /** To end when the earlier messages of so many rooms are printed; not unless told. */
  readonly endAfterRooms?: number;
  /** How long a reader of the first lines has time to go, in ms. */
  readonly pauseMs?: number;
}

/** The largest page that a server gives. */
const PAGE = 200;
/** Messages of one room that wait for its history at most; then they go without it. */
const MAX_HELD = 10_000;
/** Long enough for `head -1` to take its line and go, in ms. */
const PAUSE_MS = 50;

/**
 * Runs until the link ends, nobody reads the output, or the earlier messages are printed and no more
 * is wanted; never sends a message. Resolves with why it ended, or with 1 where it could not print
 * all that was there. Rejects with an `OutputError` where what was printed gets lost.
 */
export async function runFollow(options: FollowOptions): Promise<EndCause | number> {
  return await new Follower(options).run();
}

class Follower {
  readonly #options: FollowOptions;
  readonly #printer: Printer;
  /** Rooms whose history was asked for, or need not be. */
  readonly #begun = new Set<string>();
  /** What was said in a room and waits for its history, so that it comes after it. */
  readonly #held = new Map<string, Array<EventOf<"message">>>();
  /** Rooms whose history comes, or is being printed. */
  readonly #beginning = new Set<Promise<void>>();
  /** The end of what was last begun to be printed of a room: they come one after the other. */
  #printing: Promise<void> = Promise.resolve();
  /** Rooms that are being printed so, or wait for it. */
  #waiting = 0;
  /** Rooms that are to be printed before it ends. */
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
        this.#tell(event);
        cause = event.cause ?? cause;
      } else if (this.#lost === undefined) await this.#take(event);
    }
    await Promise.all(this.#beginning);
    if (this.#lost !== undefined) throw this.#lost;
    return cause === "left" && this.#failed ? 1 : cause;
  }

  async #take(event: Event): Promise<void> {
    if (event.type === "message" && await this.#hold(event)) return;
    await this.#print(shown(event, this.#options));
    if (event.type === "ready") this.#begin(event.room, event.seq);
    else if (event.type === "joined" && event.seq !== undefined) {
      this.#begin(event.room, event.seq);
    } else if (event.type === "gap" || event.type === "notice" || event.type === "error") {
      for (const line of describe(event) ?? []) this.#options.complain(inertLine(line));
      if (event.type === "error") this.#roomDone(true);
    }
  }

  /** Says once that the connection was lost, however often it is tried again. */
  #tell(event: LinkStatus): void {
    const { status, text, cause, fellBack } = event;
    const { complain } = this.#options;
    if (fellBack) complain(inertLine(text));
    if (status === "online") this.#wasOnline = true;
    if (status === "offline" && this.#wasOnline) {
      this.#wasOnline = false;
      complain(`${inertLine(text)} (trying again)`);
    }
    if (status === "ended" && cause !== "left") complain(whyEnded(event));
  }

  async #hold(message: EventOf<"message">): Promise<boolean> {
    const { room } = message;
    if (!this.#begun.has(room)) this.#held.set(room, this.#held.get(room) ?? []);
    const held = this.#held.get(room);
    if (held === undefined) return false;
    held.push(message);
    if (held.length >= MAX_HELD) await this.#release(room, []);
    return true;
  }

  /** Begins a room with its last messages, those up to `seq`. */
  #begin(room: string, seq: number): void {
    const { link, complain, last } = this.#options;
    if (this.#begun.has(room)) return;
    this.#begun.add(room);
    this.#held.set(room, this.#held.get(room) ?? []);
    const asked = last === 0 || seq === 0 || link.protocol === "classic"
      ? Promise.resolve([])
      : this.#lastOf(room, seq);
    const beginning: Promise<void> = asked.catch((error: Error) => {
      this.#failed = true;
      // Why it ended is told by itself.
      if (error instanceof RequestError && error.code === "ended") return [];
      complain(`The last messages of ${inertLine(room)} are missing: ${inertLine(error.message)}`);
      return [];
    }).then((messages) => this.#release(room, messages)).then(() => {
      this.#beginning.delete(beginning);
      this.#roomDone(false);
    });
    this.#beginning.add(beginning);
  }

  async #lastOf(room: string, seq: number): Promise<Message[]> {
    const messages: Message[] = [];
    let before = seq + 1;
    for (let wanted = this.#options.last; wanted > 0;) {
      const limit = Math.min(wanted, PAGE);
      const page = await this.#options.link.send({ type: "history", room, before, limit });
      const [first] = page.type === "page" ? page.messages : [];
      if (page.type !== "page" || first === undefined || first.seq >= before) break;
      messages.unshift(...page.messages);
      wanted -= page.messages.length;
      before = first.seq;
      if (!page.more) break;
    }
    return messages;
  }

  /** Shows the messages, and those that waited for them, when no other room's are being shown. */
  #release(room: string, messages: readonly Message[]): Promise<void> {
    this.#waiting++;
    const released = this.#printing.then(() => this.#printRoom(room, messages))
      .finally(() => this.#waiting--);
    this.#printing = released.catch(() => {}); // whoever waits for it is told
    return released;
  }

  async #printRoom(room: string, messages: readonly Message[]): Promise<void> {
    const held = this.#held.get(room);
    if (held === undefined) return;
    this.#begun.add(room);
    const earlier = messages.map((message) => ({ type: "message" as const, ...message }));
    const texts = [...earlier, ...held.splice(0)].map((each) => shown(each, this.#options));
    // Only a write tells that the reader has gone, so the last line comes after those that it may
    // have been content with.
    const last = texts.length > 1 ? texts.pop() : undefined;
    const isRead = await this.#print(texts.join(""));
    if (last !== undefined && isRead) {
      // The next room's lines would tell, too.
      if (this.#waiting === 1) await delay(this.#options.pauseMs ?? PAUSE_MS);
      await this.#print(last);
    }
    // What was said meanwhile has waited for that line, too.
    this.#held.delete(room);
    if (held.length > 0) await this.#print(held.map((each) => shown(each, this.#options)).join(""));
  }

  /** A room's earlier messages are printed, or can't be. */
  #roomDone(failed: boolean): void {
    this.#failed ||= failed;
    if (--this.#awaited === 0) this.#options.link.close();
  }

  /** Prints it, and ends the link where that is of no use any more; resolves with whether it is. */
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
