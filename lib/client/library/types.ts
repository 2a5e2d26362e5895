/**
 * What programs see of a chat: all types of the library, which imports nothing, so that it is its declaration
 * file for Node, too.
 */

/** How to come in. */
export interface ConnectOptions {
  /** `HOST` or `HOST:PORT`, `tls://` before it for TLS; IPv6 in brackets. The port is 1234 by default. */
  readonly server: string;
  readonly name: string;
  /** The rooms to join; `lobby` by default. */
  readonly rooms?: readonly string[];
  /** The server's password. */
  readonly password?: string;
  /** The password of the name, if that is reserved. */
  readonly login?: string;
  /** Come in as scripts do: the rooms are not told. */
  readonly visitor?: boolean;
  /** How many earlier messages to get of each room; the server decides by default. */
  readonly scrollback?: number;
  /** Whom to trust, with `tls://`: what the system trusts, by default. */
  readonly tls?: TlsTrust;
  /** Keeps the session from one run to the next; in memory only, by default. */
  readonly session?: SessionStore;
  /** Ends it all when it aborts. */
  readonly signal?: AbortSignal;
  /** How long to try after a connection was lost, in ms; for ever by default. */
  readonly giveUpMs?: number;
  /** Makes connections in another way than by the sockets of Node, which Deno has too. */
  readonly transport?: ChatTransport;
}

/** Which certificate to trust. */
export interface TlsTrust {
  /** Certificates (PEM) of the issuers to trust instead of the system's. */
  readonly ca?: string;
  /** Only the certificate with this fingerprint, as `SHA256:…` in hex or with colons; also a self-made one. */
  readonly fingerprint?: string;
}

/** A session, as plain JSON. Whoever has it is the person: keep it as you keep a password. */
export interface ChatSession {
  readonly secret: string;
  readonly epoch: string;
  /** The last message that was taken of each room. */
  readonly seq: Readonly<Record<string, number>>;
  /** The same of each conversation, by its key. */
  readonly chats?: Readonly<Record<string, number>>;
}

/** Where a session is kept. */
export interface SessionStore {
  load(): ChatSession | undefined | Promise<ChatSession | undefined>;
  /**
   * Called when it has changed: also after each message that was taken. Once it throws or rejects, the chat is
   * ended with a `ChatError` (`not-kept`), and what was not kept comes again in the next run.
   */
  save(session: ChatSession): void | Promise<void>;
}

/** Where a connection leads. */
export interface ServerPlace {
  readonly hostname: string;
  readonly port: number;
  /** There if TLS is wanted. */
  readonly tls?: TlsTrust;
}

/** Makes a connection. Rejects with an `Error` whose message says why there is none. */
export type ChatTransport = (place: ServerPlace, signal: AbortSignal) => Promise<ChatConnection>;

/** A connection: bytes both ways. */
export interface ChatConnection {
  /** Resolves with how many bytes were put into `space`; `null`: the other side has ended. */
  read(space: Uint8Array): Promise<number | null>;
  /** Resolves with how many bytes are on their way. */
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
}

/** A file that was sent with a message. */
export interface ChatFile {
  readonly id: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/** Somebody has said something in a room. */
export interface RoomMessage {
  readonly type: "message";
  readonly room: string;
  /** Counts 1, 2, 3 … in the room. */
  readonly seq: number;
  readonly from: string;
  /** ISO 8601, by the server's clock. */
  readonly at: string;
  readonly text: string;
  readonly file?: ChatFile;
}

/** Somebody has said something to us alone, or we on another device. */
export interface DirectMessage {
  readonly type: "direct";
  readonly from: string;
  readonly to: string;
  readonly at: string;
  readonly text: string;
  readonly file?: ChatFile;
}

/** Somebody has come into a room, or gone. */
export interface Presence {
  readonly type: "joined" | "left";
  readonly room: string;
  readonly name: string;
}

/** What nobody can be told any more: messages that the server has not kept, or that were removed for good. */
export interface Gap {
  readonly type: "gap";
  readonly room?: string;
  /** The conversation, in place of the room. */
  readonly chat?: string;
  /** The first number that is missing. */
  readonly from: number;
  /** The last one; `null`: the server counts anew, from 1 on. */
  readonly to: number | null;
}

/** The state of the connection; the library reconnects by itself. */
export interface Status {
  readonly type: "status";
  readonly status: "connecting" | "online" | "offline" | "ended";
  /** A sentence for people. */
  readonly text: string;
}

/** What is known by its `type`, with fields as in the protocol; narrow by `type` first. */
export type ChatEvent = RoomMessage | DirectMessage | Presence | Gap | Status;

/** What the server has taken. */
export interface ChatAck {
  /** Its number in the room or conversation, if it has one. */
  readonly seq: number | undefined;
  /** ISO 8601, by the server's clock. */
  readonly at: string | undefined;
}

/** How something is said. */
export interface SayOptions {
  /** The room; the first of those that were asked for, by default. */
  readonly room?: string;
  /**
   * What it is called, 1 to 64 characters: with the same id it is said once, however often it is sent in one
   * session. Each has an id of its own by default, which holds through reconnects.
   */
  readonly id?: string;
}

/** A file to be sent. */
export interface FileToSend {
  readonly name: string;
  readonly data: Uint8Array | ReadableStream<Uint8Array>;
  /** What is said with it. */
  readonly text?: string;
  /** The room, or the person that it is for; the first room by default. */
  readonly room?: string;
  readonly to?: string;
}

/**
 * A chat, online or about to be again. Iterating over it gives its events, once; it takes one reader. An event is taken
 * when the loop asks for the next one: that in whose turn it is left by `break` comes again in the next run, unless
 * another loop goes on. Iterating throws a `ChatError` (`not-kept`) if the session can't be saved.
 */
export interface ChatClient extends AsyncIterable<ChatEvent> {
  /** Our name there. */
  readonly name: string;
  /** Says something in a room. Resolves when the server has it. Rejects with a `ChatError`. */
  say(text: string, options?: SayOptions): Promise<ChatAck>;
  /** Says something to one person. */
  direct(to: string, text: string, options?: Pick<SayOptions, "id">): Promise<ChatAck>;
  /** Sends a file. Goes on after a connection that broke. */
  send(file: FileToSend): Promise<ChatAck>;
  /** Fetches a file, by its id or from a message, and checks its hash. */
  get(file: string | ChatFile): Promise<Uint8Array>;
  /** Leaves; resolves when the socket is closed. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
