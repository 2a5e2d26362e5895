/** One IRC client: what it has said of itself, what it waits for, and the way to it. */

import type { House } from "../chat/house.ts";
import type { Later } from "../chat/later.ts";
import { Refusal } from "../chat/refusal.ts";
import type { FileReader, LinkedFile } from "../chat/sessions/file_link.ts";
import { type SessionView, viewOf } from "../chat/answers/view.ts";
import { bye } from "../server/bye.ts";
import type { DoorPeer } from "../server/door.ts";
import { costlyKind, type CostlyRequest, isCostly } from "../server/meter.ts";
import type { Event, EventOf } from "../wire/events.ts";
import type { Request } from "../wire/requests.ts";
import { ClientCaps } from "./caps.ts";
import { Gone } from "./gone.ts";
import type { IrcServer } from "./irc_server.ts";
import type { LineWriter } from "./lines/carrier.ts";
import { nickOf } from "./lines/irc_names.ts";
import { type IrcLine, renderLine } from "./lines/write.ts";
import type { OpenLines } from "./open_lines.ts";
import { refusedIn } from "./telling/advice.ts";
import { withAccount } from "./telling/prefix.ts";
import type { Told } from "./told.ts";

/** What was refused, and why: `code` for programs, `message` a sentence without its point. */
export interface Refused {
  readonly code: string;
  readonly message: string;
}

/** An answer that is not whole while somebody holds it. */
export interface Held {
  /** Something more will be added later; {@linkcode release} must follow. */
  hold(): void;
  /** Nothing more comes of this part. */
  release(): void;
}

/** What was said in one place before a client came, as far as it has come. */
export interface Replay {
  /** The channel or nick in which it is shown. */
  readonly target: string;
  /** The last number of it, and the one after which it begins for this client. */
  readonly last: number;
  readonly after: number;
  /** Up to which number it was told before; `undefined`: that is not known, and may be none. */
  readonly told: number | undefined;
  /** What the client has said itself, and shows. */
  readonly said: ReadonlySet<number>;
  /** How many entries between that and what comes are left out. */
  leftOut: number;
  /** What has come and is not shown yet: what was said, its length, and what was done about what was told before. */
  messages: Array<Omit<EventOf<"message">, "type">>;
  length: number;
  readonly about: Array<EventOf<"revised" | "removed" | "reacted" | "answered">>;
}

/** How a room is set, as modes, and who is in it and may act there. */
export interface RoomSettings {
  readonly modes: string;
  readonly ops: ReadonlySet<string>;
}

/** What waits for an answer of the house. */
interface Asked {
  readonly on: (event: Event) => void;
  readonly refused: (refused: Refused) => void;
  readonly end: () => void;
}

/** Requests whose answer comes when they are stored, which may be after other answers. */
const STORED: ReadonlySet<Request["type"]> = new Set(
  ["say", "direct", "revise", "remove", "react", "pin", "answer", "topic"] as const,
);

/** What a client has said of itself before it is in. */
export interface Presented {
  /** The name that it wants, as the house would write it. */
  nick?: string;
  user?: string;
  password?: string;
  /** The account whose password it has shown. */
  account?: { readonly name: string; readonly id: string };
  /** What its person calls it, to be told from the other clients of the account. */
  device?: string;
}

/** One IRC client. */
export class IrcClient {
  readonly server: IrcServer;
  readonly peer: DoorPeer;
  /** Whether nobody can read what is sent on its way: passwords are taken. */
  readonly isPrivate: boolean;
  /** How its lines become bytes. */
  readonly toBytes: LineWriter;
  readonly caps = new ClientCaps();
  readonly presented: Presented = {};
  /** The version of capabilities that it has named; 0 before it has. */
  capVersion = 0;
  /** It chooses capabilities: it comes in when it has said that it is done. */
  isChoosing = false;
  /** `coming`: the house looks whether it may come in. */
  state: "new" | "coming" | "in" = "new";
  /** The name that it goes by, once it is in. */
  name = "";
  /** What the house calls it, which it may not have been told yet: see {@linkcode tellCalled}. */
  called = "";
  /** Tells it that a password was right, before it is told its new name. */
  beforeCalled: (() => void) | undefined;
  realName = "";
  /** When it came in, by a clock that never goes back, in ms. */
  cameAt = 0;
  /** Since when what it says now may have been there, by that clock: it is read when what came before is answered. */
  heardAt = 0;
  /** How far it was told what was said, for an account's that does not ask for that itself. */
  told: Told | undefined;
  /** Up to which number it had been told before it came, where that is known: by {@linkcode toldKey}. */
  readonly toldBefore = new Map<string, number>();
  /** What was said before it came, and is on its way: by {@linkcode toldKey}. */
  readonly replays = new Map<string, Replay>();
  /** Whom it sends out of which room, and how that is told: by the room's name and the person's. */
  readonly kicks = new Map<string, (line: IrcLine) => void>();
  /** How the rooms that it is in are set, as it was told, by their names. */
  readonly rooms = new Map<string, RoomSettings>();
  /** Of whom it was told that they have left the server. */
  readonly gone = new Gone();
  /** A message in several lines that it is sending. */
  lines: OpenLines | undefined;
  /** What it has said when it quit. */
  lastWords = "";
  /** What it has sent of an answer to SASL. */
  sasl: string | undefined;
  #asks = 0;
  #batches = 0;
  readonly #asked = new Map<string, Asked>();
  /** What is to be written as soon as what is being done has been done. */
  #unwritten = "";
  #isDue = false;

  constructor(
    server: IrcServer,
    peer: DoorPeer,
    { isPrivate, toBytes }: Pick<IrcClient, "isPrivate" | "toBytes">,
  ) {
    this.server = server;
    this.peer = peer;
    this.isPrivate = isPrivate;
    this.toBytes = toBytes;
  }

  get house(): House {
    return this.server.shared.house;
  }

  /** What it may know; `undefined` before it is in. */
  get view(): SessionView | undefined {
    return this.house.read(this.peer, viewOf);
  }

  /** Whom numbers are for. */
  get shownNick(): string {
    const name = this.name || (this.presented.nick ?? "");
    return name === "" ? "*" : nickOf(name);
  }

  /** A reference for a batch that no other open one has. */
  nextBatch(): string {
    return `${++this.#batches}`;
  }

  /** Writes a line, after all that was written before. */
  write(line: IrcLine): void {
    this.writeText(renderLine(withAccount(this.caps, line)));
  }

  /** The same for lines that {@linkcode renderLine} has made. */
  writeText(lines: string): void {
    this.#unwritten += lines;
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      const bytes = this.unwritten();
      if (bytes !== undefined) this.peer.push(bytes);
    });
  }

  /** What was written and is not on its way: the caller sends it. */
  unwritten(): Uint8Array | undefined {
    const text = this.#unwritten;
    if (text === "") return undefined;
    this.#unwritten = "";
    return this.toBytes(text);
  }

  /**
   * Asks the house; the answer is part of the reply. A promise means that the next command should wait.
   * `on` gets the answer in its place among what else is told, `refused` why there is none.
   */
  ask(
    reply: Held,
    request: Request,
    on: (event: Event) => void,
    refused: (refused: Refused) => void,
  ): Later<void> {
    const id = `irc${++this.#asks}`;
    const isStored = STORED.has(request.type);
    let hasEnded = false;
    reply.hold();
    const end = (): void => {
      if (hasEnded) return;
      hasEnded = true;
      this.#asked.delete(id);
      reply.release();
    };
    const asked = { on, refused, end };
    this.#asked.set(id, asked);
    const refuse = (error: unknown): void => {
      if (!(error instanceof Refusal)) {
        end();
        throw error;
      }
      this.#refuse(asked, refusedIn(error));
    };
    try {
      const waits = this.#request({ ...request, id });
      if (waits !== undefined) return waits.then(() => isStored || end(), refuse).then(() => {});
      if (!isStored) end();
    } catch (error) {
      refuse(error);
    }
  }

  /** Takes an event that answers a request; false for what answers none. */
  answered(event: Event): boolean {
    const asked = event.id === undefined ? undefined : this.#asked.get(event.id);
    if (asked === undefined) return false;
    if (event.type !== "error") asked.on(event);
    else this.#refuse(asked, { code: event.code, message: event.text.replace(/\.$/, "") });
    asked.end();
    return true;
  }

  /** Settles when all that was asked so far has been answered; `undefined`: it has. */
  settled(): Later<void> {
    if (this.#asked.size === 0) return;
    const reply = { hold: () => {}, release: () => {} };
    // The house answers this after all that is on its way.
    const waits = this.ask(reply, { type: "ping" }, () => {}, () => {});
    const finish = (): void => {
      // What has no answer by now gets none.
      for (const { end } of [...this.#asked.values()]) end();
    };
    return waits instanceof Promise ? waits.then(finish) : finish();
  }

  /** Goes on with something that need not be waited for; an error in it is a bug, and ends the connection. */
  background(work: Later<void>): void {
    if (!(work instanceof Promise)) return;
    work.catch((error: Error) => {
      const { log } = this.server.shared;
      const trace = error.stack ?? error.message;
      log({ level: "error", kind: "problem", text: "A connection failed", fields: { trace } });
      this.peer.close(bye("internal", "The server failed; it is not your fault."));
    });
  }

  /** Where a browser gets a file that was sent to the client's person. */
  linkTo(file: LinkedFile): string | undefined {
    const { view } = this;
    if (view === undefined) return undefined;
    const { self: { who }, device } = view;
    return this.peer.link?.(file, { reader: who as FileReader, device })?.url;
  }

  #refuse({ refused, end }: Asked, { code, message }: Refused): void {
    this.server.shared.metrics.refused(code);
    refused({ code, message });
    end();
  }

  #request(request: Request): Later<void> {
    return isCostly(request) ? this.#costly(request) : this.house.request(this.peer, request);
  }

  async #costly(request: CostlyRequest): Promise<void> {
    await this.peer.costly(costlyKind(request));
    await this.house.request(this.peer, request);
  }
}
