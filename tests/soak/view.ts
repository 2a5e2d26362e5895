/**
 * `deno task soak:view`: the client in its view on a terminal of its own, with floods in three rooms, resizes,
 * cut connections, and somebody who types, reads far back and changes rooms. Prints what it held; exits with 1
 * when something was not as it should be. Linux only.
 */

import { delay } from "@std/async/delay";
import { parseArgs } from "@std/cli/parse-args";
import { complain, print } from "../../lib/cli/output.ts";
import { formatAddress } from "../../lib/cli/values.ts";
import { residentMemory } from "../../lib/load/process.ts";
import { cpuSeconds } from "../bench/cpu.ts";
import { shippedCommand } from "../fixtures/on_pty.ts";
import { eventFrame, joinEvent, type RawPeer, startServer } from "../helpers.ts";
import { Proxy } from "../proxy.ts";
import { NO_PTY, Pty } from "../pty.ts";
import { slopeOf } from "./slope.ts";

const USAGE = "Usage: deno task soak:view [--seconds N] [--seed N] [--pause MS]\n";
const DEFAULT_SECONDS = 1_200;
/** The client's heap has no more, in MiB: one that grows for ever ends it. */
const MOST_HEAP = 64;
/** The first part, in which caches fill, is left out of the slope. */
const WARM_PART = 0.3;
const SAMPLES = 200;
/** Between two doings; with less, more of the same is done in less time. */
const PAUSE_MS = 100;
const BURST = 40;
const ROOMS = ["lobby", "dev", "ops"];
const FRAME = "\x1b[?2026h";
/** What the person presses: places, pages, lines, picks, the switcher, the keys of a long answer. */
const KEYS = [
  ...["\x1b1", "\x1b2", "\x1b3", "\x1ba", "\x1b[1;3D", "\x1b[1;3C"],
  ...["\x1b[5~", "\x1b[5~\x1b[5~\x1b[5~", "\x1b[6~", "\x1b[F", "\x1b[1;2A", "\x1b[1;2B"],
  ...["\x1b[1;3A\x1b[A\x1b", "\x1bkde\r", "\x1bOQ", "\x1bOQ", "/help all\r\x1b", "/who\r"],
];

/** Who and what takes part, and what was done. */
interface World {
  readonly pty: Pty;
  readonly proxy: Proxy;
  readonly peer: RawPeer;
  readonly deeds: { messages: number; keys: number; resizes: number; cuts: number };
}

interface Sample {
  readonly seconds: number;
  readonly resident: number;
}

if (import.meta.main) Deno.exit(await main());

async function main(): Promise<number> {
  const flags = parseArgs(Deno.args, { string: ["seconds", "seed", "pause"] });
  const seconds = Number(flags.seconds ?? DEFAULT_SECONDS);
  const seed = Number(flags.seed ?? Date.now() % 1e6);
  const pauseMs = Number(flags.pause ?? PAUSE_MS);
  const isUsable = seconds >= 1 && Number.isInteger(seed) && pauseMs >= 0;
  if (!isUsable || NO_PTY !== undefined) {
    complain(NO_PTY === undefined ? USAGE : `This ${NO_PTY}.`);
    return 2;
  }
  await using server = startServer();
  await using proxy = new Proxy(server);
  using peer = await joinEvent(server, "bob");
  for (const room of ROOMS.slice(1)) await peer.ask({ type: "join", room });
  void peer.drain();
  const [deno = "", run = "", ...rest] = shippedCommand("--view", "--name", "ann");
  const command = [deno, run, `--v8-flags=--max-old-space-size=${MOST_HEAP}`, ...rest];
  await using pty = new Pty([...command, formatAddress(proxy.addr)], { columns: 100, rows: 30 });
  await pty.expect("You are ann");
  for (const room of ROOMS.slice(1)) {
    pty.type(`/join ${room}\r`);
    await pty.until(() => pty.screen.cursorRow.includes(`│${room}>`), room);
  }
  const deeds = { messages: 0, keys: 0, resizes: 0, cuts: 0 };
  const world = { pty, proxy, peer, deeds };
  print(`Soaking the view of process ${pty.pid} for ${seconds} s, with the seed ${seed}.`);
  const cpu = cpuSeconds(pty.pid);
  const samples = await soak(world, { seconds, pauseMs }, randomOf(seed));
  report(world, samples, cpuSeconds(pty.pid) - cpu);
  try {
    await judge(world);
  } catch (error) {
    complain(`WRONG: ${(error as Error).message}`);
    return 1;
  }
  print("The screen was the same as drawn anew, and what was typed arrived.");
  return 0;
}

/** Numbers from 0 to below `most` by chance, the same for a seed. */
function randomOf(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = state * 1_103_515_245 + 12_345 & 0x7fffffff;
    return (state >> 8) % most;
  };
}

async function soak(
  world: World,
  { seconds, pauseMs }: { readonly seconds: number; readonly pauseMs: number },
  random: (most: number) => number,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const began = performance.now();
  for (let passed = 0; passed < seconds;) {
    await doSomething(world, random);
    await delay(pauseMs);
    passed = (performance.now() - began) / 1_000;
    const { resident } = residentMemory(world.pty.pid) ?? {};
    if (resident === undefined) throw new Error(`The client ended: ${world.pty.screen.text}`);
    if (passed >= samples.length * seconds / SAMPLES) samples.push({ seconds: passed, resident });
  }
  return samples;
}

async function doSomething(
  { pty, proxy, peer, deeds }: World,
  random: (most: number) => number,
): Promise<void> {
  const room = ROOMS[random(ROOMS.length)];
  const burst = Array.from({ length: random(BURST) }, (_, n) => {
    const text = `${n} 👨‍👩‍👧 日本 ${random(9) === 0 ? "ann:" : ""} ${"word ".repeat(random(60))}`;
    return eventFrame({ type: "say", room, text });
  });
  deeds.messages += burst.length;
  if (burst.length > 0) await peer.send(...burst);
  if (random(2) === 0) {
    deeds.keys++;
    pty.type(random(3) === 0 ? `word ${random(99)} ` : KEYS[random(KEYS.length)] ?? "");
  }
  if (random(3) === 0) {
    deeds.resizes++;
    pty.resize(60 + random(120), 12 + random(40));
  }
  if (random(150) === 0) {
    deeds.cuts++;
    proxy.cut();
  }
}

function report({ pty, deeds }: World, samples: readonly Sample[], cpu: number): void {
  const { seconds = 0 } = samples.at(-1) ?? {};
  const points = samples.filter((sample) => sample.seconds >= seconds * WARM_PART)
    .map((sample) => [sample.seconds / 60, sample.resident / 1_048_576] as const);
  const sizes = points.map(([, size]) => size);
  const step = Math.max(1, (samples.length - 1) / 9);
  const course = Array.from({ length: 10 }, (_, n) => samples[Math.round(n * step)]);
  const mebibytes = (bytes = 0): string => (bytes / 1_048_576).toFixed(0);
  const rows = [
    ["done", Object.entries(deeds).map(([kind, count]) => `${kind} ${count}`).join(", ")],
    ["frames", `${((pty.written.split(FRAME).length - 1) / seconds).toFixed(1)} a second`],
    ["CPU share", `${(cpu / seconds * 100).toFixed(1)} %`],
    ["resident, slope", `${slopeOf(points).toFixed(2)} MiB/min`],
    ["resident", `${Math.min(...sizes).toFixed(0)} to ${Math.max(...sizes).toFixed(0)} MiB`],
    ["its course", `${course.map((sample) => mebibytes(sample?.resident)).join(" ")} MiB`],
  ];
  for (const [name = "", value] of rows) print(`${name.padEnd(18)}${value}`);
}

/** Looks whether all is as it should be in the end; throws if it is not. */
async function judge({ pty, peer }: World): Promise<void> {
  pty.resize(100, 30);
  // Whatever lies over the conversation goes away; the list may have been hidden.
  pty.type("\x1b");
  await delay(1_000);
  pty.type("\x1b1\x15");
  await pty.until(() => /(?:│|^)lobby>/.test(pty.screen.cursorRow), "the lobby");
  pty.type("\x1b[F");
  await pty.until(() => !pty.screen.seen.includes("offline"), "the connection");
  pty.type("the end of it");
  await pty.until(() => /lobby> the end of it *$/.test(pty.screen.cursorRow), "the draft");
  pty.type("\r");
  await pty.until(() => /<ann> the end of it/.test(pty.screen.seen), "what was typed");
  await peer.send(eventFrame({ type: "say", room: "lobby", text: "it was heard" }));
  await pty.until(() => pty.screen.seen.includes("it was heard"), "the answer");
  await pty.until(() => pty.written.endsWith("\x1b[?2026l"), "a whole frame");
  // Another program's doings are mended until then.
  await delay(4_000);
  const shown = JSON.stringify(pty.screen.cells);
  const { length } = pty.written;
  pty.type("\x0c");
  const isAnew = (): boolean => pty.written.slice(length).includes("\x1b[2J");
  await pty.until(() => isAnew() && pty.written.endsWith("\x1b[?2026l"), "all drawn anew");
  const anew = JSON.stringify(pty.screen.cells);
  if (shown !== anew) throw new Error("The screen was not the same as drawn anew.");
  pty.type("\x04");
  // Where drafts are left in other rooms it asks once.
  const again = pty.expect("leave once more").then(() => pty.type("\x04"));
  const code = await Promise.race([pty.exitCode(), again.then(() => pty.exitCode())]);
  if (code !== 0) throw new Error(`The client ended with ${code}.`);
}
