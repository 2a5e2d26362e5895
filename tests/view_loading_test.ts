/** What the view loads of a room on a bad line: in the end all is there that was said, in its order. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { RequestError } from "../lib/client/conversation.ts";
import { DEFAULT_SETTINGS } from "../lib/client/settings.ts";
import { Known } from "../lib/client/terminal/known.ts";
import { Preferences } from "../lib/client/terminal/preferences.ts";
import { Following } from "../lib/client/view/following.ts";
import { PageLoader } from "../lib/client/view/page_loader.ts";
import { PlaceStates } from "../lib/client/view/place_state.ts";
import type { Event, Message } from "../lib/wire/events.ts";
import type { Request, RequestOf } from "../lib/wire/requests.ts";
import { tries } from "./fixtures/thorough.ts";
import { AT } from "./fixtures/terminal_account.ts";

const ROOM = "dev";
/** More turns than there are pages to load. */
const MOST_TURNS = 100;

/** A request that has no answer yet; `page`: the server has read it, and more may be said until it comes. */
interface Asked {
  readonly request: RequestOf<"history">;
  readonly answer: PromiseWithResolvers<Event>;
  page?: Event;
}

/** A room on a server, and what the view of somebody has of it. */
class Line {
  readonly known = new Known({
    room: ROOM,
    preferences: new Preferences(DEFAULT_SETTINGS),
    now: () => new Date(AT),
    hasLife: () => true,
    epoch: () => "a",
  });
  readonly states = new PlaceStates(this.known);
  readonly state = this.states.of(ROOM);
  readonly #following: Following;
  readonly #loader: PageLoader;
  #asked: Asked[] = [];
  #said = 0;
  #isOn = true;

  constructor() {
    const { known, states } = this;
    known.name = "me";
    known.rooms.join(ROOM);
    this.#following = new Following({ known, states, back: () => {} });
    this.#following.begin();
    this.#loader = new PageLoader({
      known,
      states,
      send: (request) => this.#send(request),
      canAsk: () => true,
      loaded: () => {},
    });
  }

  get said(): number {
    return this.#said;
  }

  /** So many messages are said; `arrives`: the client is told of them. */
  say(count: number, arrives = true): void {
    for (let n = 0; n < count; n++) {
      const message = saidAs(++this.#said);
      if (arrives && this.#isOn) this.#following.said(message);
    }
  }

  /** The person turns to the stream, which is told then what is said, or back to the view. */
  turn(toView: boolean): void {
    if (toView === this.#isOn) return;
    this.#isOn = toView;
    if (toView) this.#following.begin();
    else this.#following.end();
  }

  /** The connection is cut, and made again: nothing is answered any more. */
  async cut(): Promise<void> {
    for (const { answer } of this.#asked.splice(0)) {
      answer.reject(new RequestError("offline", "It is cut."));
    }
    await settled();
    if (this.#isOn) this.#following.back();
  }

  /** What a frame asks for where the person is. */
  look(): void {
    if (this.state.spot === undefined) this.#loader.newest(ROOM);
    else this.#loader.newer(ROOM);
  }

  older(): void {
    this.#loader.older(ROOM);
  }

  /** The person goes up, or to the end. */
  go(up: boolean): void {
    const { first: seq } = this.state.transcript;
    this.state.spot = up && seq > 0 ? { id: `message ${seq}`, seq, below: 0 } : undefined;
  }

  /** The server reads what was asked for. */
  read(): void {
    for (const asked of this.#asked) asked.page ??= this.#pageOf(asked.request);
  }

  /** The first answer comes; false if nothing was asked for. */
  async answer(): Promise<boolean> {
    const asked = this.#asked.shift();
    if (asked === undefined) return false;
    asked.answer.resolve(asked.page ?? this.#pageOf(asked.request));
    await settled();
    return true;
  }

  #send(request: Request): Promise<Event> {
    const answer = Promise.withResolvers<Event>();
    if (request.type === "history") this.#asked.push({ request, answer });
    return answer.promise;
  }

  #pageOf({ before = this.#said + 1, after, limit = 50 }: RequestOf<"history">): Event {
    const [from, to] = after === undefined
      ? [Math.max(1, before - limit), before - 1]
      : [after + 1, Math.min(this.#said, after + limit)];
    const count = Math.max(0, to - from + 1);
    const messages = Array.from({ length: count }, (_, n) => saidAs(from + n));
    const more = after === undefined ? from > 1 : to < this.#said;
    return { type: "page", room: ROOM, messages, more };
  }
}

function saidAs(seq: number): Message {
  return { room: ROOM, seq, from: "ann", at: AT, text: `number ${seq}` };
}

/** Whatever waits for an answer has taken it. */
async function settled(): Promise<void> {
  for (let n = 0; n < 5; n++) await Promise.resolve();
}

type Deed = readonly [
  kind:
    | "say"
    | "miss"
    | "cut"
    | "look"
    | "older"
    | "up"
    | "end"
    | "read"
    | "answer"
    | "stream"
    | "view",
  count: number,
];

async function play(deeds: readonly Deed[]): Promise<Line> {
  const line = new Line();
  for (const [kind, count] of deeds) {
    if (kind === "say") line.say(count);
    else if (kind === "cut") await line.cut();
    else if (kind === "look") line.look();
    else if (kind === "older") line.older();
    else if (kind === "up" || kind === "end") line.go(kind === "up");
    else if (kind === "read") line.read();
    else if (kind === "stream" || kind === "view") line.turn(kind === "view");
    else if (kind === "answer") await line.answer();
    else {
      // What is said while there is no connection may not come.
      line.say(count, false);
      await line.cut();
    }
  }
  return line;
}

/** The person goes to the end and waits; then all that is loaded is the newest, without a hole. */
async function judge(line: Line): Promise<void> {
  line.turn(true);
  line.go(false);
  for (let n = 0; n < MOST_TURNS; n++) {
    line.look();
    if (!await line.answer()) break;
  }
  line.say(1);
  const { transcript } = line.state;
  assert(transcript.hasNewest);
  const seqs = transcript.items.map(({ seq }) => seq);
  const first = line.said - seqs.length + 1;
  assertEquals(seqs, Array.from(seqs, (_, n) => first + n));
}

Deno.test("who has read on down to the end after the line was cut sees what is said then", async () => {
  const line = await play([["say", 40], ["look", 0], ["answer", 0], ["up", 0]]);
  await line.cut();
  line.look();
  await line.answer();
  line.go(false);
  line.say(1);
  assertEquals(line.state.transcript.last, 41);
});

Deno.test("what is said while the last page is on its way stands behind it", async () => {
  const line = await play([["say", 1_200], ["look", 0], ["answer", 0], ["up", 0]]);
  for (let n = 0; n < 5; n++) {
    line.older();
    await line.answer();
  }
  // The newest ones were given up for the older ones.
  assertEquals(line.state.transcript.last, 1_100);
  line.look();
  line.read();
  line.say(1);
  await line.answer();
  assertEquals(line.state.transcript.last, 1_201);
  await judge(line);
});

Deno.test("a crowd of messages during one answer leaves no hole", async () => {
  const line = await play([["say", 10], ["look", 0], ["read", 0], ["say", 700], ["answer", 0]]);
  await judge(line);
});

Deno.test("what is said in the stream is there when the view is on again, though it drew once more", async () => {
  const line = await play([
    ["say", 40],
    ["look", 0],
    ["answer", 0],
    ["stream", 0],
    ["look", 0],
    ["answer", 0],
    ["say", 1],
  ]);
  await judge(line);
});

Deno.test("a page that was asked for before the stream took over is none of the newest", async () => {
  const line = await play([
    ["say", 40],
    ["look", 0],
    ["read", 0],
    ["stream", 0],
    ["say", 1],
    ["view", 0],
  ]);
  await judge(line);
});

Deno.test("whatever happens to the line, the end has all that was said last", async () => {
  const kinds = [
    "say",
    "miss",
    "cut",
    "look",
    "older",
    "up",
    "end",
    "read",
    "answer",
    "stream",
    "view",
  ] as const;
  const count = fc.oneof(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 400, max: 700 }),
  );
  // A frame is made and an answer comes more often than anything else.
  const kind = fc.oneof(
    fc.constantFrom(...kinds),
    fc.constantFrom("look", "answer", "read", "older", "say", "stream", "view"),
  );
  const deeds = fc.array(fc.tuple(kind, count), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(deeds, async (each) => await judge(await play(each))),
    { numRuns: tries(200, 2_000) },
  );
});
