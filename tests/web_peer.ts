/** Peers of the web door for tests, which speak HTTP and WebSocket by bytes of their own making. */

import { assertEquals } from "@std/assert";
import { serveWeb, type WebListener, type WebOptions } from "../lib/web/serve_web.ts";
import type { Server } from "../lib/server/serve.ts";
import { bytes, type Json, RawPeer, type StartOptions, startServer } from "./helpers.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The mask of every frame; what it is has no meaning. */
const MASK = [0x12, 0x34, 0x56, 0x78] as const;
/** That of the key below, as RFC 6455 has it. */
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** A server with a web door, closed in the order that `chatroom serve` closes them. */
export interface WebServer extends AsyncDisposable {
  readonly server: Server;
  readonly door: WebListener;
}

/** Starts both on free ports. */
export async function startWeb(
  web: Partial<WebOptions> = {},
  options: StartOptions = {},
): Promise<WebServer> {
  const server = startServer({ watched: true, ...options });
  const door = await serveWeb(server.host, { hostname: "127.0.0.1", port: 0, ...web });
  return {
    server,
    door,
    async [Symbol.asyncDispose](): Promise<void> {
      await server.shutdown();
      await door[Symbol.asyncDispose]();
    },
  };
}

/** An answer of HTTP. */
export interface Answer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Sends a request, byte by byte as it is given, and reads until the server closes. */
export async function rawRequest(door: WebListener, text: string): Promise<Answer> {
  using peer = await RawPeer.connect(door);
  await peer.send(text);
  return parseAnswer(await peer.takeRest());
}

/** Sends a request of lines, and reads until the server closes, as it is asked to. */
export function request(door: WebListener, line: string, headers: Json = {}): Promise<Answer> {
  const all: Json = { Host: `127.0.0.1:${door.addr.port}`, Connection: "close", ...headers };
  const lines = Object.entries(all).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`);
  return rawRequest(door, `${line} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
}

/** Asks for a WebSocket; the answer to a refusal. */
export function requestUpgrade(
  door: WebListener,
  headers: Json = {},
  path = "/ws",
): Promise<Answer> {
  return request(door, `GET ${path}`, { ...UPGRADE, ...headers });
}

const UPGRADE: Json = {
  "Connection": "Upgrade",
  "Upgrade": "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

function parseAnswer(text: string): Answer {
  const [head = "", ...body] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = new Map(lines.map((line) => {
    const [name = "", ...value] = line.split(": ");
    return [name.toLowerCase(), value.join(": ")];
  }));
  return { status: Number(first.split(" ")[1]), headers, body: body.join("\r\n\r\n") };
}

/** A masked frame with its opcode. */
export function webFrame(opcode: number, payload: Uint8Array, final = true): Uint8Array {
  const { length } = payload;
  const size = length < 126
    ? [length]
    : length < 65_536
    ? [126, length >> 8, length & 255]
    : [127, 0, 0, 0, 0, ...new Uint8Array(new Uint32Array([length]).buffer).reverse()];
  const [first = 0, ...more] = size;
  const masked = payload.map((byte, index) => byte ^ (MASK[index % 4] as number));
  return bytes(
    new Uint8Array([(final ? 0x80 : 0) | opcode, 0x80 | first, ...more, ...MASK]),
    masked,
  );
}

/** Where a door is. */
export type Place = Pick<WebListener, "addr">;

/** Makes a connection to a door. */
export type Dial = (door: Place) => Promise<Deno.TcpConn>;

function dialPlainly({ addr: { hostname, port } }: Place): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname, port });
}

/** A WebSocket; what is shared with {@linkcode RawPeer} works on messages in place of frames. */
export class WebSocketPeer extends RawPeer {
  /** The opening has been answered. */
  static async open(
    door: Place,
    headers: Json = {},
    path = "/ws",
    dial: Dial = dialPlainly,
  ): Promise<WebSocketPeer> {
    const peer = new WebSocketPeer(await dial(door));
    const all: Json = { Host: `127.0.0.1:${door.addr.port}`, ...UPGRADE, ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    await peer.send(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
    let head = "";
    while (!head.endsWith("\r\n\r\n")) head += decoder.decode(await peer.take(1));
    const answer = parseAnswer(head);
    assertEquals([answer.status, answer.headers.get("sec-websocket-accept")], [101, ACCEPT]);
    return peer;
  }

  /** Says something as a text message. */
  override tell(event: unknown): Promise<void> {
    const text = typeof event === "string" ? event : JSON.stringify(event);
    return this.send(webFrame(1, encoder.encode(text)));
  }

  /** The next frame, whatever it is. */
  async takeWebFrame(): Promise<{ readonly opcode: number; readonly payload: Uint8Array }> {
    const [first = 0, short = 0] = await this.take(2);
    assertEquals(first & 0xf0, 0x80, "whole, and nothing reserved");
    assertEquals(short & 0x80, 0, "a server masks nothing");
    const wide = short === 126 ? await this.take(2) : short === 127 ? await this.take(8) : [short];
    const length = [...wide].reduce((sum, byte) => sum * 256 + byte, 0);
    return { opcode: first & 0x0f, payload: await this.take(length) };
  }

  /** The text of the next message. Gives a sign of life where it is asked for one before that. */
  override async takeFrame(): Promise<string> {
    let frame = await this.takeWebFrame();
    for (; frame.opcode === 9; frame = await this.takeWebFrame()) {
      await this.send(webFrame(10, frame.payload));
    }
    assertEquals(frame.opcode, 1, "a text message");
    return decoder.decode(frame.payload);
  }

  /** The code and the reason of the close that comes next. */
  async takeClose(): Promise<[code: number, reason: string]> {
    const { opcode, payload } = await this.takeWebFrame();
    assertEquals(opcode, 8, "a close");
    return [((payload[0] ?? 0) << 8) | (payload[1] ?? 0), decoder.decode(payload.subarray(2))];
  }
}

/** A WebSocket that has said hello; `hello` adds to what it says. */
export async function joinWeb(
  door: WebListener,
  name: string,
  hello: Json = {},
  dial?: Dial,
  path = "/ws",
): Promise<WebSocketPeer & { ready: Json; welcome: Json }> {
  const peer = await WebSocketPeer.open(door, {}, path, dial);
  const welcome = await peer.takeEvent();
  assertEquals(welcome.type, "welcome");
  const ready = await peer.ask({ type: "hello", id: "hello", name, ...hello });
  return Object.assign(peer, { ready, welcome });
}
