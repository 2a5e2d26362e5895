/**
 * `deno task bench:store`: what a large store costs. Makes a million short messages in a temporary
 * data directory, then measures how fast a server starts on it, hands out what was missed, finds and
 * acks. Removes all of it afterwards.
 */

import { parseArgs } from "@std/cli/parse-args";
import { delay } from "@std/async/delay";
import { termsOf } from "../../lib/words/search.js";
import { logSum, messageSum } from "../../lib/store/message_row.ts";
import { openWriter } from "../../lib/store/directory.ts";
import { ROOM } from "../../lib/store/columns.ts";
import { markedTerms } from "../../lib/store/word_index.ts";
import { ServerProcess } from "../crash/server.ts";
import { Line } from "../crash/wire.ts";
import type { Json } from "../helpers.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const MISSED = 10_000;
const SENDERS = 50;
const PER_SECOND = 1_000;
const SECONDS = 5;
/** How long anything may take, in ms. */
const PATIENCE_MS = 60_000;
const WORDS = "the quick brown fox jumps over a lazy dog at noon while others have lunch".split(
  " ",
);

async function main(args: readonly string[]): Promise<number> {
  const { messages = "1000000" } = parseArgs(args, { string: ["messages"] });
  const count = Number(messages);
  if (!(count >= MISSED * 2 && count <= 10_000_000)) {
    write(
      Deno.stderr,
      `bench:store: --messages is from ${MISSED * 2} to 10000000, not ${messages}`,
    );
    return 2;
  }
  const directory = await Deno.makeTempDir();
  try {
    await measure(directory, count);
    return 0;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function measure(directory: string, count: number): Promise<void> {
  row("what", "measured");
  row("----", "--------");
  const filledMs = await timed(() => fill(directory, count));
  row(`filling it with ${count} messages`, `${(filledMs / 1_000).toFixed(1)} s`);
  const { size } = await Deno.stat(`${directory}/chatroom.db`);
  row("bytes a message, with its index of words", (size / count).toFixed(1));
  const server = new ServerProcess([MAIN, "serve", "--port", "0", "--data", directory]);
  try {
    const place = await server.listening;
    if (place === undefined) throw new Error("the server did not start");
    row("from its start until it listens", ms(server.listeningMs));
    const connect = async (): Promise<Client> => new Client(await Deno.connect(place));
    using reader = await connect();
    row(`resume of ${MISSED} missed messages`, ms(await resume(reader, count)));
    for (const query of QUERIES) {
      const took = await timed(() => reader.ask({ type: "search", query, limit: 10 }));
      row(`first page of a search for ${query}`, ms(took));
    }
    await acks(connect);
  } finally {
    await server.stop();
  }
}

/** Words that many messages have, few, and one; and conditions that hardly any fulfils. */
const QUERIES = [
  ...["lunch", '"brown fox" noon', "number77777", "number777"],
  ...["lunch from:ann", "lunch from:nobody", "lunch before:2020-01-01"],
];

/** Puts the messages and their words straight into the tables. */
async function fill(directory: string, count: number): Promise<void> {
  using opened = await openWriter(directory);
  const { db } = opened;
  db.exec("BEGIN");
  db.exec("INSERT INTO room (id, kind, key, name, last) VALUES (1, 0, 'lobby', 'lobby', 0)");
  db.exec("INSERT INTO name (id, name, key) VALUES (1, 'ann', 'ann'), (2, 'bob', 'bob')");
  const insert = db.prepare(
    "INSERT INTO message (id, room, seq, at, sender, text, sum) VALUES (?, 1, ?, ?, ?, ?, ?)",
  );
  const index = db.prepare("INSERT INTO message_words (rowid, terms) VALUES (?, ?)");
  const log = logSum(ROOM, "lobby");
  const began = Date.now() - count * 1_000;
  for (let n = 1; n <= count; n++) {
    const words = Array.from({ length: 6 }, (_, i) => WORDS[(n * 7 + i * i * 3) % WORDS.length]);
    const text = `${words.join(" ")} number${n}`;
    const at = began + n * 1_000;
    const sender = 1 + n % 2;
    const sum = messageSum(log, {
      seq: n,
      at,
      action: 0,
      sender: sender === 1 ? "ann" : "bob",
      text,
    });
    insert.run(n, n, at, sender, text, sum);
    index.run(n, markedTerms(1, termsOf(text)));
  }
  db.exec("UPDATE room SET last = (SELECT max(seq) FROM message)");
  db.exec("INSERT INTO meta VALUES ('indexed', (SELECT max(id) FROM message))");
  db.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

/** Comes back to where it never was, and waits for all that it missed. */
async function resume(client: Client, count: number): Promise<number> {
  await client.hello("reader");
  const { epoch } = client.welcome;
  return await timed(async () => {
    using again = new Client(await client.again());
    await again.hello("again", { resume: { epoch, seq: { lobby: count - MISSED } } });
    await again.until(({ type, seq }) => type === "message" && seq === count);
  });
}

/** A second apart, each of the senders says its share; what counts is when the acks come. */
async function acks(connect: () => Promise<Client>): Promise<void> {
  const clients: Client[] = [];
  const times: number[] = [];
  try {
    for (let n = 0; n < SENDERS; n++) {
      const client = await connect();
      clients.push(client);
      await client.hello(`sender${n}`, { room: `room${n}` });
    }
    const began = performance.now();
    const gapMs = 1_000 / PER_SECOND;
    const total = PER_SECOND * SECONDS;
    const asked: Array<Promise<void>> = [];
    for (let n = 0; n < total;) {
      // As many as are due by now: a timer is not as fine as that.
      for (; n < total && n * gapMs <= performance.now() - began; n++) {
        const client = clients[n % SENDERS] as Client;
        const due = began + n * gapMs;
        const request = { type: "say", room: `room${n % SENDERS}`, text: `message ${n}` };
        asked.push(client.ask(request).then(() => void times.push(performance.now() - due)));
      }
      await delay(1);
    }
    await Promise.all(asked);
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
  times.sort((a, b) => a - b);
  const at = (part: number): string => ms(times[Math.floor(part * (times.length - 1))] ?? NaN);
  const what = `acks of ${PER_SECOND} messages a second from ${SENDERS}, --durability full`;
  row(what, `p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}`);
}

/** A client that asks and waits. */
class Client implements Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #line: Line;
  readonly #answers = new Map<string, (event: Json) => void>();
  #watch: (event: Json) => void = () => {};
  #ids = 0;
  welcome: Json = {};

  constructor(conn: Deno.TcpConn) {
    conn.setNoDelay(true);
    this.#conn = conn;
    this.#line = new Line(conn);
    this.#read();
  }

  /** Another connection to the same server. */
  again(): Promise<Deno.TcpConn> {
    const { hostname, port } = this.#conn.remoteAddr as Deno.NetAddr;
    return Deno.connect({ hostname, port });
  }

  async hello(name: string, more: Json = {}): Promise<void> {
    this.#line.event(name);
    await this.ask({ type: "hello", ...more });
  }

  ask(request: Json): Promise<Json> {
    const id = String(++this.#ids);
    const { promise, resolve } = Promise.withResolvers<Json>();
    this.#answers.set(id, resolve);
    this.#line.event({ ...request, id });
    return promise;
  }

  /** Settles with the first event that is wanted. */
  async until(wanted: (event: Json) => boolean): Promise<void> {
    const seen = Promise.withResolvers<void>();
    const timer = setTimeout(() => seen.reject(new Error("it did not come")), PATIENCE_MS);
    this.#watch = (event) => wanted(event) && seen.resolve();
    await seen.promise.finally(() => clearTimeout(timer));
  }

  [Symbol.dispose](): void {
    this.#line[Symbol.dispose]();
  }

  async #read(): Promise<void> {
    for await (const payload of this.#line.payloads()) {
      const event = JSON.parse(payload) as Json;
      if (event.type === "welcome") this.welcome = event;
      if (event.type === "error") throw new Error(event.text);
      if (event.type === "ping") this.#line.event({ type: "pong" });
      const answer = this.#answers.get(event.id);
      if (answer !== undefined) {
        this.#answers.delete(event.id);
        answer(event);
      }
      this.#watch(event);
    }
  }
}

async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function row(what: string, measured: string): void {
  write(Deno.stdout, `| ${what.padEnd(66)} | ${measured} |`);
}

function write(stream: { writeSync(bytes: Uint8Array): number }, line: string): void {
  stream.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
