/** One connection of a load. It reads all the time, or never, and has one write in flight. */

import { closeQuietly } from "../wire/close_quietly.ts";
import { micros, type Tally } from "./tally.ts";
import type { LoadConn } from "./plan.ts";
import { Scanner } from "./scan.ts";
import { LineScanner } from "./scan_lines.ts";
import type { Template } from "./stamp.ts";
import { makeTalk } from "./talk.ts";
import type { Ear, Talk, TalkOptions } from "./talk_options.ts";

/** A room of a load, which its clients share. */
export interface LoadRoom {
  /** `undefined`: the room that every client begins in. */
  readonly name: string | undefined;
  /** How many clients in it read and are still connected. */
  readers: number;
  /** How many messages were sent to it. */
  sent: number;
}

/** Options of {@linkcode LoadClient}. */
export interface LoadClientOptions extends Omit<TalkOptions, "room" | "ear"> {
  readonly tally: Tally;
  readonly room: LoadRoom;
  /** The client joins and then reads nothing. */
  readonly stalled: boolean;
}

const FIRST_BUFFER_BYTES = 4_096;

/** A client of a load. Nothing in it throws after `begin`. */
export class LoadClient implements Ear {
  readonly room: LoadRoom;
  readonly stalled: boolean;
  /** Called once when the client is in its room. */
  onJoined: () => void = () => {};
  /** Called when the server does not let the client in, with what the server said, if anything. */
  onRefused: (why: string | undefined) => void = () => {};
  /** The first thing that the server said besides messages. */
  firstWords: string | undefined;
  joined = false;
  /** Whether the connection has ended. */
  gone = false;
  readonly #talk: Talk;
  readonly #tally: Tally;
  readonly #scanner: Scanner | LineScanner;
  readonly #take = (bytes: Uint8Array, from: number, to: number): void =>
    this.#talk.take(bytes, from, to);
  readonly #readFailed = (): void => this.#read(null);
  #lastWords: string | undefined;
  #conn: LoadConn | undefined;
  #received = 0;
  #sent = 0;
  /** How many messages were still owed when the connection ended. */
  #missing = 0;
  #filling = new Uint8Array(0);
  #filled = 0;
  #spare = new Uint8Array(0);
  #writing: Uint8Array<ArrayBuffer> | undefined;
  #flushes = false;
  #reading = false;
  #settled: PromiseWithResolvers<void> | undefined;

  constructor({ plan, tally, tag, name, room, stalled }: LoadClientOptions) {
    this.room = room;
    this.stalled = stalled;
    this.#tally = tally;
    this.#scanner = plan.protocol === "irc" ? new LineScanner() : new Scanner();
    this.#talk = makeTalk({ plan, tag, name, room: room.name, ear: this });
  }

  /** Whether it has been connected. */
  get begun(): boolean {
    return this.#conn !== undefined;
  }

  /** How many bytes wait behind the write in flight. */
  get backlog(): number {
    return this.#filled;
  }

  /** How many messages this client should have received by now and has not. */
  get missing(): number {
    if (this.stalled) return 0;
    return this.gone ? this.#missing : Math.max(0, this.#owed);
  }

  /** Takes a connection, sends the opening and starts to read. */
  begin(conn: LoadConn): void {
    this.#conn = conn;
    this.answer(this.#talk.opening);
    this.#readOn();
  }

  /** Sends a message of the load, in one write with whatever else this task sends. */
  say(template: Template, time: number, id: number): void {
    this.#sent++;
    this.#reserve(template.length);
    template.write(this.#filling, this.#filled, time, id);
    this.#filled += template.length;
  }

  answer(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#filling.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  message(time: number): void {
    if (!this.#tally.measuring) return;
    this.#received++;
    this.#tally.deliver(time);
  }

  enter(): void {
    if (this.joined) return;
    this.joined = true;
    this.onJoined();
  }

  told(text: string, isRefusal: boolean): void {
    this.firstWords ??= text;
    this.#lastWords = text;
    if (isRefusal && !this.joined) this.onRefused(text);
    this.#tally.problem(`The server says: ${text}`);
  }

  /** Ends the connection; settles when no read or write is left. */
  close(): Promise<void> {
    this.gone = true;
    closeQuietly(this.#conn);
    if (!this.#reading && this.#writing === undefined) return Promise.resolve();
    this.#settled = Promise.withResolvers();
    return this.#settled.promise;
  }

  get #owed(): number {
    return this.room.sent - this.#sent - this.#received;
  }

  #readOn(): void {
    if (this.#conn === undefined || this.gone || this.stalled && this.joined) return;
    this.#reading = true;
    this.#conn.read(this.#scanner.space()).then(this.#read, this.#readFailed);
  }

  readonly #read = (count: number | null): void => {
    this.#reading = false;
    if (this.gone) return this.#settle();
    if (count === null) return this.#end();
    const tally = this.#tally;
    tally.now = micros();
    try {
      this.#scanner.filled(count, this.#take);
    } catch (error) {
      this.#lastWords = (error as Error).message;
      tally.problem(this.#lastWords);
      return this.#end();
    }
    tally.onChange();
    this.#readOn();
  };

  /** Makes room for so many bytes, and schedules the write. */
  #reserve(length: number): void {
    const wanted = this.#filled + length;
    if (wanted > this.#filling.length) {
      const grown = new Uint8Array(Math.max(wanted * 2, FIRST_BUFFER_BYTES));
      grown.set(this.#filling.subarray(0, this.#filled));
      this.#filling = grown;
    }
    if (this.#flushes || this.#writing !== undefined) return;
    this.#flushes = true;
    queueMicrotask(this.#flush);
  }

  readonly #flush = (): void => {
    this.#flushes = false;
    if (this.#writing !== undefined || this.#filled === 0 || this.gone) return;
    const full = this.#filling;
    const length = this.#filled;
    this.#filling = this.#spare;
    this.#spare = full;
    this.#filled = 0;
    this.#write(full.subarray(0, length));
  };

  #write(bytes: Uint8Array<ArrayBuffer>): void {
    this.#writing = bytes;
    this.#conn?.write(bytes).then(this.#written, this.#writeFailed);
  }

  readonly #written = (count: number): void => {
    const writing = this.#writing;
    this.#writing = undefined;
    if (this.gone) return this.#settle();
    if (writing !== undefined && count < writing.length) this.#write(writing.subarray(count));
    else this.#flush();
  };

  readonly #writeFailed = (): void => {
    this.#writing = undefined;
    if (this.gone) this.#settle();
    // If it reads, the read notices the end, after the server's last words.
    else if (!this.#reading) this.#end();
  };

  /** The connection ended before we ended it. */
  #end(): void {
    if (!this.stalled) {
      this.#missing = Math.max(0, this.#owed);
      this.#tally.owed -= this.#owed;
      this.room.readers--;
    }
    this.gone = true;
    closeQuietly(this.#conn);
    if (!this.joined) this.onRefused(this.#lastWords);
    if (!this.stalled) this.#tally.close();
    this.#tally.onChange();
  }

  #settle(): void {
    if (!this.#reading && this.#writing === undefined) this.#settled?.resolve();
  }
}
