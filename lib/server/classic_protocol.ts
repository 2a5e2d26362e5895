/** The classic protocol: turns a client's frames into requests, and events into pairs of frames. */

import { Refusal } from "../chat/refusal.ts";
import { CLASSIC_TRAITS, type Hello } from "../chat/sessions/peer.ts";
import { pairText } from "../wire/encode.ts";
import type { Event, EventOf } from "../wire/events.ts";
import { EDIT_SIGN, SERVER_NAME } from "../wire/names.ts";
import type { Request } from "../wire/requests.ts";
import { decodeText } from "../wire/text.ts";
import { noPinsText, withQuote } from "../words/commands/life.js";
import { COMMANDS } from "../words/commands/table.js";
import { describeMessage } from "../words/commands/talk.js";
import { describe } from "../words/describe.js";
import { captionOf, fetchSentence } from "../words/files.js";
import { nameKey } from "../words/names.js";
import { parseLine } from "../words/parse.js";
import { bye } from "./bye.ts";
import { closeAfterAnswers, type DoorPeer } from "./door.ts";
import { type Encode, Encoded } from "./encoded.ts";
import type { SharedState } from "./host.ts";
import { costlyKind, type CostlyRequest, isCostly } from "./meter.ts";

/** The id of requests that were typed as a command: it tells their answers from news. */
const COMMAND_ID = "command";
/** That of `/pins`, whose answer is a page like that of others. */
const PINS_ID = "pins";

/** Refusals after which the same client may try again. */
const MAY_TRY_AGAIN: ReadonlySet<string> = new Set(["bad-password", "bad-login", "try-later"]);

/** What a classic client has sent to come in. */
type Shown = Pick<Hello, "name" | "password" | "login">;

/** Speaks the classic protocol with one client, which is in one room at a time. */
export class ClassicProtocol {
  readonly kind = "classic";
  readonly encode: Encode;
  readonly traits = CLASSIC_TRAITS;
  readonly fileBytes = undefined;
  readonly takesBytes = false;
  /** A classic client has no way to answer a ping. */
  readonly ping = undefined;
  readonly #shared: SharedState;
  readonly #peer: DoorPeer;
  #isIn = false;
  /** The name of its first frame, and the passwords it has sent so far. */
  #shown: Shown = { name: "" };
  /** The password that the person still has to type. */
  #missing: "password" | "login" | undefined;
  #directs = 0;

  constructor(shared: SharedState, peer: DoorPeer) {
    this.#shared = shared;
    this.#peer = peer;
    this.encode = encodingOf(shared);
  }

  /**
   * Lets the client in under the name in its first frame, or asks for a password. A promise means that the next
   * frame should wait: where several machines agree on who comes in, that takes a while.
   */
  enter(name: string): void | Promise<void> {
    this.#shown = { name };
    return this.#come(this.#shown);
  }

  get waitsForPerson(): boolean {
    return this.#missing !== undefined;
  }

  /** Answers a frame. A promise means that the next one should wait. */
  answer(payload: Uint8Array): void | Promise<void> {
    if (payload.length === 0) return;
    const text = decodeText(payload);
    if (text === undefined) {
      const last = bye("bad-utf8", "A message was not valid UTF-8.");
      return closeAfterAnswers(this.#shared, this.#peer, last);
    }
    if (!this.#isIn) return this.#outside(text);
    const { house } = this.#shared;
    const [room] = house.roomsOf(this.#peer);
    if (room === undefined) return;
    if (!text.startsWith("/")) return this.#request({ type: "say", room, text });
    const parsed = parseLine(text, { room, names: house.names(room), isOnlyRoom: true });
    switch (parsed.kind) {
      case "request":
        return this.#command(parsed.request);
      case "help":
        return this.#tell(helpLines());
      case "quit":
        return this.#request({ type: "quit" });
      case "error":
        return this.#tell([parsed.text]);
    }
  }

  /** Lets the client in, unless a password is missing or wrong. */
  #come(shown: Shown): void | Promise<void> {
    try {
      const comes = this.#shared.house.come(this.#peer, shown);
      if (comes === undefined) return this.#entered();
      return comes.then(() => this.#entered()).catch((error) => this.#stayOut(error, shown));
    } catch (error) {
      this.#stayOut(error, shown);
    }
  }

  #entered(): void {
    this.#isIn = true;
    this.#missing = undefined;
  }

  /** Asks for the missing password, or says goodbye if no password could let the client in. */
  #stayOut(error: unknown, shown: Shown): void {
    if (!(error instanceof Refusal)) throw error;
    const { code, message } = error;
    if (code === "password-needed") this.#missing = "password";
    else if (code === "name-reserved") {
      this.#missing = "login";
      // The server's password was right, and need not be typed again.
      const { login: _, ...stillGood } = shown;
      this.#shown = stillGood;
    } else if (this.#missing === undefined || !MAY_TRY_AGAIN.has(code)) {
      return this.#peer.close(bye(code, `${message}.`));
    }
    this.#tell([
      MAY_TRY_AGAIN.has(code) ? `${message}.` : `${message}: say /login PASSWORD, or /quit.`,
    ]);
  }

  /** Answers a client that has not been let in. */
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

  #command(request: Request): void | Promise<void> {
    switch (request.type) {
      case "say":
        return this.#request(request);
      case "direct":
        return this.#request({ ...request, id: `${++this.#directs}` });
      default: {
        const id = request.type === "pins" ? PINS_ID : COMMAND_ID;
        const asked = { ...request, id };
        return isCostly(asked) ? this.#costly(asked) : this.#request(asked);
      }
    }
  }

  async #costly(request: CostlyRequest): Promise<void> {
    await this.#peer.costly(costlyKind(request));
    await this.#request(request);
  }

  #request(request: Request): void | Promise<void> {
    try {
      const waits = this.#shared.house.request(this.#peer, request);
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

/** The lines that `/help` shows. */
export function helpLines(): string[] {
  const shown = COMMANDS.filter(({ beyondClassic }) => !beyondClassic).map((c) =>
    [`/${c.name} ${c.usage}`.trimEnd(), c.summary] as const
  );
  const width = Math.max(...shown.map(([left]) => left.length));
  return [
    ...shown.map(([left, right]) => `${left.padEnd(width)}  ${right}`),
    "//text".padEnd(width) + "  say a message that begins with a slash",
  ];
}

/** Encodes events as pairs of frames, without the news that the classic protocol has no form for. */
export function encodeClassic(events: readonly Event[]): Encoded {
  return new Encoded(events.map((event) => eventPairs(event)));
}

/** The encoding of each server, which says where its files are fetched. */
const encodings = new WeakMap<SharedState, Encode>();

/** One for all classic clients of a server, so that each batch is encoded once. */
function encodingOf(shared: SharedState): Encode {
  let encode = encodings.get(shared);
  if (encode === undefined) {
    encode = (events) => new Encoded(events.map((event) => eventPairs(event, shared)));
    encodings.set(shared, encode);
  }
  return encode;
}

function eventPairs(event: Event, shared?: SharedState): string {
  // Plain messages are by far the most frequent events: take the short way for them.
  if (event.type === "message" && !event.action) {
    const text = event.file === undefined ? event.text : fileText(event, shared);
    return pairText(event.from, withQuote(text, event.quote));
  }
  if (event.type === "revised") return pairText(event.from, EDIT_SIGN + fileText(event, shared));
  return pairsFor(event).map(([name, text]) => pairText(name, text)).join("");
}

/** What a message says that brings a file, with a link that leads everybody to it who may enter the room. */
export function fileText(
  { room = "", text, file }: Pick<EventOf<"revised">, "room" | "text" | "file">,
  shared: SharedState | undefined,
): string {
  if (file === undefined) return text;
  const { links, house } = shared ?? {};
  const key = nameKey(room);
  const isForAll = house !== undefined && house.state.rooms.access(key) !== "invite";
  const url = isForAll ? links?.link(file, { reader: `room ${key}` }).url : undefined;
  return fetchSentence(file, url, captionOf(text, file));
}

function pairsFor(event: Event): Array<readonly [name: string, text: string]> {
  switch (event.type) {
    case "message":
      return [[event.from, event.action ? describeMessage(event) : event.text]];
    case "direct":
      return [[event.from, `(to you) ${withQuote(event.text, event.quote)}`]];
    case "removed":
      return [[SERVER_NAME, removedText(event)]];
    case "pinned":
      return [[SERVER_NAME, pinnedText(event)]];
    case "page":
      return event.id === PINS_ID && event.messages.length === 0
        ? [[SERVER_NAME, noPinsText(event.room)]]
        : serverPairs(event);
    case "reacted":
    case "emptied":
      return [];
    case "ack":
      return directAck(event);
    case "joined":
    case "left":
      // The original classic server never told who comes and goes, so neither do we.
      return event.id !== undefined && event.type === "joined" ? serverPairs(event) : [];
    default:
      return serverPairs(event);
  }
}

function removedText({ from, chat, reason }: EventOf<"removed">): string {
  const what = chat === undefined ? "a message" : "a message to you";
  return `${from} removed ${what}${reason === undefined ? "" : `: ${reason}`}.`;
}

/** A client of this kind knows no numbers of messages. */
function pinnedText({ from, off }: EventOf<"pinned">): string {
  return off ? `${from} unpinned a message.` : `${from} pinned a message; /pins shows it.`;
}

/** A direct message leaves no trace on a classic screen unless the server says that it arrived. */
function directAck(event: EventOf<"ack">): Array<readonly [string, string]> {
  return event.id !== undefined && event.room === undefined ? [[SERVER_NAME, "Delivered."]] : [];
}

function serverPairs(event: Event): Array<readonly [string, string]> {
  return (describe(event) ?? []).map((line) => [SERVER_NAME, line] as const);
}
