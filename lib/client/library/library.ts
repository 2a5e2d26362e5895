/**
 * A chat for programs, in Deno and in Node: the same link, acks, resumes and transfers that the terminal and
 * `chatroom send` stand on. No file that is loaded from here needs Deno when it runs.
 */

import "./runtime_gaps.ts";
import type { Event } from "../../wire/events.ts";
import { FileTransfers } from "../files/file_transfers.ts";
import { streamSource } from "../files/upload_source.ts";
import { Link } from "../link.ts";
import type { ResumeOptions } from "../resume_options.ts";
import { checkConnect, checkGet, checkSay, checkSend } from "./checked_options.ts";
import { EventReader } from "./event_reader.ts";
import { LinkState } from "./link_state.ts";
import { inMemory } from "./memory_target.ts";
import { nodeTransport } from "./node_transport.ts";
import { serverPlace } from "./place.ts";
import { Redialling } from "./redialling.ts";
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

/** Why something could not be done. */
export class ChatError extends Error {
  override readonly name = "ChatError";
  /** The server's code, such as `bad-name`, or one of the library: `unreachable`, `ended`, `not-kept`. */
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

/**
 * Comes in. Resolves when we are online, and rejects with a {@linkcode ChatError} if that can't be: later the
 * connection is made again whenever it breaks. Options that can't be meant are a `TypeError`.
 */
export async function connect(options: ConnectOptions): Promise<ChatClient> {
  checkConnect(options);
  options.signal?.throwIfAborted();
  const place = serverPlace(options.server, options.tls);
  const earlier = await options.session?.load();
  const { transport = nodeTransport, giveUpMs } = options;
  const wishes = wishesOf(options, earlier);
  const state = new LinkState(wishes);
  const connections = new Redialling((signal) => transport(place, signal), state);
  const keeping = new SessionKeeping(options.session, wishes);
  const link = new Link({
    ...wishes,
    state,
    connect: (signal) => connections.connect(signal),
    fallBack: false,
    ...giveUpMs === undefined ? {} : { giveUpMs },
  });
  const files = new FileTransfers(link);
  const { conversation } = files;
  const goBack = connections.goBack.bind(connections);
  const reader = new EventReader({ conversation, state, keeping, goBack });
  const chat = new OpenChat({ link, files, reader, keeping }, options);
  options.signal?.addEventListener("abort", () => void chat.close(), { once: true });
  await reader.isIn.catch(fail);
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
      since: earlier,
    },
  };
}

/** What a chat is made of. */
interface ChatParts {
  readonly link: Link;
  readonly files: FileTransfers;
  readonly reader: EventReader;
  readonly keeping: SessionKeeping;
}

/** A chat over a link. */
class OpenChat implements ChatClient {
  readonly #parts: ChatParts;
  readonly #room: string;

  constructor(parts: ChatParts, { rooms = [] }: ConnectOptions) {
    this.#parts = parts;
    this.#room = rooms[0] ?? "lobby";
  }

  get name(): string {
    return this.#parts.link.name;
  }

  async say(text: string, how: SayOptions = {}): Promise<ChatAck> {
    checkSay("say", [["the text", text, "text"]], how);
    const { room = this.#room, id } = how;
    const named = id === undefined ? {} : { id };
    return await this.#taken(this.#parts.link.send({ type: "say", room, text, ...named }));
  }

  async direct(
    to: string,
    text: string,
    how: Pick<SayOptions, "id"> = {},
  ): Promise<ChatAck> {
    checkSay("direct", [["whom to tell", to, "name"], ["the text", text, "text"]], how);
    const { id } = how;
    const named = id === undefined ? {} : { id };
    return await this.#taken(this.#parts.link.send({ type: "direct", to, text, ...named }));
  }

  async send(file: FileToSend): Promise<ChatAck> {
    checkSend(file);
    const { name, data, text, room = this.#room, to } = file;
    const bytes = data instanceof Uint8Array ? streamOf(data) : data;
    const source = streamSource(bytes as ReadableStream<Uint8Array<ArrayBuffer>>, name);
    const destination = to === undefined ? { room } : { to };
    const wish = { source, destination, ...text === undefined ? {} : { text } };
    return await this.#taken(this.#parts.files.upload(wish).result);
  }

  async get(file: string | ChatFile): Promise<Uint8Array> {
    checkGet(file);
    const id = typeof file === "string" ? file : file.id;
    return await this.#asked(this.#parts.files.fetch(id, () => Promise.resolve(inMemory())).result);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ChatEvent> {
    try {
      for await (const event of this.#parts.reader.events()) yield event as ChatEvent;
    } catch (error) {
      fail(error);
    }
  }

  async close(): Promise<void> {
    await this.#parts.link.close();
    // Whoever reads or asks is told if that can't be.
    await this.#parts.keeping.save().catch(() => {});
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #taken(answer: Promise<Event>): Promise<ChatAck> {
    const event = await this.#asked(answer);
    if (event.type !== "ack") {
      throw new ChatError("no-answer", "The server answered something else");
    }
    return { seq: event.seq, at: event.at };
  }

  /** What comes of it; an error is one of the library. */
  async #asked<T>(result: Promise<T>): Promise<T> {
    try {
      return await this.#parts.reader.awaiting(result);
    } catch (error) {
      return fail(error);
    }
  }
}

/** Throws it as an error of the library. */
function fail(error: unknown): never {
  const { code = "failed", message } = error as Error & { readonly code?: string };
  const isOfFlag = code === "needs-tls";
  throw new ChatError(code, isOfFlag ? NEEDS_TLS : message);
}

/** The server says it in the words of the command line. */
const NEEDS_TLS = "This server speaks TLS: write tls:// before it, and in tls whom to trust.";

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller): void {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}
