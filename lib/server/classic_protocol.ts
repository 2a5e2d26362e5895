/** The classic protocol: turns a client's frames into requests, and events into pairs of frames. */

import { Refusal } from "../chat/refusal.ts";
import { CLASSIC_TRAITS, type Hello } from "../chat/sessions/peer.ts";
import { pairText } from "../wire/encode.ts";
import { SERVER_NAME } from "../wire/names.ts";
import type { Request } from "../wire/requests.ts";
import { decodeText } from "../wire/text.ts";
import { COMMANDS } from "../words/commands/table.js";
import { parseLine } from "../words/parse.js";
import { bye } from "./bye.ts";
import type { AwaitedFirst } from "./deadlines.ts";
import { closeAfterAnswers, type DoorPeer } from "./door.ts";
import { CLASSIC_IDS, encodingOf } from "./classic_pairs.ts";
import type { Encode } from "./encoded.ts";
import type { SharedState } from "./host.ts";
import { costlyKind, type CostlyRequest, isCostly } from "./meter.ts";

/** Refusals after which the same client may try again. */
const MAY_TRY_AGAIN: ReadonlySet<string> = new Set(["bad-password", "bad-login", "try-later"]);

/** What a classic client has sent to come in. */
type Shown = Pick<Hello, "name" | "password" | "login">;

/** Speaks the classic protocol with one client, which is in one room at a time. */
export class ClassicProtocol {
  readonly kind = "classic";
  readonly hearsServers = false;
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

  get awaits(): AwaitedFirst {
    return this.#missing === undefined ? "hello" : "password";
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
        const asked = { ...request, id: idFor(request.type) };
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

/** The id of a request that was typed as a command: it tells its answer from news, and from that of others. */
function idFor(type: Request["type"]): string {
  return Object.hasOwn(CLASSIC_IDS, type) ? type : "command";
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
