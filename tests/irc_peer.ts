/** IRC clients on raw sockets, and servers for them. */

import { assertEquals, fail } from "@std/assert";
import { type IrcListener, listenIrc } from "../lib/irc/listen_irc.ts";
import type { ToldTimes } from "../lib/irc/told.ts";
import type { Server } from "../lib/server/serve.ts";
import { joinEvent, RawPeer, type StartOptions, startServer } from "./helpers.ts";

/** A server that takes IRC clients. */
export interface IrcTestServer extends AsyncDisposable {
  readonly server: Server;
  readonly irc: IrcListener;
}

/** Starts a server that takes IRC clients on a free port. */
export function startIrc(
  options: StartOptions = {},
  toldTimes: Partial<ToldTimes> = {},
): IrcTestServer {
  const server = startServer(options);
  const irc = listenIrc(server.host, {
    ...{ hostname: "127.0.0.1", port: 0, name: "irc.test" },
    toldTimes,
  });
  return {
    server,
    irc,
    async [Symbol.asyncDispose](): Promise<void> {
      await irc[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The password of reserved names, unless told. */
export const PASSWORD = "correct horse";

/** Reserves a name. */
export async function reserve(
  { server }: Pick<IrcTestServer, "server">,
  name: string,
  password: string = PASSWORD,
): Promise<void> {
  using peer = await joinEvent(server, name);
  await peer.ask({ type: "register", password });
  await peer.ask({ type: "quit" }).catch(() => {});
}

const decoder = new TextDecoder();

/** What carries a client's lines: sent and taken as bytes with their CR LF. */
export type IrcWire = Disposable & Pick<RawPeer, "send" | "takeSome" | "takeRest">;

/** How a client comes in. */
export interface IrcJoin {
  readonly caps?: readonly string[];
  readonly rooms?: readonly string[];
  readonly pass?: string;
}

/** A client that is read and written as the test says. */
export class IrcPeer implements Disposable {
  readonly raw: IrcWire;
  #syncs = 0;
  /** Lines that have come and were not asked for, and what has come of the next. */
  #lines: string[] = [];
  #rest = new Uint8Array();

  constructor(raw: IrcWire) {
    this.raw = raw;
  }

  static async connect({ irc }: { readonly irc: IrcListener }): Promise<IrcPeer> {
    return new IrcPeer(await RawPeer.connect(irc));
  }

  /** A client that is in, and has read what it was told at first. */
  static async enter(
    server: { readonly irc: IrcListener },
    nick: string,
    join: IrcJoin = {},
  ): Promise<IrcPeer> {
    return await (await IrcPeer.connect(server)).comeIn(nick, join);
  }

  /** Comes in, and reads what it is told at first. */
  async comeIn(nick: string, { caps = [], rooms = [], pass }: IrcJoin = {}): Promise<this> {
    if (caps.length > 0) await this.send(`CAP REQ :${caps.join(" ")}`);
    if (pass !== undefined) await this.send(`PASS :${pass}`);
    await this.send(`NICK ${nick}`, `USER ${nick.toLowerCase()} 0 * :Real ${nick}`);
    if (caps.length > 0) await this.send("CAP END");
    await this.until(/^:irc\.test (422|376) /);
    for (const room of rooms) {
      await this.send(`JOIN ${room}`);
      await this.until(/ 366 /);
    }
    await this.sync();
    return this;
  }

  /** Sends lines. */
  async send(...lines: readonly string[]): Promise<void> {
    await this.raw.send(lines.map((line) => `${line}\r\n`).join(""));
  }

  /** The next line, without its end; `undefined`: the connection has ended. */
  async lineOrEnd(): Promise<string | undefined> {
    while (this.#lines.length === 0) if (!await this.#more()) return undefined;
    return await this.line();
  }

  /** The next line, without its end; fails when the connection ends. */
  async line(): Promise<string> {
    while (this.#lines.length === 0) {
      if (!await this.#more()) fail(`The connection closed after ${decoder.decode(this.#rest)}`);
    }
    const text = this.#lines.shift() ?? "";
    if (!text.endsWith("\r") || /[\r\0]/.test(text.slice(0, -1))) {
      fail(`A line ends in CR LF and has neither inside: ${JSON.stringify(text)}`);
    }
    return text.slice(0, -1);
  }

  /** The next line that fits to `pattern`; others are passed over. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = await this.line();
      if (pattern.test(line)) return line;
    }
  }

  /** All lines that come before the answer to a PING. */
  async sync(): Promise<string[]> {
    const token = `sync${++this.#syncs}`;
    await this.send(`PING ${token}`);
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line.endsWith(` PONG irc.test :${token}`)) return lines;
      if (!line.startsWith("PING ")) lines.push(line);
    }
  }

  /** What answers these lines, until a PING after them is answered. */
  async ask(...lines: readonly string[]): Promise<string[]> {
    await this.send(...lines);
    return await this.sync();
  }

  /** Checks what answers a line. */
  async expect(line: string, ...answers: readonly string[]): Promise<void> {
    assertEquals(await this.ask(line), [...answers]);
  }

  /** Everything that was not read until the server closes. */
  async rest(): Promise<string> {
    const lines = this.#lines.map((line) => `${line}\n`).join("");
    return lines + decoder.decode(this.#rest) + await this.raw.takeRest();
  }

  async #more(): Promise<boolean> {
    const some = await this.raw.takeSome();
    if (some === undefined) return false;
    const whole = new Uint8Array([...this.#rest, ...some]);
    const end = whole.lastIndexOf(0x0a);
    this.#rest = whole.slice(end + 1);
    if (end >= 0) this.#lines.push(...decoder.decode(whole.subarray(0, end)).split("\n"));
    return true;
  }

  [Symbol.dispose](): void {
    this.raw[Symbol.dispose]();
  }
}
