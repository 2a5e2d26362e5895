/**
 * Opens a connection to a server, and hides which of the two protocols it speaks from the rest of the
 * client.
 */

import { closeQuietly } from "../wire/close_quietly.ts";
import { decodeEvent } from "../wire/decode.ts";
import { encodeEvent, rawFrameHead } from "../wire/encode.ts";
import { type Event, type EventOf, MAX_EVENT_BYTES } from "../wire/events.ts";
import { DEFAULT_ROOM, SERVER_NAME } from "../wire/names.ts";
import { type Request, withoutUnseen } from "../wire/requests.ts";
import { decodeText } from "../wire/text.ts";
import { encodeFrame, type Frame, FrameDecoder } from "../wire/frame.ts";
import { isRawPayload } from "../wire/raw.ts";
import { ReadBuffer } from "../wire/read_buffer.ts";
import { within } from "../wire/within.ts";
import { keptPiece } from "./pieces.ts";
import { StreamWriter, writeAll } from "./stream_writer.ts";

/** How long a server may be silent after our name before it is taken for a classic one, in ms. */
const FALLBACK_MS = 3_000;

/** How long a server may take to answer if it can't be a classic one, in ms. */
const WELCOME_MS = 10_000;

/** The part of a connection that the client uses. */
export type ByteStream = Pick<Deno.Conn, "read" | "write" | "closeWrite" | "close">;

/** An open connection. */
export interface Wire {
  readonly protocol: "event" | "classic";
  /** The `welcome` of an event server that did not refuse us at once. */
  readonly welcome: EventOf<"welcome"> | undefined;
  /** Whether a classic server has asked for a password; any other would take it for a message. */
  readonly takesLogin?: boolean;
  /**
   * Sends a request; resolves when it is on its way. The bytes of a `chunk` must not change until then. Rejects
   * if the connection is gone.
   */
  send(request: Request): Promise<void>;
  /** The server's events, until the connection ends. It takes one reader. */
  events(): AsyncGenerator<Event>;
  /** Ends our side after all that was sent; the server then ends its side. */
  end(): Promise<void>;
  /** Closes the connection at once. */
  close(): void;
}

/** Whether a server speaks the first version of the protocol, which knew no visitors and no `quit`. */
export function isFirstVersion({ features }: EventOf<"welcome">): boolean {
  return features === undefined;
}

/** Options of {@linkcode openWire}. */
export interface OpenWireOptions {
  readonly name: string;
  /** Speak the classic protocol, without asking for the event protocol. */
  readonly classic?: boolean;
  /** The server is known to speak the event protocol: never fall back. */
  readonly known?: boolean;
  /**
   * Whether to take a silent server for a classic one, by default true. A classic server does not
   * confirm messages, so scripts should not fall back; a person sees the warning.
   */
  readonly fallBack?: boolean;
  /** What we want of the server that a classic one lacks. If there is anything, never fall back. */
  readonly beyondClassic?: readonly string[];
  /** How long a server may take to answer our name, in ms. */
  readonly fallbackMs?: number;
  /** The same for a server that is known to speak the event protocol. */
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
  if (classic) return classicWire(stream, frames);
  const mayFallBack = fallBack && !known && beyondClassic.length === 0;
  const patienceMs = mayFallBack ? fallbackMs : welcomeMs;
  let first = await within(patienceMs, frames.peek());
  // The server is not silent if a frame has begun.
  if (first === undefined && frames.begun) first = await within(welcomeMs, frames.peek());
  if (first === "ended") throw new Error("The server closed the connection");
  if (first !== undefined && first.padding === "right") {
    const decoded = decodeEvent(first.payload);
    const event = decoded.kind === "value" ? decoded.value : undefined;
    if (event?.type === "bye") return eventWire(stream, frames);
    if (event?.type === "welcome") {
      await frames.next();
      return eventWire(stream, frames, event);
    }
  }
  if (first !== undefined && decodeText(first.payload) === SERVER_NAME) {
    const words = await lastWords(frames, fallbackMs);
    if (words !== undefined) throw new Error(words);
  }
  if (mayFallBack) return classicWire(stream, frames);
  const noAnswer = `The server did not answer within ${welcomeMs / 1_000} s`;
  const isSilent = first === undefined;
  if (known) {
    throw new Error(isSilent ? noAnswer : "The server answers in another protocol than before");
  }
  // The classic protocol would not help with a server that hangs.
  const problem = isSilent
    ? `${noAnswer}: it hangs, or speaks the classic protocol only; try again, or if it is classic,`
    : "The server speaks the classic protocol only; try again, or";
  throw new Error(`${problem} ${withoutThem(beyondClassic)}`);
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

function eventWire(
  stream: ByteStream,
  frames: FrameReader,
  welcome?: EventOf<"welcome">,
): Wire {
  const writer = new StreamWriter(stream);
  const takesBytes = welcome?.features?.includes("bytes") ?? false;
  const isFirst = welcome !== undefined && isFirstVersion(welcome);
  async function* events(): AsyncGenerator<Event> {
    for (let frame; (frame = await frames.next()) !== undefined;) {
      const decoded = decodeEvent(frame.payload);
      if (decoded.kind === "value") yield lasting(decoded.value, frame);
      else if (decoded.kind === "fatal") {
        throw new Error(`The server sent nonsense: ${decoded.text}`);
      } else if (decoded.code !== "unknown-type" && decoded.id !== undefined) {
        // Whoever has asked would wait for ever.
        yield unreadable(decoded.id, decoded.text);
      }
      // Skip unknown events: they may come from a newer server.
    }
  }
  return {
    protocol: "event",
    welcome,
    send: (request) =>
      takesBytes && request.type === "chunk"
        ? writer.write(rawFrameHead(request), request.data)
        : writer.write(encodeEvent(isFirst ? withoutUnseen(request) : request)),
    events,
    end: () => writer.end(),
    close: () => closeQuietly(stream),
  };
}

/** An event that outlives its frame. */
function lasting(event: Event, { payload }: Frame): Event {
  if (event.type !== "data" || !isRawPayload(payload)) return event;
  return { ...event, data: keptPiece(event.data) };
}

/** What stands for an answer whose fields are wrong. */
function unreadable(id: string, why: string): EventOf<"error"> {
  const text = `The answer of the server can't be read: ${why}.`;
  return { type: "error", id, code: "no-answer", text };
}

function classicWire(stream: ByteStream, frames: FrameReader): Wire {
  const writer = new StreamWriter(stream);
  let takesLogin = false;
  async function* events(): AsyncGenerator<Event> {
    for (;;) {
      const name = await nextText(frames);
      const text = name === undefined ? undefined : await nextText(frames);
      if (name === undefined || text === undefined) return;
      if (name === SERVER_NAME && text.includes("say /login PASSWORD")) takesLogin = true;
      const at = new Date().toISOString();
      yield { type: "message", room: DEFAULT_ROOM, seq: 0, from: name, at, text };
    }
  }
  return {
    protocol: "classic",
    welcome: undefined,
    get takesLogin(): boolean {
      return takesLogin;
    },
    /** Only `say` and `login` have a classic form. The server does not confirm them. */
    async send(request): Promise<void> {
      const isLogin = request.type === "login";
      if (!isLogin && request.type !== "say") return;
      const text = isLogin ? `/login ${request.password}` : request.text;
      await writer.write(encodeFrame(text, "left"));
    },
    events,
    end: () => writer.end(),
    close: () => closeQuietly(stream),
  };
}

/** The text of the next frame, without a late `welcome`, which is not part of a pair. */
async function nextText(frames: FrameReader): Promise<string | undefined> {
  for (;;) {
    const frame = await frames.next();
    if (frame === undefined) return undefined;
    const text = decodeText(frame.payload) ?? "\ufffd";
    if (frame.padding === "left" || !text.startsWith('{"type":"welcome"')) return text;
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

/** How long the server may take to end it too, in ms. */
const LINGER_MS = 500;

/**
 * Ends a connection after all that was written; settles when it has ended. `isIn`: the server has let
 * us in, so tell it with `quit` that it need not keep our session. The first version of the server does
 * not know that request.
 */
export async function sayFarewell(
  wire: Wire,
  isIn: boolean,
  finished: Promise<void>,
): Promise<void> {
  const timer = setTimeout(() => wire.close(), LINGER_MS);
  const { welcome } = wire;
  const knowsQuit = welcome !== undefined && !isFirstVersion(welcome);
  if (isIn && knowsQuit) wire.send({ type: "quit" }).catch(() => {});
  await wire.end().catch(() => wire.close());
  await finished;
  clearTimeout(timer);
}
