/** Tells a room or a person of a command: one message, which is edited, and a file at the end. */

import { RequestError } from "../client/conversation.ts";
import { FileTransfers } from "../client/files/file_transfers.ts";
import type { UploadSource } from "../client/files/upload_source.ts";
import { noLife } from "../client/life_feature.ts";
import type { Link } from "../client/link.ts";
import { whyEnded } from "../client/shown.ts";
import type { RequestOf } from "../wire/requests.ts";
import { utf8Length } from "../wire/text.ts";
import { within } from "../wire/within.ts";

/** What a request has besides its text, in bytes, at most. */
const FRAME_BYTES = 512;

/** A link, and what it has told. */
interface Opened {
  readonly link: Link;
  readonly transfers: FileTransfers;
  /** The room that we are in; `undefined`: the link has ended. */
  readonly room: Promise<string | undefined>;
}

/** What a {@linkcode RunTelling} is made with. */
export interface RunTellingOptions {
  /** Opens a link to the server; again, where the one before has found none. */
  readonly open: () => Link;
  /** Whom it is told instead of a room. */
  readonly to: string | undefined;
  /** How long to wait at the end for a server that is away, in ms. */
  readonly lastMs: number;
}

/** What is told. Its lines may be left out from the first on, where a server takes less. */
export interface ToldText {
  readonly head: string;
  readonly lines: readonly string[];
}

/** One message, and what becomes of it. */
export class RunTelling {
  readonly #options: RunTellingOptions;
  #opened: Opened | undefined;
  /** Where the message is, by whose number it is edited. */
  #place: Pick<RequestOf<"revise">, "room" | "chat" | "re"> | undefined;
  /** It is said, and can't be edited any more. */
  #isOver = false;
  /** The server will not have us. */
  #isRefused = false;
  #why = "";
  #isEnding = false;
  #isOnline = false;
  #fileBytes = 0;
  /** What was told last: one at a time, since the first makes the message that others edit. */
  #turn: Promise<unknown> = Promise.resolve();
  #lastTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RunTellingOptions) {
    this.#options = options;
  }

  /** Why something was not told, in a sentence. */
  get why(): string {
    return this.#why;
  }

  /** Whether nothing can be told of it before its end. */
  get isOver(): boolean {
    return this.#isOver || this.#isRefused;
  }

  /** Whether a file can be sent, and how large it may be, in bytes; 0: none. */
  get mostFileBytes(): number {
    return this.#fileBytes;
  }

  /** Says it, or edits what was said. Resolves with whether the server has it. */
  tell(text: ToldText): Promise<boolean> {
    const told = this.#turn.then(() => this.#tell(text));
    this.#turn = told.catch(() => {}); // whoever asked for it learns of it
    return told;
  }

  async #tell(text: ToldText): Promise<boolean> {
    const opened = await this.#open();
    if (opened === undefined) return false;
    try {
      await this.#send(opened, text);
      return true;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.code !== "ended" || this.#why === "") this.#why = error.message;
      // It is too old, or removed; or its author is somebody else for the server by now.
      if (error.code !== "ended") this.#isOver = true;
      return false;
    }
  }

  /** Tells the end of it, as a message of its own where the first can't be edited any more. */
  async tellEnd(text: ToldText): Promise<boolean> {
    this.#isEnding = true;
    this.#watchLast();
    if (await within(this.#options.lastMs, this.tell(text)) === true) return true;
    if (!this.#isOver || this.#isRefused) return false;
    this.#place = undefined;
    return await within(this.#options.lastMs, this.tell(text)) === true;
  }

  /** Sends the log. Resolves with whether the server has it. */
  async sendFile(source: UploadSource, text: string): Promise<boolean> {
    const opened = await this.#open();
    const room = await opened?.room;
    if (opened === undefined || room === undefined) return false;
    const { to } = this.#options;
    try {
      const destination = to === undefined ? { room } : { to };
      await opened.transfers.upload({ source, destination, ...text === "" ? {} : { text } }).result;
      return true;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.code !== "ended" || this.#why === "") this.#why = error.message;
      return false;
    }
  }

  /** Ends it, whatever is under way. */
  async close(): Promise<void> {
    this.#isRefused = true;
    clearTimeout(this.#lastTimer);
    await this.#opened?.link.close();
  }

  async #send({ link, room: coming }: Opened, text: ToldText): Promise<void> {
    const room = await coming;
    if (room === undefined) throw new RequestError("ended", this.#why);
    const fitting = fittingText(text, (link.welcome?.limits.payload ?? Infinity) - FRAME_BYTES);
    if (this.#place !== undefined) {
      const request = { type: "revise", ...this.#place, text: fitting } as const;
      const lacking = link.welcome && noLife(request, link.welcome);
      if (lacking !== undefined) throw new RequestError("no-life", lacking);
      await link.send(request);
      return;
    }
    const { to } = this.#options;
    const ack = await link.send(
      to === undefined
        ? { type: "say", room, text: fitting }
        : { type: "direct", to, text: fitting },
    );
    if (ack.type !== "ack" || ack.seq === undefined) this.#isOver = true;
    else {
      const { seq: re, chat } = ack;
      this.#place = chat === undefined ? { room, re } : { chat, re };
    }
  }

  /** The link that there is, or a new one; `undefined`: the server is not there, or will not have us. */
  async #open(): Promise<Opened | undefined> {
    if (this.#isRefused) return undefined;
    if (this.#opened === undefined) {
      const link = this.#options.open();
      const transfers = new FileTransfers(link);
      const room = Promise.withResolvers<string | undefined>();
      this.#opened = { link, transfers, room: room.promise };
      void this.#read(link, transfers, room.resolve);
    }
    const opened = this.#opened;
    return await opened.room === undefined ? undefined : opened;
  }

  async #read(
    link: Link,
    { conversation }: FileTransfers,
    inRoom: (room: string | undefined) => void,
  ): Promise<void> {
    for await (const event of conversation.events) {
      if (event.type === "ready") {
        this.#fileBytes = link.welcome?.limits.file ?? 0;
        inRoom(event.room);
      }
      if (event.type !== "status") continue;
      this.#isOnline = event.status === "online";
      this.#watchLast();
      if (event.status === "offline") this.#why = whyEnded(event);
      if (event.status !== "ended") continue;
      if (event.cause !== "left" || this.#why === "") this.#why = whyEnded(event);
      this.#isRefused ||= event.cause !== "unreachable";
    }
    this.#opened = undefined;
    inRoom(undefined);
  }

  /** A server that goes away at the end is not waited for as long as before. */
  #watchLast(): void {
    clearTimeout(this.#lastTimer);
    if (!this.#isEnding || this.#isOnline) return;
    this.#lastTimer = setTimeout(() => void this.#opened?.link.close(), this.#options.lastMs);
  }
}

/** The text with as many of its last lines as fit into so many bytes of JSON. */
export function fittingText({ head, lines }: ToldText, most: number): string {
  for (let left = 0; left < lines.length; left++) {
    const text = `${head}\n\`\`\`\n${lines.slice(left).join("\n")}\n\`\`\``;
    if (utf8Length(JSON.stringify(text)) <= most) return text;
  }
  return head;
}
