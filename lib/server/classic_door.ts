/** The classic door: the frames of a classic client as requests, and events as pairs of frames. */

import { helpLines, parseLine } from "../chat/command.ts";
import { describe } from "../chat/describe.ts";
import type { Pass, Shown } from "../chat/keeper.ts";
import { Refusal } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import { pairText } from "../wire/classic.ts";
import { type Event, type EventOf, type Request, SERVER_NAME } from "../wire/event.ts";
import { decodeText } from "../wire/text.ts";
import { Encoded } from "./encoded.ts";
import { bye } from "./bye.ts";
import type { DoorPeer } from "./door.ts";
import type { SharedState } from "./host.ts";
import { costlyKind, type CostlyRequest, isCostly } from "./meter.ts";

/** The id of requests that came as a command, so that their answers are told from news. */
const COMMAND_ID = "command";

/** What may be otherwise when somebody tries again. */
const MAY_TRY_AGAIN: ReadonlySet<string> = new Set(["bad-password", "bad-login", "try-later"]);

/** One classic client. It is in one room at a time. */
export class ClassicDoor {
  readonly kind = "classic";
  readonly encode = encodeClassic;
  /** It has no way to answer. */
  readonly ping = undefined;
  readonly #shared: SharedState;
  readonly #peer: DoorPeer;
  #session: Session | undefined;
  /** The name that it came with, and what it has shown so far. */
  #shown: Shown = { name: "" };
  /** The password that is to be typed before it comes in. */
  #missing: "password" | "login" | undefined;
  #directs = 0;
  #gone = false;

  constructor(shared: SharedState, peer: DoorPeer) {
    this.#shared = shared;
    this.#peer = peer;
  }

  /** Lets the client in under the name in its first frame, or asks for what is missing. */
  enter(name: string): void {
    this.#shown = { name };
    // Nothing has been shown yet, so there is nothing to wait for.
    this.#come(this.#shown);
  }

  get waitsForPerson(): boolean {
    return this.#missing !== undefined;
  }

  get peerName(): string | undefined {
    return this.#session?.name;
  }

  /** Answers a frame. A promise means that the next one should wait. */
  frame(payload: Uint8Array): void | Promise<void> {
    const session = this.#session;
    if (payload.length === 0) return;
    const text = decodeText(payload);
    if (text === undefined) {
      return this.#peer.close(bye("bad-utf8", "A message was not valid UTF-8."));
    }
    if (session === undefined) return this.#outside(text);
    const [room] = this.#shared.house.roomsOf(session);
    if (room === undefined) return;
    if (!text.startsWith("/")) {
      return this.#request(session, { type: "say", room, text });
    }
    const parsed = parseLine(text, {
      room,
      names: this.#shared.house.names(room),
    });
    switch (parsed.kind) {
      case "request": {
        const { request } = parsed;
        if (request.type === "say" || request.type === "direct") {
          return this.#command(session, request, room);
        }
        return this.#afterSpeech(session, () => this.#command(session, request, room));
      }
      case "help":
        return this.#tell(helpLines());
      case "quit":
        return this.#afterSpeech(session, () => this.#peer.close(bye("quit", "Goodbye.")));
      case "error":
        return this.#tell([parsed.text]);
    }
  }

  /** Does something once all that was said before has been told. */
  #afterSpeech(session: Session, act: () => void | Promise<void>): void | Promise<void> {
    return session.idle()?.then(() => this.#gone ? undefined : act()) ?? act();
  }

  gone(clean: boolean, reason?: string): void {
    this.#gone = true;
    if (this.#session !== undefined) {
      this.#shared.house.exit(this.#session, this.#peer, clean, reason);
    }
  }

  /** Comes in with what was shown; stays outside while something is missing. */
  #come(shown: Shown): void | Promise<void> {
    try {
      const pass = this.#shared.house.admit(this.#peer.address, shown);
      if (!(pass instanceof Promise)) return this.#enter(shown, pass);
      return pass.then((pass) => this.#enter(shown, pass)).catch((error) => this.#stayOut(error));
    } catch (error) {
      this.#stayOut(error);
    }
  }

  #enter(shown: Shown, pass: Pass): void {
    // The connection may have been ended while the passwords were looked at.
    if (this.#gone) return;
    // The server's password was right, and need not be typed again.
    this.#shown = { name: shown.name, password: shown.password };
    const { house } = this.#shared;
    const { name } = shown;
    this.#session = house.enter(this.#peer, { name, classic: true, pass });
    this.#missing = undefined;
    this.#peer.welcome();
  }

  /** Says what is missing, or goodbye to who can't come in whatever is typed. */
  #stayOut(error: unknown): void {
    if (!(error instanceof Refusal)) throw error;
    const { code, message } = error;
    if (code === "password-needed") this.#missing = "password";
    else if (code === "name-reserved") this.#missing = "login";
    else if (this.#missing === undefined || !MAY_TRY_AGAIN.has(code)) {
      return this.#peer.close(bye(code, `${message}.`));
    }
    this.#tell([
      MAY_TRY_AGAIN.has(code) ? `${message}.` : `${message}: say /login PASSWORD, or /quit.`,
    ]);
  }

  /** Listens to somebody who has not come in. */
  #outside(text: string): void | Promise<void> {
    const missing = this.#missing;
    if (missing === undefined) return;
    if (text.trim().toLowerCase() === "/quit") {
      return this.#peer.close(bye("quit", "Goodbye."));
    }
    const password = typedPassword(text);
    if (password !== undefined) return this.#come({ ...this.#shown, [missing]: password });
    this.#tell(["You are not in yet: say /login PASSWORD, or /quit."]);
  }

  /** Joining is moving here, since a pair does not say which room it is from. */
  #command(session: Session, request: Request, room: string): void | Promise<void> {
    const { house } = this.#shared;
    if (request.type === "say") return this.#request(session, request);
    if (isCostly(request)) {
      return this.#costly(session, { ...request, id: COMMAND_ID });
    }
    if (request.type === "leave") {
      return this.#tell([`You are in ${room}; /join another room, or /quit.`]);
    }
    if (request.type === "direct") {
      return this.#request(session, { ...request, id: `${++this.#directs}` });
    }
    const before = house.roomsOf(session);
    const waits = this.#request(session, { ...request, id: COMMAND_ID });
    if (request.type === "join" && session.rooms.size > 1) {
      for (const old of before) house.request(session, { type: "leave", room: old });
    }
    return waits;
  }

  async #costly(session: Session, request: CostlyRequest): Promise<void> {
    await this.#peer.costly(costlyKind(request));
    if (!this.#gone) await this.#request(session, request);
  }

  #request(session: Session, request: Request): void | Promise<void> {
    try {
      const waits = this.#shared.house.request(session, request);
      return waits?.catch((error) => this.#refuse(error));
    } catch (error) {
      return this.#refuse(error);
    }
  }

  #refuse(error: unknown): void {
    if (!(error instanceof Refusal)) throw error;
    this.#shared.metrics.refused(error.code);
    this.#tell([`${error.message}.`]);
  }

  #tell(lines: readonly string[]): void {
    const pairs = lines.map((line) => pairText(SERVER_NAME, line));
    this.#peer.push(encoder.encode(pairs.join("")));
  }
}

const encoder = new TextEncoder();

/** The password in a line `/login PASSWORD`; `undefined` for any other line. */
export function typedPassword(line: string): string | undefined {
  const words = line.trim();
  if (!/^\/login\s/i.test(words)) return undefined;
  const password = words.slice("/login".length).trim();
  return /[\n\r\u2028\u2029]/.test(password) ? undefined : password;
}

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
