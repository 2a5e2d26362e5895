/**
 * Peers for tests, which speak bytes of their own making: nothing of lib/wire is used here, so a
 * mistake in the codec can't hide itself.
 */

import { assertEquals, fail } from "@std/assert";
import { openLimits } from "../lib/server/limits.ts";
import { serve, type ServeOptions, type Server } from "../lib/server/serve.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How long anything may take here, in ms. Reached only by a test that fails. */
const PATIENCE_MS = 30_000;

/**
 * How long a peer may be silent, in ms, where a test does not say that. A peer of a test gives a sign of
 * life only while something is read from it, which on a slow machine may be minutes apart.
 */
const SILENCE_MS = 3_600_000;

/** A JSON object as it came from the server. */
// deno-lint-ignore no-explicit-any
export type Json = Record<string, any>;

/** Options of {@linkcode startServer}. */
export interface StartOptions extends ServeOptions {
  /** Called with each problem that the server logs; fails the test by default. */
  readonly onProblem?: (text: string) => void;
}

/**
 * A server on a free port that looks at its deadlines often, and lets one address do what it likes
 * unless told: tests are many clients in a hurry.
 */
export function startServer(
  { onProblem = (text) => fail(`The server had a problem: ${text}`), log, ...options }:
    StartOptions = {},
): Server {
  return serve({
    sweepMs: 10,
    ...options,
    log: (entry) => {
      log?.(entry);
      if (entry.kind === "problem") onProblem(`${entry.text}: ${JSON.stringify(entry.fields)}`);
    },
    limits: { ...openLimits(), silenceMs: SILENCE_MS, ...options.limits },
  });
}

/** A frame as a classic client writes it. */
export function classicFrame(text: string): Uint8Array<ArrayBuffer> {
  return frame(text, (length) => length.padEnd(10));
}

/** A frame as an event client writes it. */
export function eventFrame(value: unknown): Uint8Array<ArrayBuffer> {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return frame(text, (length) => length.padStart(10));
}

function frame(text: string, pad: (length: string) => string): Uint8Array<ArrayBuffer> {
  const payload = encoder.encode(text);
  return bytes(pad(String(payload.length)), payload);
}

/** Text and bytes in one piece. */
export function bytes(...parts: Array<string | Uint8Array>): Uint8Array<ArrayBuffer> {
  const pieces = parts.map((part) => typeof part === "string" ? encoder.encode(part) : part);
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Rejects with what was waited for when it does not come. */
export async function within<T>(what: string, promise: Promise<T>, ms = PATIENCE_MS): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until `condition` holds, looking often. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  ms = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!await condition()) {
    if (performance.now() > deadline) fail(`${what} did not come about within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A TCP connection that is read and written as the test says. */
export class RawPeer implements Disposable {
  readonly conn: Deno.TcpConn;
  #received = new Uint8Array();
  #closed = false;
  #asked = 0;

  constructor(conn: Deno.TcpConn) {
    this.conn = conn;
  }

  static async connect(
    server: { readonly addr: { readonly hostname: string; readonly port: number } },
  ): Promise<RawPeer> {
    const { hostname, port } = server.addr;
    const conn = await Deno.connect({ hostname, port });
    conn.setNoDelay(true);
    return new RawPeer(conn);
  }

  async send(...parts: Array<string | Uint8Array>): Promise<void> {
    const whole = bytes(...parts);
    for (let at = 0; at < whole.length;) at += await this.conn.write(whole.subarray(at));
  }

  /** Sends an event or a request as a frame. */
  tell(event: unknown): Promise<void> {
    return this.send(eventFrame(event));
  }

  /** The next `count` bytes. */
  async take(count: number): Promise<Uint8Array> {
    while (this.#received.length < count) {
      if (!await this.#more()) {
        fail(`The connection closed after ${JSON.stringify(decoder.decode(this.#received))}`);
      }
    }
    const taken = this.#received.slice(0, count);
    this.#received = this.#received.slice(count);
    return taken;
  }

  /** The payload of the next frame, whatever its padding. */
  async takeFrame(): Promise<string> {
    const length = Number(decoder.decode(await this.take(10)));
    return decoder.decode(await this.take(length));
  }

  /** The next pair that a classic client is sent. */
  async takePair(): Promise<[name: string, text: string]> {
    return [await this.takeFrame(), await this.takeFrame()];
  }

  /** The next event that is sent to an event client. */
  async takeEvent(): Promise<Json> {
    return JSON.parse(await this.takeFrame());
  }

  /** The next event of one type; others are passed over. */
  async takeType(type: string): Promise<Json> {
    for (;;) {
      const event = await this.takeEvent();
      if (event.type === type) return event;
    }
  }

  /** Sends a request and returns its answer, passing over what comes before. */
  async ask(request: Json): Promise<Json> {
    const id = request.id ?? `ask ${++this.#asked}`;
    await this.tell({ ...request, id });
    for (;;) {
      const event = await this.takeEvent();
      if (event.id === id) return event;
    }
  }

  /** What has come, as soon as there is anything; `undefined`: the server has closed. */
  async takeSome(): Promise<Uint8Array | undefined> {
    if (this.#received.length === 0 && !await this.#more()) return undefined;
    return await this.take(this.#received.length);
  }

  /** Takes in what comes until the connection ends: nobody reads it. */
  async drain(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      while (await this.conn.read(buffer) !== null);
    } catch {
      // It was closed here.
    }
  }

  /** Everything until the server closes. */
  async takeRest(): Promise<string> {
    while (await this.#more());
    const rest = decoder.decode(this.#received);
    this.#received = new Uint8Array();
    return rest;
  }

  [Symbol.dispose](): void {
    try {
      this.conn.close();
    } catch {
      // Closed by the test.
    }
  }

  async #more(): Promise<boolean> {
    if (this.#closed) return false;
    const buffer = new Uint8Array(65_536);
    let count: number | null;
    try {
      count = await within("Anything from the server", this.conn.read(buffer));
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
      count = null;
    }
    if (count === null) {
      this.#closed = true;
      return false;
    }
    this.#received = bytes(this.#received, buffer.subarray(0, count));
    return true;
  }
}

/** A classic client that the server knows. */
export async function joinClassic(server: Pick<Server, "addr">, name: string): Promise<RawPeer> {
  const peer = await RawPeer.connect(server);
  await peer.send(classicFrame(name), classicFrame("/who"));
  // The answer to a command shows that the name has been taken in. What others say may come before it.
  while ((await peer.takePair())[0] !== "server");
  return peer;
}

/** An event client that has said hello; `hello` adds to what it says. Its `ready` is in `ready`. */
export async function joinEvent(
  server: Pick<Server, "addr">,
  name: string,
  hello: Json = {},
): Promise<RawPeer & { ready: Json; welcome: Json }> {
  const peer = await RawPeer.connect(server);
  await peer.send(eventFrame(name));
  const welcome = await peer.takeEvent();
  assertEquals(welcome.type, "welcome");
  const ready = await peer.ask({ type: "hello", id: "hello", ...hello });
  return Object.assign(peer, { ready, welcome });
}

/** Waits until a script is in a room as a visitor, which nobody is told. */
export async function untilVisitor(peer: RawPeer, name: string, room = "lobby"): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await peer.ask({ type: "who", room })).visitors?.includes(name)) {
    if (performance.now() > deadline) fail(`${name} did not come to ${room}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
