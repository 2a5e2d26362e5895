/**
 * Opens a connection to a server, and hides which of the two protocols it speaks from the rest of the
 * client.
 */

import { closeQuietly } from "../wire/close_quietly.ts";
import { decodeEvent } from "../wire/decode.ts";
import { encodeEvent } from "../wire/encode.ts";
import { type Event, type EventOf, MAX_EVENT_BYTES } from "../wire/events.ts";
import { DEFAULT_ROOM, SERVER_NAME } from "../wire/names.ts";
import type { Request } from "../wire/requests.ts";
import { decodeText } from "../wire/text.ts";
import { encodeFrame, type Frame, FrameDecoder } from "../wire/frame.ts";
import { ReadBuffer } from "../wire/read_buffer.ts";
import { within } from "../wire/within.ts";

/** How long a server may be silent after our name before it is taken for a classic one, in ms. */
const FALLBACK_MS = 3_000;

/** How long a server may take to answer if it can't be a classic one, in ms. */
const WELCOME_MS = 10_000;

/** The part of a `Deno.Conn` that the client uses. */
export interface ByteStream {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
}

/** An open connection. */
export interface Wire {
  readonly protocol: "event" | "classic";
  /** The `welcome` of an event server. */
  readonly welcome?: EventOf<"welcome">;
  /** Whether a classic server has asked for a password; any other would take it for a message. */
  readonly takesLogin?: boolean;
  /** Sends a request; resolves when it is on its way. Rejects if the connection is gone. */
  send(request: Request): Promise<void>;
  /** The server's events, until the connection ends. It takes one reader. */
  events(): AsyncGenerator<Event>;
  /** Ends our side after all that was sent; the server then ends its side. */
  end(): Promise<void>;
  /** Closes the connection at once. */
  close(): void;
}

/** Options of {@linkcode openWire}. */
export interface OpenWireOptions {
  readonly name: string;
  /** Don't ask for the event protocol. */
  readonly classic?: boolean;
  /** The server is known to speak the event protocol: never fall back. */
  readonly known?: boolean;
  /** Whether a server that does not answer `welcome` may be taken for a classic one. */
  readonly fallBack?: boolean;
  /** What we want of the server that a classic one lacks. If there is anything, never fall back. */
  readonly beyondClassic?: readonly string[];
  readonly fallbackMs?: number;
  readonly welcomeMs?: number;
}

/**
 * Sends our name, and finds out which protocol the server speaks. An event server answers a name in a
 * right-justified frame with `welcome`; a classic one says nothing, or relays messages of others.
 * Rejects if the server closes, with or without last words, or if it does not answer `welcome` in time
 * and can't be taken for a classic one.
 */
export async function openWire(stream: ByteStream, options: OpenWireOptions): Promise<Wire> {
  const { name, classic = false, known = false, fallBack = true, beyondClassic = [] } = options;
  const { fallbackMs = FALLBACK_MS, welcomeMs = WELCOME_MS } = options;
  const frames = new FrameReader(stream);
  await writeAll(stream, encodeFrame(name, classic ? "left" : "right"));
  if (classic) return new ClassicWire(stream, frames);
  const mayFallBack = fallBack && !known && beyondClassic.length === 0;
  const patienceMs = mayFallBack ? fallbackMs : welcomeMs;
  let first = await within(patienceMs, frames.peek());
  // The server is not silent if a frame has begun.
  if (first === undefined && frames.begun) first = await within(welcomeMs, frames.peek());
  if (first === "ended") throw new Error("The server closed the connection");
  if (first !== undefined && first.padding === "right") {
    const decoded = decodeEvent(first.payload);
    const event = decoded.kind === "value" ? decoded.value : undefined;
    if (event?.type === "bye") return new EventWire(stream, frames);
    if (event?.type === "welcome") {
      await frames.next();
      return new EventWire(stream, frames, event);
    }
  }
  if (first !== undefined && decodeText(first.payload) === SERVER_NAME) {
    const words = await lastWords(frames, fallbackMs);
    if (words !== undefined) throw new Error(words);
  }
  if (mayFallBack) return new ClassicWire(stream, frames);
  const isSilent = first === undefined;
  if (known) {
    throw new Error(
      isSilent ? noAnswer(welcomeMs) : "The server answers in another protocol than before",
    );
  }
  // The classic protocol would not help with a server that hangs.
  throw new Error(
    isSilent
      ? `${noAnswer(welcomeMs)}: it hangs, or speaks the classic protocol only; try again, or if ` +
        `it is classic, ${withoutThem(beyondClassic)}`
      : `The server speaks the classic protocol only; try again, or ${withoutThem(beyondClassic)}`,
  );
}

function noAnswer(welcomeMs: number): string {
  return `The server did not answer within ${welcomeMs / 1_000} s`;
}

/**
 * The text of a pair from `server`, if the connection ends after it: that is how a server refuses a
 * classic client. If it does not end, a person has that name.
 */
async function lastWords(frames: FrameReader, waitMs: number): Promise<string | undefined> {
  const text = await within(waitMs, frames.peek(1));
  if (text === undefined || text === "ended") return undefined;
  // A reset ends the connection too.
  const next = await within(waitMs, frames.peek(2).catch(() => "ended" as const));
  return next === "ended" ? decodeText(text.payload) : undefined;
}

function withoutThem(wanted: readonly string[]): string {
  if (wanted.length === 0) {
    return "use --classic, with which nothing tells whether a message has arrived";
  }
  return `use --classic, which has ${wanted.map((it) => `no ${it}`).join(" and ")}`;
}

class EventWire implements Wire {
  readonly protocol = "event";
  readonly welcome?: EventOf<"welcome">;
  readonly #frames: FrameReader;
  readonly #writer: Writer;

  constructor(stream: ByteStream, frames: FrameReader, welcome?: EventOf<"welcome">) {
    this.#writer = new Writer(stream);
    this.#frames = frames;
    if (welcome !== undefined) this.welcome = welcome;
  }

  send(request: Request): Promise<void> {
    return this.#writer.write(encodeEvent(request));
  }

  async *events(): AsyncGenerator<Event> {
    for (let frame; (frame = await this.#frames.next()) !== undefined;) {
      const decoded = decodeEvent(frame.payload);
      if (decoded.kind === "value") yield decoded.value;
      else if (decoded.kind === "fatal") {
        throw new Error(`The server sent nonsense: ${decoded.text}`);
      }
      // Skip unknown events: they may come from a newer server.
    }
  }

  end(): Promise<void> {
    return this.#writer.end();
  }

  close(): void {
    this.#writer.close();
  }
}

class ClassicWire implements Wire {
  readonly protocol = "classic";
  takesLogin = false;
  readonly #frames: FrameReader;
  readonly #writer: Writer;

  constructor(stream: ByteStream, frames: FrameReader) {
    this.#writer = new Writer(stream);
    this.#frames = frames;
  }

  /** Only `say` and `login` have a classic form. The server does not confirm them. */
  async send(request: Request): Promise<void> {
    const text = request.type === "login"
      ? `/login ${request.password}`
      : request.type === "say"
      ? request.text
      : undefined;
    if (text !== undefined) await this.#writer.write(encodeFrame(text, "left"));
  }

  async *events(): AsyncGenerator<Event> {
    for (;;) {
      const name = await this.#nextText();
      const text = name === undefined ? undefined : await this.#nextText();
      if (name === undefined || text === undefined) return;
      if (name === SERVER_NAME && text.includes("say /login PASSWORD")) this.takesLogin = true;
      const at = new Date().toISOString();
      yield { type: "message", room: DEFAULT_ROOM, seq: 0, from: name, at, text };
    }
  }

  end(): Promise<void> {
    return this.#writer.end();
  }

  close(): void {
    this.#writer.close();
  }

  /** The text of the next frame, without a late `welcome`, which is not part of a pair. */
  async #nextText(): Promise<string | undefined> {
    for (;;) {
      const frame = await this.#frames.next();
      if (frame === undefined) return undefined;
      const text = decodeText(frame.payload) ?? "\ufffd";
      if (frame.padding === "left" || !text.startsWith('{"type":"welcome"')) return text;
    }
  }
}

/** Reads whole frames from a stream. */
class FrameReader {
  readonly #stream: ByteStream;
  readonly #buffer = new ReadBuffer();
  readonly #decoder = new FrameDecoder(MAX_EVENT_BYTES);
  /** Frames that were peeked at and not taken, in order. */
  readonly #peeked: Array<Promise<Frame | "ended">> = [];

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /** Whether a part of a frame has come. */
  get begun(): boolean {
    return this.#decoder.pending > 0;
  }

  /** Returns the next frame, or the `n`th after it, without taking them. */
  peek(n = 0): Promise<Frame | "ended"> {
    while (this.#peeked.length <= n) this.#peeked.push(this.#readAfter(this.#peeked.at(-1)));
    return this.#peeked[n] as Promise<Frame | "ended">;
  }

  /** Takes the next frame, which is valid until the next call; `undefined` at the end. */
  async next(): Promise<Frame | undefined> {
    const frame = await (this.#peeked[0] ?? this.#read());
    if (frame === "ended") return undefined;
    this.#peeked.shift();
    return frame;
  }

  /** Reads a frame and copies it, so that it stays valid. */
  async #readAfter(last: Promise<Frame | "ended"> | undefined): Promise<Frame | "ended"> {
    if (await last === "ended") return "ended";
    const frame = await this.#read();
    return frame === "ended" ? frame : { ...frame, payload: frame.payload.slice() };
  }

  async #read(): Promise<Frame | "ended"> {
    for (;;) {
      const frame = this.#decoder.next();
      if (frame !== undefined) return frame;
      const count = await this.#stream.read(this.#buffer.space());
      if (count === null) return "ended";
      this.#decoder.take(this.#buffer.filled(count));
    }
  }
}

/** Writes to a stream completely and in order, also for several callers. */
class Writer {
  readonly #stream: ByteStream;
  #last: Promise<void> = Promise.resolve();

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#last = this.#last.then(() => writeAll(this.#stream, bytes));
  }

  async end(): Promise<void> {
    await this.#last;
    await this.#stream.closeWrite();
  }

  close(): void {
    closeQuietly(this.#stream);
  }
}

async function writeAll(stream: ByteStream, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at));
}
