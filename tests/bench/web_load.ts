/**
 * A load for `deno task bench:web`: clients in one room that count what they are told, over TCP, a
 * WebSocket, or the WebSocket of socket.io. Prints one JSON object.
 *
 * Arguments: PROTOCOL (tcp, ws or socketio) PORT CLIENTS WINDOW SENDERS SECONDS. A message is sent when
 * less than WINDOW are in flight, counted over all clients.
 */

const [kind = "", port, clients = 0, window = 0, senders = 0, seconds = 0] = [
  Deno.args[0],
  ...Deno.args.slice(1).map(Number),
];
const TEXT = "x".repeat(64);
const WARM_UP_MS = 300;
const CONNECTS_AT_ONCE = 50;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A protocol, seen from a client. */
interface Speech {
  /** What opens the connection, before any frame. */
  readonly upgrade?: string;
  hello(name: string): string;
  say(): string;
  frame(text: string): Uint8Array<ArrayBuffer>;
  /** The header's length and the payload's at `at`; `undefined`: more bytes are needed. */
  header(bytes: Uint8Array, at: number, end: number): [number, number] | undefined;
  /** What a payload that begins so is. */
  readonly message: string;
  readonly joined: string;
  readonly ping: string;
  readonly pong: string;
}

const say = (): string => JSON.stringify({ type: "say", room: "lobby", text: TEXT });

const tcp: Speech = {
  hello: () => '{"type":"hello"}',
  say,
  frame: (text) => encoder.encode(String(text.length).padStart(10) + text),
  header: (bytes, at, end) => {
    if (end - at < 10) return undefined;
    return [10, Number(decoder.decode(bytes.subarray(at, at + 10)))];
  },
  message: '{"type":"message"',
  joined: '{"type":"ready"',
  ping: '{"type":"ping"',
  pong: '{"type":"pong"}',
};

function upgrade(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}

const ws: Speech = {
  ...tcp,
  upgrade: upgrade("/ws"),
  hello: (name) => JSON.stringify({ type: "hello", name }),
  frame: (text) => {
    // Masked with zeros, which leaves the text as it is.
    const length = text.length < 126
      ? [128 | text.length]
      : [254, text.length >> 8, text.length & 255];
    return new Uint8Array([0x81, ...length, 0, 0, 0, 0, ...encoder.encode(text)]);
  },
  header: (bytes, at, end) => {
    if (end - at < 2) return undefined;
    const short = (bytes[at + 1] ?? 0) & 127;
    if (short < 126) return [2, short];
    if (end - at < 10) return end - at < 4 || short === 127 ? undefined : wide(bytes, at);
    return short === 126 ? wide(bytes, at) : [
      10,
      Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at + 2)),
    ];
  },
};

function wide(bytes: Uint8Array, at: number): [number, number] {
  return [4, ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)];
}

const socketio: Speech = {
  ...ws,
  upgrade: upgrade("/socket.io/?EIO=4&transport=websocket"),
  hello: () => "40",
  say: () => `42${JSON.stringify(["message", { room: "lobby", text: TEXT }])}`,
  message: '42["message"',
  joined: "40{",
  ping: "2",
  pong: "3",
};

const speech = { tcp, ws, socketio }[kind] as Speech;
const starts = [speech.message, speech.joined, speech.ping].map((text) => encoder.encode(text));
const sayFrame = speech.frame(speech.say());
const pongFrame = speech.frame(speech.pong);

let joined = 0;
let received = 0;
let sent = 0;
let closed = 0;
let measuring = false;
let delivered = 0;
let onJoined: () => void = () => {};
let turn = 0;
const all: Client[] = [];

function begins(bytes: Uint8Array, at: number, with_: Uint8Array): boolean {
  for (let i = 0; i < with_.length; i++) if (bytes[at + i] !== with_[i]) return false;
  return true;
}

/** One connection: reads all the time. */
class Client {
  readonly #conn: Deno.TcpConn;
  #buffer = new Uint8Array(65_536);
  #end = 0;
  #upgraded = speech.upgrade === undefined;
  #queue: Uint8Array[] = [];
  #writing = false;
  readonly #name: string;

  constructor(conn: Deno.TcpConn, name: string) {
    this.#conn = conn;
    this.#name = name;
    conn.setNoDelay(true);
    if (speech.upgrade === undefined) {
      this.send(speech.frame(name));
      this.send(speech.frame(speech.hello(name)));
    } else this.send(encoder.encode(speech.upgrade));
    this.#readOn();
  }

  send(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    if (!this.#writing) this.#write();
  }

  close(): void {
    this.#conn.close();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#queue.length > 0) {
        const whole = new Uint8Array(this.#queue.reduce((sum, { length }) => sum + length, 0));
        let at = 0;
        for (const piece of this.#queue.splice(0)) {
          whole.set(piece, at);
          at += piece.length;
        }
        for (at = 0; at < whole.length;) at += await this.#conn.write(whole.subarray(at));
      }
    } catch {
      // The reader sees the end.
    }
    this.#writing = false;
  }

  #readOn(): void {
    this.#conn.read(this.#buffer.subarray(this.#end)).then(
      (count) => this.#read(count),
      () => this.#read(null),
    );
  }

  #read(count: number | null): void {
    if (count === null) {
      closed++;
      return;
    }
    this.#end += count;
    let at = this.#upgraded ? 0 : this.#upgrade();
    while (this.#upgraded) {
      const header = speech.header(this.#buffer, at, this.#end);
      const size = header === undefined ? Infinity : header[0] + header[1];
      if (header === undefined || this.#end - at < size) break;
      this.#take(at + header[0]);
      at += size;
    }
    this.#buffer.copyWithin(0, at, this.#end);
    this.#end -= at;
    if (this.#end === this.#buffer.length) {
      const larger = new Uint8Array(this.#end * 4);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    pump();
    this.#readOn();
  }

  #upgrade(): number {
    const text = decoder.decode(this.#buffer.subarray(0, this.#end));
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return 0;
    if (!text.startsWith("HTTP/1.1 101")) throw new Error(text);
    this.#upgraded = true;
    this.send(speech.frame(speech.hello(this.#name)));
    return end + 4;
  }

  #take(at: number): void {
    const [message, ready, ping] = starts as [Uint8Array, Uint8Array, Uint8Array];
    if (begins(this.#buffer, at, message)) {
      received++;
      if (measuring) delivered++;
    } else if (begins(this.#buffer, at, ready)) {
      joined++;
      onJoined();
    } else if (begins(this.#buffer, at, ping)) this.send(pongFrame);
  }
}

let running = false;
function pump(): void {
  while (running && sent * (clients - 1) - received < window * (clients - 1)) {
    sent++;
    all[turn++ % senders]?.send(sayFrame);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

while (all.length < clients) {
  const wanted = Math.min(all.length + CONNECTS_AT_ONCE, clients);
  const ready = Promise.withResolvers<void>();
  onJoined = () => joined === wanted && ready.resolve();
  while (all.length < wanted) {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: port as number });
    all.push(new Client(conn, `load${all.length}`));
  }
  await ready.promise;
}
await pause(WARM_UP_MS);
running = true;
pump();
await pause(WARM_UP_MS);
measuring = true;
const began = performance.now();
await pause(seconds * 1_000);
const took = performance.now() - began;
measuring = false;
const figures = JSON.stringify({ deliveredPerSecond: delivered * 1_000 / took, closed });
Deno.stdout.writeSync(encoder.encode(`${figures}\n`));
Deno.exit(0);
