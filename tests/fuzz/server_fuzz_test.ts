/**
 * The whole server against random and mutated sessions over real sockets, in memory and on disk,
 * beside a room that must not notice.
 */

import { assertEquals } from "@std/assert";
import { roomLog } from "../../lib/chat/messages/log_key.ts";
import { KeptFiles } from "../../lib/files/kept_files.ts";
import { MemoryStorage } from "../../lib/files/memory_storage.ts";
import { LocalLog } from "../../lib/store/local_log.ts";
import { besideBystanders } from "../fixtures/bystanders.ts";
import { hash } from "../fixtures/facts.ts";
import { bytes, classicFrame, eventFrame, type Json, RawPeer } from "../helpers.ts";
import { fuzz } from "./fuzz.ts";
import { mutate, Random } from "./random.ts";

const SESSIONS = 16;
const ROOMS = ["lobby", "dev", "Dev", "各", "none"];
/**
 * Deadlines that come within a case, so that being dropped is tried too; that for silence is far, as
 * a slow machine would have the bystanders miss it.
 */
const LIMITS = { frameMs: 200, silenceMs: 9_000, pingMs: 50, nameMs: 100, sessionMs: 500 };

type Piece = Uint8Array<ArrayBuffer>;

/** A session as it should be, a frame a piece. */
function script(random: Random, n: number): Piece[] {
  return random.oneIn(2) ? classicScript(random, n) : eventScript(random, n);
}

function classicScript(random: Random, n: number): Piece[] {
  const commands = [
    "/who",
    "/rooms",
    "/history",
    "/help",
    "/topic x",
    "/join dev",
    "/me waves",
    "/msg ann hi",
    "/nick other",
    "//x",
    "/quit",
    "/",
  ];
  const lines = random.list(20, () => random.oneIn(2) ? random.pick(commands) : random.text(30));
  return [`c${n}`, ...lines].map(classicFrame);
}

function eventScript(random: Random, n: number): Piece[] {
  const requests = random.list(20, () => request(random, n));
  return [
    eventFrame(`e${n}`),
    eventFrame({ type: "hello", ...hello(random) }),
    ...requests.map(eventFrame),
  ];
}

function hello(random: Random): Json {
  if (random.oneIn(2)) return {};
  const seq = Object.fromEntries(random.list(3, () => [random.pick(ROOMS), random.below(100)]));
  const session = random.oneIn(2) ? crypto.randomUUID() : random.text(10);
  const features = random.oneIn(2) ? ["people", "life"] : [];
  return { room: random.pick(ROOMS), session, features, resume: { epoch: random.text(3), seq } };
}

function request(random: Random, n: number): Json {
  const room = random.pick(ROOMS);
  const text = random.text(30);
  const id = `${random.below(5)}`;
  return random.pick<Json>([
    { type: "say", id, room, text },
    { type: "say", room, text, action: true },
    { type: "say", id, room, text, re: random.below(9) },
    { type: "revise", id, room, re: random.below(9), text },
    { type: "remove", id, room, re: random.below(9) },
    { type: "react", id, room, re: random.below(9), key: random.text(2), off: random.oneIn(3) },
    { type: "pin", id, room, re: random.below(9) },
    { type: random.pick(["reactions", "pins"]), id, room, re: random.below(9) },
    { type: "direct", id, to: random.pick(["ann", "eve", `c${n - 1}`, `e${n}`]), text },
    { type: "join", id, room },
    { type: "leave", id, room },
    { type: "rename", id, name: random.text(8) },
    { type: "topic", room, text },
    { type: "topic", room },
    { type: "who", room },
    { type: "rooms", id },
    { type: "history", id, room, before: random.below(50), limit: random.below(300) },
    { type: "search", id, query: text, room, limit: random.below(300) },
    { type: "put", id, name: text, size: random.below(100), room, file: id },
    { type: "put", id, name: text, to: random.pick(["ann", "eve", `e${n}`]) },
    { type: "chunk", id, file: id, offset: random.below(9), data: random.bytes(9).toBase64() },
    { type: random.pick(["done", "cancel", "link"]), id, file: id, text },
    { type: "get", id, file: id, offset: random.below(9), credit: random.below(1e9) },
    { type: "credit", id, file: id, credit: random.below(1e9) },
    { type: "ping", id },
    { type: "pong" },
    hello(random),
  ]);
}

/** Something done to a script: bytes or whole frames changed, or the protocol switched. */
function spoil(random: Random, frames: Piece[], n: number): Piece[] {
  const at = random.below(frames.length + 1);
  switch (random.below(8)) {
    case 0:
      return [mutate(random, bytes(...frames))];
    case 1:
      return [...frames.slice(0, at), mutate(random, bytes(...frames.slice(at)))];
    case 2:
      return frames.flatMap((frame) => random.oneIn(3) ? [frame, frame] : [frame]);
    case 3:
      return [...frames.slice(0, at), ...script(random, n + 1_000).slice(random.below(3))];
    case 4:
      return [bytes(...frames).subarray(0, random.below(bytes(...frames).length + 1))];
    case 5:
      return [random.bytes(100)];
    case 6:
      return frames.map((frame) => random.oneIn(4) ? mutate(random, frame) : frame);
    default:
      return frames;
  }
}

/** One session, from its connection to its end, whatever the server makes of it. */
async function session(
  server: { readonly addr: Deno.NetAddr },
  random: Random,
  n: number,
): Promise<void> {
  using peer = await RawPeer.connect(server);
  const whole = bytes(...spoil(random, script(random, n), n));
  const reads = !random.oneIn(3);
  const rest = reads ? readAll(peer) : undefined;
  try {
    for (const piece of whole.length > 400 ? [whole] : random.cut(whole)) {
      await peer.send(piece);
      if (random.oneIn(20)) await new Promise((resolve) => setTimeout(resolve, random.below(20)));
    }
    switch (random.below(4)) {
      case 0:
        // Half-closed: the answers still come.
        await peer.conn.closeWrite();
        await rest;
        break;
      case 1:
        // Silent, until the server has had enough or the case is over.
        await Promise.race([
          rest,
          new Promise((resolve) => setTimeout(resolve, random.below(300))),
        ]);
        break;
      default:
        // Gone, with what was not read yet: a reset.
    }
  } catch {
    // Thrown out in the middle of it.
  }
  peer[Symbol.dispose]();
  await rest;
}

async function readAll({ conn }: RawPeer): Promise<void> {
  const buffer = new Uint8Array(16_384);
  try {
    while (await conn.read(buffer) !== null);
  } catch {
    // Reset, or closed by us.
  }
}

function attack(
  random: Random,
): ({ server }: { server: { readonly addr: Deno.NetAddr } }) => Promise<void> {
  // Each session has choices of its own, so that they follow from the seed whatever the timing.
  const seeds = Array.from({ length: SESSIONS }, () => random.below(2 ** 31));
  return async ({ server }) => {
    await Promise.all(seeds.map((seed, n) => session(server, new Random(String(seed)), n)));
  };
}

fuzz("sessions of all kinds disturb nobody, with the history in memory", 0.15, async (random) => {
  const files = new KeptFiles({ storage: new MemoryStorage(1_000_000) });
  await besideBystanders({ limits: LIMITS, files }, attack(random));
});

fuzz("sessions of all kinds disturb nobody, with the history on disk", 0.15, async (random) => {
  const dir = await Deno.makeTempDir();
  const problems: string[] = [];
  {
    await using factLog = await LocalLog.open({
      dir,
      durability: "normal",
      sessionMs: LIMITS.sessionMs,
      onProblem: (text) => problems.push(text),
    });
    // The readers begin with the first questions and the first search, and their files stay open.
    await factLog.index.recall(hash("nobody"));
    const nothing = { query: "nothing", logs: [roomLog("lobby")], limit: 1 };
    for (let i = 0; i < 2; i++) await factLog.index.search(nothing);
    for (let i = 0; i < 10; i++) {
      await besideBystanders({ limits: { ...LIMITS, scrollback: 0 }, factLog }, attack(random));
    }
  }
  assertEquals(problems, []);
  await Deno.remove(dir, { recursive: true });
});
