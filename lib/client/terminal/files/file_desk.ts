/**
 * The files that the person sends and saves: finds them, follows them on their way, and tells what has
 * become of them. The code that carries them is loaded when the prompt is there.
 */

import type { Place } from "../../../words/command.js";
import { fileSentence, sizeText } from "../../../words/files.js";
import type { EventOf, SentFile } from "../../../wire/events.ts";
import { type Conversation, RequestError } from "../../conversation.ts";
import type { FileDestination, FileTransfer, KeptTransfer } from "../../files/file_transfer.ts";
import type { FileTransfers } from "../../files/file_transfers.ts";
import type { KeptTransfers, LeftTransfer } from "../../kept_transfers.ts";
import { withLocalTimes } from "../../local_times.ts";
import type { PathChoices } from "../completion.ts";
import { conversationWith, partnerIn, titleOf } from "../conversations.ts";
import type { ScreenEntry } from "../entry.ts";
import { NOWHERE } from "../prompt.ts";
import type { View } from "../view.ts";
import { formatBar } from "./bar.ts";
import type { ShownFiles } from "./shown_files.ts";
import { pathChoices } from "./path_choices.ts";
import type { PathStyle } from "./typed_paths.ts";

/** Options of a {@linkcode FileDesk}. */
export interface FileDeskOptions {
  readonly view: View;
  readonly print: (entries: ScreenEntry[]) => void;
  /** Called when the bar is another one. */
  readonly moved: () => void;
  /** Whether the terminal can't draw over what it shows, so that the bar should change seldom. */
  readonly plain: boolean;
  /** What `~` stands for in a path. */
  readonly home?: string;
  /** Opens what keeps the transfers that go on after a restart; by default nothing does. */
  readonly openKept?: () => Promise<KeptTransfers>;
}

type Sent = FileTransfer<EventOf<"ack">>;

/** The desk at which files are handed over. */
export class FileDesk {
  readonly #options: FileDeskOptions;
  readonly #style: PathStyle;
  #transfers: FileTransfers | undefined;
  #conversation: Conversation | undefined;
  /** Opened when the server has let us in. */
  #kept: KeptTransfers | undefined;
  /** What is kept of the transfers that run. */
  #running: readonly KeptTransfer[] = [];
  /** What an earlier client has left behind, and can't go on yet: we are not in its room. */
  #left: LeftTransfer[] = [];
  readonly #resuming = new Set<LeftTransfer>();
  /** The rooms of the files that are being saved, by their ids. */
  readonly #rooms = new Map<string, string>();
  #hasLooked = false;
  #isOver = false;
  #shown = "";

  constructor(options: FileDeskOptions) {
    this.#options = options;
    this.#style = { home: options.home, windows: Deno.build.os === "windows" };
  }

  /** The conversation as it is to be read: without what is for transfers alone. */
  async attach(conversation: Conversation): Promise<Conversation> {
    const { FileTransfers } = await import("../../files/file_transfers.ts");
    this.#conversation = conversation;
    this.#transfers = new FileTransfers(conversation, {
      onProgress: () => this.#moved(),
      onKept: (kept) => {
        this.#running = kept;
        this.#keep();
      },
    });
    return this.#transfers.conversation;
  }

  /** What the last word of a text can be completed to. */
  readonly paths = (text: string): PathChoices | undefined => pathChoices(text, this.#style);

  /** Whether a file is on its way. */
  get isBusy(): boolean {
    return this.#current !== undefined;
  }

  /** The bar in so many columns; empty if no file is on its way. */
  bar(columns: number): string {
    const transfer = this.#current;
    if (transfer === undefined) return "";
    const others = (this.#transfers?.running.length ?? 1) - 1;
    return formatBar(transfer, { columns, others, plain: this.#options.plain });
  }

  /** Cancels what the bar shows; false if there is nothing. */
  cancel(): boolean {
    const transfer = this.#current;
    transfer?.cancel();
    return transfer !== undefined;
  }

  /** Sends the files that a line names to where it was typed. */
  send(line: string, place: Place): void {
    this.#try(async () => {
      // Nobody sends a file before the prompt is there.
      const { readTypedFiles } = await import("./typed_files.ts");
      const found = await readTypedFiles(line, this.#style);
      if (typeof found === "string") return this.#error(found);
      if (place.room === "" && place.conversation === undefined) {
        return this.#error(NOWHERE);
      }
      const destination = place.conversation ?? { room: place.room };
      const { openSource } = await import("../../files/upload_source.ts");
      let text = found.text;
      for (const path of found.paths) {
        const source = await openSource(path);
        const said = text === "" ? {} : { text };
        const sent = this.#transfers?.upload({ source, destination, ...said });
        if (sent !== undefined) {
          this.#follow(sent, (ack) => this.#told(sent, ack, destination, said.text));
        }
        // What is said is said once, with the first of them.
        text = "";
      }
    });
  }

  /** Saves the file of the message with this number, of the place `where` if it is not here. */
  get(number: number, line: string, where?: string): void {
    this.#try(async () => {
      const { files, room } = this.#options.view;
      const said = where === undefined ? room : placeNamed(where);
      const shown = files.in(said).find((each) => each.number === number) ??
        (where === undefined ? files.lastWith(number) : undefined);
      if (shown === undefined) return this.#error(noFileText(number, said, files));
      const { readSavePlace } = await import("./typed_files.ts");
      const place = await readSavePlace(line, this.#style);
      this.#rooms.set(shown.file.id, shown.room);
      const saved = this.#transfers?.download(shown.file, place);
      if (saved !== undefined) this.#followSaved(saved, shown.file);
    });
  }

  /** Goes on with what an earlier client has left behind, as far as we are where it was. */
  look(): void {
    const { view, openKept } = this.#options;
    if (openKept === undefined || !view.online) return;
    if (this.#hasLooked) return this.#goOn();
    this.#hasLooked = true;
    this.#try(async () => {
      this.#kept = await openKept();
      this.#left = await this.#kept.take(this.#conversation?.name ?? "");
      if (this.#isOver) return this.#kept[Symbol.dispose]();
      // Maybe one has begun meanwhile.
      if (this.#running.length > 0) this.#keep();
      this.#goOn();
    });
  }

  /** The person leaves: tells what becomes of the files that are under way. */
  leave(): void {
    for (const transfer of this.#transfers?.running ?? []) {
      const { name, direction } = transfer;
      if (this.#kept !== undefined && this.#transfers?.isKept(transfer)) {
        this.#notice(`${name} goes on when you start again.`);
      } else this.#error(`${name} was not ${direction === "upload" ? "sent" : "saved"}.`);
    }
  }

  /** The conversation ends. What is kept stays for the next one. */
  end(): void {
    this.#isOver = true;
    this.#kept?.[Symbol.dispose]();
  }

  get #current(): FileTransfer | undefined {
    const running = this.#transfers?.running ?? [];
    return running.find(({ state }) => state === "running") ?? running[0];
  }

  #goOn(): void {
    const { view } = this.#options;
    for (const kept of this.#left) {
      const { room } = kept.kind === "download" ? kept : { room: "", ...kept.destination };
      const isHere = !room || view.rooms.get(room) !== undefined;
      if (!isHere || this.#resuming.has(kept)) continue;
      this.#resuming.add(kept);
      this.#try(() => this.#resume(kept).finally(() => this.#goneOn(kept)));
    }
  }

  /** What was left behind runs now, or can't. */
  #goneOn(kept: LeftTransfer): void {
    this.#resuming.delete(kept);
    this.#left = this.#left.filter((each) => each !== kept);
    this.#keep();
  }

  async #resume(kept: LeftTransfer): Promise<void> {
    if (kept.kind === "download" && kept.room) this.#rooms.set(kept.file.id, kept.room);
    const transfer = await this.#transfers?.resume(kept);
    if (transfer === undefined) return;
    this.#notice(`${transfer.name} goes on.`);
    if (kept.kind === "download") this.#followSaved(transfer as FileTransfer<string>, kept.file);
    else {
      const sent = transfer as Sent;
      this.#follow(sent, (ack) => this.#told(sent, ack, kept.destination, kept.text));
    }
  }

  #followSaved(saved: FileTransfer<string>, { name, size }: SentFile): void {
    this.#follow(saved, (path) => [
      this.#options.view.notice(`${name} (${sizeText(size)}) is saved as ${path}`),
    ]);
  }

  /** Tells what comes of a transfer. */
  #follow<T>(transfer: FileTransfer<T>, done: (result: T) => ScreenEntry[]): void {
    this.#moved();
    transfer.result.then((result) => {
      this.#options.print(done(result));
    }, (error: Error) => this.#failed(transfer, error)).finally(() => this.#moved());
  }

  /** The row of a file that we have sent. */
  #told(
    { name, size = 0 }: Sent,
    ack: EventOf<"ack">,
    destination: FileDestination,
    text?: string,
  ): ScreenEntry[] {
    // The server may call it otherwise: what it says counts, and what is said of it is taken apart by that.
    const said = fileSentence(ack.file?.name ?? name, ack.file?.size ?? size, text);
    return this.#options.view.sentFile(ack, destination, said);
  }

  #failed({ name, direction }: FileTransfer, error: Error): void {
    const code = error instanceof RequestError ? error.code : "";
    // The person leaves, and it goes on the next time.
    if (code === "ended") return;
    const way = direction === "upload" ? "sent" : "saved";
    if (code === "cancelled") return this.#notice(`Cancelled: ${name} is not ${way}.`);
    this.#error(`${withLocalTimes(error.message)} (not ${way}: ${name})`);
  }

  #notice(text: string): void {
    this.#options.print([this.#options.view.notice(text)]);
  }

  #error(text: string): void {
    this.#options.print([this.#options.view.error(text)]);
  }

  /** Does something that may fail for a reason that the person can read. */
  #try(act: () => Promise<void>): void {
    act().catch((error: Error) => this.#error(error.message));
  }

  #keep(): void {
    if (this.#isOver) return;
    const running = this.#running.map((kept): LeftTransfer => {
      const room = kept.kind === "download" ? this.#rooms.get(kept.file.id) ?? "" : "";
      return room === "" || partnerIn(room) !== undefined ? kept : { ...kept, room };
    });
    this.#kept?.keep(this.#conversation?.name ?? "", [...this.#left, ...running]);
  }

  #moved(): void {
    const shown = this.bar(Infinity);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#options.moved();
  }
}

/** What a room or conversation goes by here that somebody names as `#dev` or `@ann`. */
function placeNamed(where: string): string {
  const name = where.slice(1);
  return where.startsWith("@") ? conversationWith(name) : name;
}

function noFileText(number: number, place: string, files: ShownFiles): string {
  const [last] = files.in(place);
  const where = titleOf(place) || "any room";
  const which = last === undefined
    ? `no file of ${where} was shown yet`
    : `the last message with one in ${where} is ${last.number}`;
  return `Message ${number} brings no file: ${which}; /files lists them`;
}
