/**
 * A chat for programs, in Deno and in Node: the same link, acks, resumes and transfers that the terminal and
 * `chatroom send` stand on. No file that is loaded from here needs Deno when it runs.
 */

import "./runtime_gaps.ts";
import type { Event } from "../../wire/events.ts";
import type { LinkEvent, LinkStatus } from "../conversation.ts";
import { FileTransfers } from "../files/file_transfers.ts";
import { streamSource } from "../files/upload_source.ts";
import { Link } from "../link.ts";
import type { ResumeOptions } from "../resume_options.ts";
import { inMemory } from "./memory_target.ts";
import { nodeTransport } from "./node_transport.ts";
import { serverPlace } from "./place.ts";
import { SessionKeeping } from "./session_keeping.ts";
import type {
  ChatAck,
  ChatClient,
  ChatEvent,
  ChatFile,
  ChatSession,
  ConnectOptions,
  FileToSend,
  SayOptions,
} from "./types.ts";

// The types are part of what this file is to programs.
export type * from "./types.ts";

/** How many events wait for their reader; without one, the first of them go. */
const MAX_WAITING = 1_000;

/** Why something could not be done. */
export class ChatError extends Error {
  override readonly name = "ChatError";
  /** The server's code, such as `bad-name`, or one of the library: `unreachable`, `ended`. */
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

/**
 * Comes in. Resolves when we are online, and rejects with a {@linkcode ChatError} if that can't be: later the
 * connection is made again whenever it breaks.
 */
export async function connect(options: ConnectOptions): Promise<ChatClient> {
  options.signal?.throwIfAborted();
  const place = serverPlace(options.server, options.tls);
  const earlier = await options.session?.load();
  const keeping = new SessionKeeping(options.session, earlier);
  const { transport = nodeTransport, giveUpMs } = options;
  const link = new Link({
    ...wishesOf(options, earlier),
    connect: (signal) => transport(place, signal),
    fallBack: false,
    ...giveUpMs === undefined ? {} : { giveUpMs },
  });
  const chat = new OpenChat(link, keeping, options);
  options.signal?.addEventListener("abort", () => void chat.close(), { once: true });
  await chat.online;
  return chat;
}

function wishesOf(options: ConnectOptions, earlier: ChatSession | undefined): ResumeOptions {
  const { name, rooms, password, login, visitor, scrollback } = options;
  const secrets = {
    ...password === undefined ? {} : { password },
    ...login === undefined ? {} : { login },
  };
  return {
    name,
    secrets,
    ...rooms === undefined ? {} : { rooms },
    ...visitor ? { visitor: "numbered" } : {},
    ...scrollback === undefined ? {} : { scrollback },
    ...earlier === undefined ? {} : {
      earlier: { secret: earlier.secret, beside: false },
      since: { epoch: earlier.epoch, seq: earlier.seq },
    },
  };
}

/** A chat over a link, whose events are read here and handed on. */
class OpenChat implements ChatClient {
  readonly online: Promise<void>;
  readonly #link: Link;
  readonly #files: FileTransfers;
  readonly #keeping: SessionKeeping;
  readonly #room: string;
  readonly #waiting: LinkEvent[] = [];
  #isRead = false;
  #hasEnded = false;
  #wake: (() => void) | undefined;
  #goOn: (() => void) | undefined;

  constructor(link: Link, keeping: SessionKeeping, { rooms = [] }: ConnectOptions) {
    this.#link = link;
    this.#files = new FileTransfers(link);
    this.#keeping = keeping;
    this.#room = rooms[0] ?? "lobby";
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.online = promise;
    promise.catch(() => {});
    this.#take(resolve, reject);
  }

  get name(): string {
    return this.#link.name;
  }

  say(text: string, { room = this.#room, id }: SayOptions = {}): Promise<ChatAck> {
    const named = id === undefined ? {} : { id };
    return taken(this.#link.send({ type: "say", room, text, ...named }));
  }

  direct(to: string, text: string, { id }: Pick<SayOptions, "id"> = {}): Promise<ChatAck> {
    const named = id === undefined ? {} : { id };
    return taken(this.#link.send({ type: "direct", to, text, ...named }));
  }

  send({ name, data, text, room = this.#room, to }: FileToSend): Promise<ChatAck> {
    const bytes = data instanceof Uint8Array ? streamOf(data) : data;
    const source = streamSource(bytes as ReadableStream<Uint8Array<ArrayBuffer>>, name);
    const destination = to === undefined ? { room } : { to };
    const wish = { source, destination, ...text === undefined ? {} : { text } };
    return taken(this.#files.upload(wish).result);
  }

  get(file: string | ChatFile): Promise<Uint8Array> {
    const id = typeof file === "string" ? file : file.id;
    return asked(this.#files.fetch(id, () => Promise.resolve(inMemory())).result);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ChatEvent> {
    this.#isRead = true;
    try {
      for (;;) {
        const event = this.#waiting.shift();
        if (event === undefined) {
          if (this.#hasEnded) return;
          await new Promise<void>((resolve) => this.#wake = resolve);
          continue;
        }
        this.#goOn?.();
        yield event as ChatEvent;
        // Only what the reader has come back from was taken.
        await this.#keeping.taken(event);
      }
    } finally {
      this.#isRead = false;
      this.#goOn?.();
    }
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #take(online: () => void, failed: (error: Error) => void): Promise<void> {
    for await (const event of this.#files.conversation.events) {
      if (event.type === "ready") await this.#keeping.ready(event, this.#link.welcome?.epoch);
      if (event.type === "status" && event.status === "online") online();
      if (event.type === "status" && event.status === "ended") failed(endOf(event));
      if (event.type !== "ready" && event.type !== "ack") this.#waiting.push(event);
      this.#wake?.();
      while (this.#waiting.length > MAX_WAITING) {
        if (!this.#isRead) this.#waiting.shift();
        else await new Promise<void>((resolve) => this.#goOn = resolve);
      }
    }
    this.#hasEnded = true;
    this.#wake?.();
  }
}

function endOf({ cause, code, text }: LinkStatus): ChatError {
  return new ChatError(code ?? cause ?? "ended", text);
}

async function taken(answer: Promise<Event>): Promise<ChatAck> {
  const event = await asked(answer);
  if (event.type !== "ack") throw new ChatError("no-answer", "The server answered something else");
  return { seq: event.seq, at: event.at };
}

/** What comes of it; an error is one of the library. */
async function asked<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    const { code = "failed", message } = error as Error & { readonly code?: string };
    throw new ChatError(code, message);
  }
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller): void {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}
