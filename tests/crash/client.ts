/** The clients of a crash run: they talk without pause, come back, and write down what they see. */

import type { Json } from "../helpers.ts";
import { delay } from "@std/async/delay";
import type { Journal } from "./journal.ts";
import type { Place } from "./server.ts";
import { Line } from "./wire.ts";

/** The rooms that everybody is in. */
export const ROOMS = ["lobby", "side"] as const;

/** Where what a client notes for itself is kept, besides the rooms: in a conversation of its own. */
const NOTES = "notes";
const PLACES = [...ROOMS, NOTES] as const;

/** Messages of one client that are on their way at once. */
const WINDOW = 16;
const RETRY_MS = 5;
const CLASSIC_PAUSE_MS = 4;

/** What the clients share. */
export interface Scene {
  readonly journal: Journal;
  /** Where the server is now; `undefined` while there is none. */
  place(): Place | undefined;
  /** A client was let in. */
  onReady(): void;
  /**
   * After how many ms a client tries again that was told this error; `undefined`, and without it: none
   * may be told to anybody.
   */
  patience?(error: Json): number | undefined;
  /** How long a client waits before it comes back, in ms. */
  readonly retryMs?: number;
  /** Messages of one client that are on their way at once, and how long it rests after each ack, in ms. */
  readonly window?: number;
  readonly restMs?: number;
  /** From now on nothing new is said. */
  readonly quiet: AbortSignal;
  /** From now on nobody comes back. */
  readonly over: AbortSignal;
}

interface Pending {
  readonly id: string;
  readonly room: string;
  readonly text: string;
}

/** A client of the event protocol, with a session, ids, and the patience to send again. */
export class EventClient {
  readonly #scene: Scene;
  readonly #name: string;
  readonly #pending = new Map<string, Pending>();
  readonly #sent: string[] = [];
  /** The last number seen in each room. */
  readonly last = new Map<string, number>();
  #session: string | undefined;
  /** The conversation of its notes, once it has been told of that. */
  #notes: string | undefined;
  /** Whether the session has had an ack. */
  #isKept = false;
  #epoch: string | undefined;
  #welcomed = "";
  /** What is done later on this connection. */
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(scene: Scene, name: string) {
    this.#scene = scene;
    this.#name = name;
    scene.journal.sent.set(name, this.#sent);
  }

  /** Messages that were acked. */
  get acked(): number {
    return this.#sent.length - this.#pending.size;
  }

  /** Messages that are not acked. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Comes back until it is over. */
  async run(): Promise<void> {
    await comeBack(this.#scene, (line) => this.#converse(line));
  }

  async #converse(line: Line): Promise<void> {
    line.event(this.#name);
    try {
      for await (const payload of line.payloads()) this.#take(line, JSON.parse(payload));
    } finally {
      for (const timer of this.#timers) clearTimeout(timer);
      this.#timers.clear();
    }
  }

  #take(line: Line, event: Json): void {
    const { journal } = this.#scene;
    switch (event.type) {
      case "welcome":
        this.#welcomed = event.epoch;
        return line.event({ type: "hello", name: this.#name, ...this.#before() });
      case "ready":
        return this.#ready(line, event);
      case "joined":
        if (event.id !== undefined) this.last.set(event.room, event.seq);
        return this.#talk(line);
      case "message":
        this.#advance(event.room, event.seq, event.text);
        return journal.see(event.text, event.room, event.seq);
      case "ack":
        return this.#acked(line, event);
      case "gap":
        this.last.set(event.room, event.to ?? 0);
        return journal.fault("hole", `${this.#name} was told of a gap: ${JSON.stringify(event)}`);
      case "error":
        return this.#refused(line, event);
      case "ping":
        return line.event({ type: "pong" });
    }
  }

  /** What was said is said again, and what else was refused asked for anew with another connection. */
  #refused(line: Line, error: Json): void {
    const { journal, patience } = this.#scene;
    const afterMs = patience?.(error);
    if (afterMs === undefined) {
      return journal.fault("refused", `${this.#name} was told ${JSON.stringify(error)}`);
    }
    const pending = this.#pending.get(error.id);
    // What it said after that comes before it.
    if (pending !== undefined) journal.unordered.add(this.#name);
    this.#later(afterMs, () => {
      if (pending === undefined) line[Symbol.dispose]();
      else if (this.#pending.has(pending.id)) this.#say(line, pending);
    });
  }

  /** Does it on this connection, if that lasts so long. */
  #later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }

  /** What names the session and where it was. */
  #before(): Json {
    const features = ["people"];
    if (this.#session === undefined) return { room: ROOMS[0], features };
    const notes = this.#notes;
    const seq = Object.fromEntries([...this.last].filter(([place]) => place !== notes));
    const chats = notes === undefined ? {} : { [notes]: this.last.get(notes) ?? 0 };
    return { session: this.#session, features, resume: { epoch: this.#epoch, seq, chats } };
  }

  #ready(line: Line, { session, room, seq }: Json): void {
    const { journal, onReady } = this.#scene;
    if (this.#epoch !== undefined && this.#epoch !== this.#welcomed) {
      journal.fault("refused", `${this.#name} came back into another epoch`);
    }
    // A session of which nothing was promised yet may be gone.
    if (this.#isKept && this.#session !== session) {
      journal.fault("refused", `${this.#name} came back and was not known`);
    }
    if (this.#session !== session) {
      this.#isKept = false;
      this.#notes = undefined;
    }
    this.#session = session;
    this.#epoch = this.#welcomed;
    if (!this.last.has(room)) this.last.set(room, seq);
    onReady();
    for (const name of ROOMS) {
      if (!this.last.has(name)) line.event({ type: "join", id: `join ${name}`, room: name });
    }
    for (const pending of this.#pending.values()) this.#say(line, pending);
    this.#talk(line);
  }

  #acked(line: Line, { id, room: place, chat, seq }: Json): void {
    this.#isKept = true;
    this.#notes = chat ?? this.#notes;
    const room = place ?? chat;
    const wasPending = this.#pending.delete(id);
    const text = `${this.#name} ${id}`;
    this.#advance(room, seq, text);
    // Whoever waits for the last ack looks now at what is pending.
    this.#scene.journal.ack(text, room, seq);
    if (!wasPending) return;
    if (this.#scene.restMs === undefined) this.#talk(line);
    else this.#later(this.#scene.restMs, () => this.#talk(line));
  }

  /** Each number follows on the last one; an ack may come again. */
  #advance(room: string, seq: number, text: string): void {
    const last = this.last.get(room) ?? 0;
    if (seq <= last) return;
    if (seq !== last + 1) {
      this.#scene.journal.fault(
        "hole",
        `${this.#name} saw ${text} as ${room} ${seq} after ${last}`,
      );
    }
    this.last.set(room, seq);
  }

  #talk(line: Line): void {
    if (ROOMS.some((room) => !this.last.has(room))) return;
    while (this.#pending.size < (this.#scene.window ?? WINDOW) && !this.#scene.quiet.aborted) {
      const id = String(this.#sent.length);
      const text = `${this.#name} ${id}`;
      const room = PLACES[this.#sent.length % PLACES.length] as string;
      const pending = { id, room, text };
      this.#sent.push(text);
      this.#pending.set(id, pending);
      this.#say(line, pending);
    }
  }

  #say(line: Line, { room, ...pending }: Pending): void {
    if (room === NOTES) line.event({ type: "direct", to: this.#name, ...pending });
    else line.event({ type: "say", room, ...pending });
  }
}

/** A classic client: it is promised nothing, and sees what is stored all the same. */
export class ClassicClient {
  readonly #scene: Scene;
  readonly #name: string;
  readonly #sent: string[] = [];
  /** Texts that it saw. */
  readonly seen: string[] = [];

  constructor(scene: Scene, name: string) {
    this.#scene = scene;
    this.#name = name;
    scene.journal.sent.set(name, this.#sent);
  }

  /** Comes back until it is over. */
  async run(): Promise<void> {
    await comeBack(this.#scene, async (line) => {
      line.classic(this.#name);
      const ended = new AbortController();
      const talking = this.#talk(line, ended.signal);
      let from: string | undefined;
      for await (const payload of line.payloads()) {
        if (from === undefined) {
          from = payload;
          continue;
        }
        if (from !== "server") this.seen.push(payload);
        from = undefined;
      }
      ended.abort();
      await talking;
    });
  }

  async #talk(line: Line, ended: AbortSignal): Promise<void> {
    while (!ended.aborted && !this.#scene.quiet.aborted) {
      const text = `${this.#name} ${this.#sent.length}`;
      this.#sent.push(text);
      line.classic(text);
      await delay(CLASSIC_PAUSE_MS);
    }
  }
}

async function comeBack(
  scene: Scene,
  converse: (line: Line) => Promise<void>,
): Promise<void> {
  while (!scene.over.aborted) {
    const place = scene.place();
    const conn = place === undefined ? undefined : await Deno.connect(place).catch(() => undefined);
    if (conn === undefined) {
      await delay(scene.retryMs ?? RETRY_MS);
      continue;
    }
    conn.setNoDelay(true);
    using line = new Line(conn);
    const close = (): void => line[Symbol.dispose]();
    scene.over.addEventListener("abort", close);
    await converse(line);
    scene.over.removeEventListener("abort", close);
    if (scene.retryMs !== undefined && !scene.over.aborted) await delay(scene.retryMs);
  }
}
