/**
 * The load of `deno task bench:devices`: has people come in with one device and with three, and times
 * how soon all devices of either are told. Prints one JSON object, and before that `memory` where it
 * wants a line on stdin with what the server holds then.
 *
 * Arguments: PORT PID ACCOUNTS CONNECTED RUNS. PID is the server's.
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import { Device } from "./devices_client.ts";
import {
  accountsHere,
  accountsPerPair,
  DEVICES,
  nameOf,
  PEOPLE_PER_ROOM,
  roomName,
} from "./devices_store.ts";
import { median, print } from "./matrix.ts";
import type { Holdings } from "../soak/server.ts";

/** What the load has come to. */
export interface DevicesFigures {
  readonly compared: readonly Compared[];
  /** How often each was done for either kind of people. */
  readonly times: number;
  /** How long it took until all devices of those who are connected were in. */
  readonly cameMs: number;
  /** What the server held before they came, and when all had one device here and when they had all. */
  readonly held: readonly [bare: Holdings, one: Holdings, all: Holdings];
}

/** What something takes for people with one device, and for people with all of theirs. */
export interface Compared {
  readonly what: string;
  readonly one: Taken;
  readonly all: Taken;
  /** The median of the runs' ratios. */
  readonly ratio: number;
}

/** How long it takes, and the server's processor time for it, which only Linux tells. */
interface Taken {
  readonly ms: number;
  readonly cpuMs: number;
}

type Kind = "one" | "all";

/** A person who is here. */
interface Person {
  readonly account: number;
  readonly devices: Device[];
}

/** How many people of each kind are compared in a run, if there are as many. */
const MOST_PAIRS = 100;
/** How many come in at a time where that is not measured. */
const AT_A_TIME = 16;
/** After so long the server has nothing left to do of what it was asked, in ms. */
const AFTER_MS = 100;
/** How long the server has to settle before its memory is looked at, in ms. */
const SETTLE_MS = 1_000;
/** Of the clock in which Linux counts processor time. */
const TICK_MS = 10;

const [port = 0, pid = 0, accounts = 0, connected = 0, runs = 0] = Deno.args.map(Number);
const rooms = connected / PEOPLE_PER_ROOM;
const pairs = Math.min(
  ...[MOST_PAIRS, connected],
  Math.floor((accounts - accountsHere(connected)) / accountsPerPair(runs)),
);
const firstSingle = connected;
/** A multiple of the rooms, so that each of them shares a room with those to whom it writes. */
const firstWriter = firstSingle + Math.ceil(pairs / rooms) * rooms;
let nextNew = firstWriter + pairs;

const answers = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();

if (import.meta.main) await main();

async function main(): Promise<void> {
  // What the server makes only once is made before its memory is looked at.
  await enterAll(newcomers(), DEVICES.length);
  const singles = await enterAll(numbers(firstSingle, pairs), 1);
  const writers = await enterAll(numbers(firstWriter, pairs), 1);
  const bare = await holdings();
  const began = performance.now();
  const people = await enterAll(numbers(0, connected), 1);
  const oneMs = performance.now() - began;
  const one = await holdings();
  const again = performance.now();
  await atATime(people, async (person) => {
    while (person.devices.length < DEVICES.length) await enter(person);
  });
  const cameMs = oneMs + performance.now() - again;
  const all = await holdings();
  const of = { one: singles, all: people.slice(0, pairs) };
  const figures: DevicesFigures = {
    compared: [
      await compare("coming in by session", comeIn),
      await compare("a direct message", (kind) => writeTo(of[kind], writers)),
      await compare("a read mark", (kind) => read(of[kind], writers)),
    ],
    ...{ times: pairs * runs, cameMs, held: [bare, one, all] },
  };
  print(JSON.stringify(figures));
  Deno.exit(0);
}

/** Measures both kinds in turns. Which of them comes first changes from run to run. */
async function compare(what: string, measure: (kind: Kind) => Promise<Taken>): Promise<Compared> {
  const taken: Record<Kind, Taken[]> = { one: [], all: [] };
  for (let run = 0; run <= runs; run++) {
    for (const kind of run % 2 === 0 ? ["one", "all"] as const : ["all", "one"] as const) {
      const each = await measure(kind);
      // Code that has not run before is slow, so the first run is not counted.
      if (run > 0) taken[kind].push(each);
    }
  }
  const of = (kind: Kind): Taken => ({
    ms: median(taken[kind].map(({ ms }) => ms)),
    // The clock of it is so coarse that one run alone says little.
    cpuMs: taken[kind].reduce((sum, { cpuMs }) => sum + cpuMs, 0) / runs,
  });
  const ratio = median(taken.all.map(({ ms }, run) => ms / (taken.one[run]?.ms ?? NaN)));
  return { what, one: of("one"), all: of("all"), ratio };
}

/** Does something for one person after the other, which resolves with when that was done. */
async function measured(
  people: readonly Person[],
  work: (person: Person, nth: number) => Promise<number>,
): Promise<Taken> {
  await pause(AFTER_MS);
  const before = serverCpuMs();
  const times: number[] = [];
  for (const [nth, person] of people.entries()) {
    const began = performance.now();
    times.push(await work(person, nth) - began);
  }
  await pause(AFTER_MS);
  return { ms: median(times), cpuMs: (serverCpuMs() - before) / people.length };
}

/** People who have not been here come in: with their only device, or with their last one. */
async function comeIn(kind: Kind): Promise<Taken> {
  const people = await enterAll(newcomers(), kind === "one" ? 0 : DEVICES.length - 1);
  const taken = await measured(people, async (person) => {
    await enter(person);
    return performance.now();
  });
  leave(people);
  return taken;
}

/** Each is written to, and has it when the last of its devices has it. */
async function writeTo(people: readonly Person[], writers: readonly Person[]): Promise<Taken> {
  const taken = await measured(people, async ({ account, devices }, nth) => {
    const text = crypto.randomUUID();
    const told = devices.map((device) =>
      device.told("A message", (event) => event.type === "direct" && event.text === text)
    );
    const asked = firstOf(writers[nth]).ask({ type: "direct", to: nameOf(account), text });
    const [times] = await Promise.all([Promise.all(told), asked]);
    return Math.max(...times);
  });
  // There may only be so many messages in a row that nobody answers.
  for (const [nth, person] of people.entries()) {
    const to = nameOf(writers[nth]?.account ?? NaN);
    await firstOf(person).ask({ type: "direct", to, text: "an answer" });
  }
  return taken;
}

/** Each has read something that was said, which is known when the last of its devices knows it. */
async function read(people: readonly Person[], writers: readonly Person[]): Promise<Taken> {
  const said: Array<{ readonly room: string; readonly seq: number }> = [];
  for (const [nth, writer] of writers.entries()) {
    const room = roomName(nth % rooms);
    const { seq } = await firstOf(writer).ask({ type: "say", room, text: "something to read" });
    said.push({ room, seq });
  }
  return await measured(people, async ({ devices }, nth) => {
    const { room, seq } = said[nth] ?? {};
    const told = devices.map((device) =>
      device.told(
        "A mark",
        (event) => event.type === "read" && event.room === room && event.seq === seq,
      )
    );
    const asked = devices[0]?.ask({ type: "read", room, seq });
    const [times] = await Promise.all([Promise.all(told), asked]);
    return Math.max(...times);
  });
}

function firstOf(person: Person | undefined): Device {
  const device = person?.devices[0];
  if (device === undefined) throw new Error("A person who should write has no device here");
  return device;
}

/** Has another device of a person come in. */
async function enter({ account, devices }: Person): Promise<void> {
  devices.push(await Device.come(port, account, devices.length));
}

/** Has so many devices of each account come in. */
async function enterAll(accounts: readonly number[], count: number): Promise<Person[]> {
  const people = accounts.map((account): Person => ({ account, devices: [] }));
  await atATime(people, async (person) => {
    while (person.devices.length < count) await enter(person);
  });
  return people;
}

function leave(people: readonly Person[]): void {
  for (const { devices } of people) for (const device of devices) device.close();
}

function newcomers(): number[] {
  nextNew += pairs;
  return numbers(nextNew - pairs, pairs);
}

function numbers(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, nth) => first + nth);
}

async function atATime<T>(of: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const left = [...of].reverse();
  await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
    for (let each = left.pop(); each !== undefined; each = left.pop()) await work(each);
  }));
}

/** What the server holds when it has settled. */
async function holdings(): Promise<Holdings> {
  await pause(SETTLE_MS);
  print("memory");
  const { value } = await answers.next();
  if (value === undefined) throw new Error("Nobody has told what the server holds");
  return JSON.parse(value);
}

/** Processor time that the server has taken so far. */
function serverCpuMs(): number {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // After the name, which may hold anything, utime and stime are the 12th and the 13th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return NaN;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
