/** The client that only listens: the last messages of its rooms, then what is said from now on. */

import { describe } from "../chat/describe.ts";
import type { EventOf, Message } from "../wire/event.ts";
import type { Conversation, EndCause, LinkStatus } from "./conversation.ts";
import { inertLine } from "./inert.ts";
import { type Shape, shown } from "./shown.ts";

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
}

/** The largest page that a server gives. */
const PAGE = 200;
/** Messages of one room that wait for its history at most; then they go without it. */
const MAX_HELD = 10_000;

/**
 * Runs until the link ends or nobody reads the output, which is `left`; never sends a message.
 * Resolves with why it ended.
 */
export async function runFollow(options: FollowOptions): Promise<EndCause> {
  return await new Follower(options).run();
}

class Follower {
  readonly #options: FollowOptions;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #encoder = new TextEncoder();
  /** Rooms whose history was asked for, or need not be. */
  readonly #begun = new Set<string>();
  /** What was said in a room and waits for its history, so that it comes after it. */
  readonly #held = new Map<string, Array<EventOf<"message">>>();
  #wasOnline = false;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#writer = options.output.getWriter();
  }

  async run(): Promise<EndCause> {
    const { link, complain } = this.#options;
    try {
      for await (const event of link.events) {
        if (event.type === "status") {
          this.#tell(event);
          if (event.cause !== undefined) return event.cause;
          continue;
        }
        if (event.type === "message" && await this.#hold(event)) continue;
        await this.#write(shown(event, this.#options));
        if (event.type === "ready") this.#begin(event.room, event.seq);
        else if (event.type === "joined" && event.seq !== undefined) {
          this.#begin(event.room, event.seq);
        } else if (event.type === "gap" || event.type === "notice" || event.type === "error") {
          for (const line of describe(event) ?? []) complain(inertLine(line));
        }
      }
    } catch {
      // The reader of our output has gone.
    } finally {
      await link.close();
    }
    return "left";
  }

  /** Says once that the connection was lost, however often it is tried again. */
  #tell({ status, text, cause, fellBack }: LinkStatus): void {
    const { complain } = this.#options;
    if (fellBack) complain(inertLine(text));
    if (status === "online") this.#wasOnline = true;
    if (status === "offline" && this.#wasOnline) {
      this.#wasOnline = false;
      complain(`${inertLine(text)} (trying again)`);
    }
    if (status === "ended" && cause !== "left") complain(inertLine(text));
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
    asked.catch((error: Error) => {
      complain(`The last messages of ${inertLine(room)} are missing: ${inertLine(error.message)}`);
      return [];
    }).then((messages) => this.#release(room, messages)).catch(() => link.close());
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

  /** Shows the messages, and those that waited for them. */
  async #release(room: string, messages: readonly Message[]): Promise<void> {
    const held = this.#held.get(room);
    if (held === undefined) return;
    this.#held.delete(room);
    this.#begun.add(room);
    const earlier = messages.map((message) => ({ type: "message" as const, ...message }));
    const texts = [...earlier, ...held].map((message) => shown(message, this.#options));
    await this.#write(texts.join(""));
  }

  async #write(text: string): Promise<void> {
    if (text !== "") await this.#writer.write(this.#encoder.encode(text));
  }
}
