/**
 * Files of people who send whatever they like in whatever order, to a store that is late and fails: each
 * request is answered once, what was sent is what was taken, and nothing is left of what has ended.
 */

import { assert, assertEquals } from "@std/assert";
import type { House } from "../../lib/chat/house.ts";
import type { Request, RequestOf } from "../../lib/wire/requests.ts";
import { sha256Of } from "../file_store_contract.ts";
import {
  makeFileHouse,
  type Sender,
  senderComes,
  type TriedFiles,
} from "../fixtures/file_house.ts";
import { Refusal } from "../../lib/chat/refusal.ts";
import { fuzz } from "./fuzz.ts";
import type { Random } from "./random.ts";

const NAMES = ["ann", "bob", "gus"] as const;
/** Ids of uploads and files: those that are given out in a house like this one. */
const IDS = Array.from({ length: 30 }, (_, n) => `id${n + 1}`);
const LIMITS = { fileBytes: 300, filesPerUser: 1_000, filesPerAddress: 500, filesTotal: 4_000 };

/** What was asked for, and whether it was answered. */
interface Asked {
  readonly by: Sender;
  readonly request: Request;
  refused: boolean;
}

class Run {
  readonly #random: Random;
  readonly house: House;
  readonly store: TriedFiles;
  readonly people: Sender[] = [];
  /** All that were ever there. */
  readonly all: Sender[] = [];
  readonly asked = new Map<string, Asked>();

  constructor(random: Random) {
    this.#random = random;
    const { house, store } = makeFileHouse({ limits: LIMITS });
    this.house = house;
    this.store = store;
  }

  async comes(at: number): Promise<void> {
    const before = this.people[at];
    const back = before !== undefined && this.#random.oneIn(2);
    const hello = back ? { session: before.peer.session } : {};
    if (before !== undefined && !back) this.house.gone(before.peer, true);
    const sender = await senderComes(this.house, NAMES[at] ?? "", hello);
    this.people[at] = sender;
    this.all.push(sender);
  }

  ask(by: Sender): void {
    const id = `${this.asked.size + 1}`;
    const request = { ...this.#request(by), id };
    const asked: Asked = { by, request, refused: false };
    this.asked.set(id, asked);
    const refused = (error: unknown): void => {
      assert(error instanceof Refusal, String(error));
      asked.refused = true;
    };
    try {
      by.tell(request)?.catch(refused);
    } catch (error) {
      refused(error);
    }
  }

  #request(by: Sender): Request {
    const random = this.#random;
    const own = by.peer.told.flatMap((event) => event.type === "slot" ? event.file : []);
    const file = own.length > 0 && !random.oneIn(4) ? random.pick(own) : random.pick(IDS);
    const size = random.pick([undefined, undefined, 0, 1, 20, 60, 80, 301, 2 ** 53 - 1]);
    const place = random.pick([{ room: "lobby" }, { to: "ann" }, { room: "none" }]);
    switch (random.below(10)) {
      case 0:
        return {
          ...{ type: "put", name: random.pick(["a", "b.png"]), ...place },
          ...(size === undefined ? {} : { size }),
          ...(random.oneIn(3) ? { file } : {}),
          ...(random.oneIn(3) ? { sha256: sha256Of(new Uint8Array(20)) } : {}),
        };
      case 1:
      case 2:
        return random.oneIn(6)
          ? { type: "done", file, sha256: sha256Of(random.bytes(9)) }
          : { type: "done", file, text: random.pick(["", "mine"]) };
      case 3:
        return random.oneIn(2) ? { type: "done", file } : { type: "cancel", file };
      case 4: {
        const credit = random.pick([0, 1, 50, 8_388_608, 8_388_609]);
        return { type: "get", file, offset: random.pick([0, 0, 5, 301]), credit };
      }
      case 5:
        return { type: "credit", file, credit: random.pick([0, 1, 50, 8_388_608]) };
      default:
        return this.#chunk(by, file);
    }
  }

  #chunk(by: Sender, file: string): RequestOf<"chunk"> {
    const random = this.#random;
    const offset = random.oneIn(8) ? random.below(100) : nextOf(this.asked, by, file);
    const bytes = random.bytes(random.pick([1, 20, 60]));
    const data = random.oneIn(10) ? new Uint8Array() : bytes;
    return { type: "chunk", file, offset, data };
  }
}

/** Lets all go on that waits for nothing but itself. */
async function rest(): Promise<void> {
  for (let i = 0; i < 100; i++) await Promise.resolve();
}

/** Where an upload would go on if all was taken that somebody has sent of it. */
function nextOf(asked: ReadonlyMap<string, Asked>, by: Sender, file: string): number {
  let next = 0;
  for (const event of by.peer.told) {
    if (event.type === "slot" && event.file === file) next = event.offset;
  }
  for (const { request, refused, by: sender } of asked.values()) {
    if (refused || sender !== by || request.type !== "chunk" || request.file !== file) continue;
    if (request.offset === next) next += request.data.length;
  }
  return next;
}

/**
 * What may have been taken of each upload, by where it begins. Whoever has gone was not told what became of
 * its last pieces, nor who has lost the upload to another connection, so that there may be several for one
 * place.
 */
function taken({ asked }: Run): Map<string, Map<number, Uint8Array[]>> {
  const uploads = new Map<string, Map<number, Uint8Array[]>>();
  for (const [id, { by, request, refused }] of asked) {
    if (request.type !== "chunk" || refused) continue;
    const answer = by.peer.told.find((event) => event.id === id);
    if (answer?.type === "error" && answer.code === "not-stored") continue;
    const pieces = uploads.get(request.file) ?? new Map<number, Uint8Array[]>();
    uploads.set(request.file, pieces);
    const there = pieces.get(request.offset) ?? [];
    pieces.set(request.offset, [...there, request.data]);
  }
  return uploads;
}

/** The hashes of all that these pieces make when they are put together. */
function* hashes(
  pieces: ReadonlyMap<number, readonly Uint8Array[]>,
  before: readonly number[] = [],
): Generator<string> {
  yield sha256Of(Uint8Array.from(before));
  for (const piece of pieces.get(before.length) ?? []) yield* hashes(pieces, [...before, ...piece]);
}

fuzz("whatever is sent of files, what comes of it is whole", 0.1, async (random) => {
  const run = new Run(random);
  for (const at of NAMES.keys()) await run.comes(at);
  let goOn: (() => void) | undefined;
  for (let step = 0; step < 150; step++) {
    const at = random.below(NAMES.length);
    if (random.oneIn(15)) run.store.fails = !run.store.fails;
    if (random.oneIn(8)) {
      goOn?.();
      goOn = random.oneIn(2) ? run.store.hold() : undefined;
    }
    if (random.oneIn(15)) await run.comes(at);
    else run.ask(run.people[at] as Sender);
    if (random.oneIn(3)) await rest();
  }
  run.store.fails = false;
  goOn?.();
  await rest();
  await rest();
  checkAnswers(run);
  await checkFiles(run);
  for (const { peer } of run.people) run.house.gone(peer, false);
  await rest();
  const { uploads, downloads } = run.house.files?.transfers.figures ?? {};
  assertEquals([uploads, downloads], [0, 0]);
});

/** Whoever is there has had one answer to each request, but for `get` and `credit`, which `data` answers. */
function checkAnswers({ asked, people }: Run): void {
  for (const [id, { by, request, refused }] of asked) {
    if (!people.includes(by) || request.type === "get" || request.type === "credit") continue;
    const answers = by.peer.told.filter((event) => event.id === id);
    const text = `${JSON.stringify(request)}: ${JSON.stringify(answers)}`;
    assertEquals(answers.length, refused ? 0 : 1, text);
  }
}

/** Each file that was sent has what was taken of its upload, and is as large as may be. */
async function checkFiles(run: Run): Promise<void> {
  const page = await run.house.index.page("room lobby", { limit: 1_000 });
  const sent = page.entries.flatMap(({ message: { file } }) => file ?? []);
  const wholes = new Set([...taken(run).values()].flatMap((pieces) => [...hashes(pieces)]));
  wholes.add(sha256Of(new Uint8Array()));
  for (const { sha256, size } of sent) {
    assert(size <= LIMITS.fileBytes);
    assert(wholes.has(sha256), `${sha256} of ${size} bytes was never sent`);
    const source = await run.store.open(sha256);
    assertEquals(sha256Of(await source.read(0, size)), sha256);
    source.close();
  }
}
