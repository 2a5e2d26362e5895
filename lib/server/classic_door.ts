/** The classic door: the frames of a classic client as requests, and events as pairs of frames. */

import { helpLines, parseLine } from "../chat/command.ts";
import { describe } from "../chat/describe.ts";
import { Refusal } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import { pairText } from "../wire/classic.ts";
import { type Event, type EventOf, type Request, SERVER_NAME } from "../wire/event.ts";
import type { Frame } from "../wire/frame.ts";
import { decodeText } from "../wire/text.ts";
import { Encoded } from "./encoded.ts";
import { bye, type Door, type Premises, type Threshold } from "./door.ts";

/** The id of requests that came as a command, so that their answers are told from news. */
const COMMAND_ID = "command";

/** One classic client. It is in one room at a time. */
export class ClassicDoor implements Door {
  readonly encode = encodeClassic;
  readonly answersPing = false;
  readonly #premises: Premises;
  readonly #threshold: Threshold;
  #session: Session | undefined;
  #directs = 0;

  constructor(premises: Premises, threshold: Threshold) {
    this.#premises = premises;
    this.#threshold = threshold;
  }

  /** Lets the client in under the name in its first frame. */
  enter(name: string): void {
    try {
      this.#session = this.#premises.house.enter(this.#threshold, { name, classic: true });
      this.#threshold.welcome();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#threshold.close(bye(error.code, `${error.message}.`));
    }
  }

  frame({ payload }: Frame): void | Promise<void> {
    const session = this.#session;
    if (session === undefined || payload.length === 0) return;
    const text = decodeText(payload);
    if (text === undefined) {
      return this.#threshold.close(bye("bad-utf8", "A message was not valid UTF-8."));
    }
    const [room] = session.rooms.values();
    if (room === undefined) return;
    if (!text.startsWith("/")) {
      return this.#request(session, { type: "say", room: room.name, text });
    }
    const parsed = parseLine(text, {
      room: room.name,
      names: this.#premises.house.names(room.name),
    });
    switch (parsed.kind) {
      case "request":
        return this.#command(session, parsed.request, room.name);
      case "help":
        return this.#tell(helpLines());
      case "quit":
        return this.#threshold.close(bye("quit", "Goodbye."));
      case "error":
        return this.#tell([parsed.text]);
    }
  }

  gone(clean: boolean, reason?: string): void {
    if (this.#session !== undefined) {
      this.#premises.house.exit(this.#session, this.#threshold, clean, reason);
    }
  }

  /** Joining is moving here, since a pair does not say which room it is from. */
  #command(session: Session, request: Request, room: string): void | Promise<void> {
    const { house } = this.#premises;
    if (request.type === "say") return this.#request(session, request);
    if (request.type === "leave") {
      return this.#tell([`You are in ${room}; /join another room, or /quit.`]);
    }
    if (request.type === "direct") {
      return this.#request(session, { ...request, id: `${++this.#directs}` });
    }
    const before = [...session.rooms.values()];
    const waits = this.#request(session, { ...request, id: COMMAND_ID });
    if (request.type === "join" && session.rooms.size > 1) {
      for (const old of before) house.request(session, { type: "leave", room: old.name });
    }
    return waits;
  }

  #request(session: Session, request: Request): void | Promise<void> {
    try {
      const waits = this.#premises.house.request(session, request);
      return waits?.catch((error) => this.#refuse(error));
    } catch (error) {
      return this.#refuse(error);
    }
  }

  #refuse(error: unknown): void {
    if (!(error instanceof Refusal)) throw error;
    this.#premises.metrics.refused(error.code);
    this.#tell([`${error.message}.`]);
  }

  #tell(lines: readonly string[]): void {
    const pairs = lines.map((line) => pairText(SERVER_NAME, line));
    this.#threshold.push(encoder.encode(pairs.join("")));
  }
}

const encoder = new TextEncoder();

/** The pairs that tell `events`. News that the classic protocol has no form for are left out. */
export function encodeClassic(events: readonly Event[]): Encoded {
  return new Encoded(events.map(eventPairs));
}

function eventPairs(event: Event): string {
  // What is said most is done first and without detours.
  if (event.type === "message" && !event.action) return pairText(event.from, event.text);
  return pairsFor(event).map(([name, text]) => pairText(name, text)).join("");
}

function pairsFor(event: Event): Array<readonly [name: string, text: string]> {
  switch (event.type) {
    case "message":
      return [[event.from, event.action ? `* ${event.from} ${event.text}` : event.text]];
    case "direct":
      return [[event.from, `(to you) ${event.text}`]];
    case "ack":
      return directAck(event);
    case "joined":
    case "left":
      // Coming and going is no news to a classic client, whose own server never told it.
      return event.id !== undefined && event.type === "joined" ? serverPairs(event) : [];
    default:
      return serverPairs(event);
  }
}

/** A direct message leaves no trace on a classic screen unless the server says that it arrived. */
function directAck(event: EventOf<"ack">): Array<readonly [string, string]> {
  return event.id !== undefined && event.room === undefined ? [[SERVER_NAME, "Delivered."]] : [];
}

function serverPairs(event: Event): Array<readonly [string, string]> {
  return (describe(event) ?? []).map((line) => [SERVER_NAME, line] as const);
}
