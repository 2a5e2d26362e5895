/**
 * `deno task bench:view`: what the full-screen view takes of a core while somebody types in it and another
 * room is flooded, beside the same without the flood. The client is a process of its own on a terminal of
 * its own. Linux only.
 */

import { parseArgs } from "@std/cli/parse-args";
import { delay } from "@std/async/delay";
import { formatAddress } from "../../lib/cli/values.ts";
import { shippedCommand } from "../fixtures/on_pty.ts";
import type { Server } from "../../lib/server/serve.ts";
import { eventFrame, joinEvent, type RawPeer, startServer } from "../helpers.ts";
import { NO_PTY, Pty } from "../pty.ts";
import { cpuSeconds } from "./cpu.ts";
import { print } from "./matrix.ts";

const USAGE = `Usage: deno task bench:view [--messages N] [--seconds N] [--size COLUMNSxROWS]
                            [-- COMMAND …]

Opens the view at a server of ours, and tells the CPU time that the client takes of the time that passes, its
frames a second and the bytes of a frame: while nothing happens, while a draft of 40 graphemes is typed, while
it is typed and N messages (10000) come in another room, and while they come in the room on the screen. Each
takes N seconds (10), across which letters and messages are spread. All letters have to be there at the end;
exits with 1 if they are not. COMMAND is the program, as in dist/chatroom; without one it is run by Deno.
`;

/** Forty graphemes, of one code unit and of many. */
const DRAFT = [..."The quick brown fox jumps, 日本 naïve", "👍🏽", "👨‍👩‍👧", "é", "!", "?"];
/** How often messages go out, in ms. */
const TICK_MS = 20;
/** What a frame begins with. */
const FRAME = "\x1b[?2026h";

interface Settings {
  readonly messages: number;
  readonly seconds: number;
  readonly columns: number;
  readonly rows: number;
  readonly command: readonly string[] | undefined;
}

/** What happens in a part of the run. */
interface Part {
  readonly what: string;
  readonly types: boolean;
  readonly floods?: string;
}

/** Who takes part. */
interface World {
  readonly pty: Pty;
  readonly server: Server;
  readonly flooder: RawPeer;
}

const PARTS: readonly Part[] = [
  { what: "nothing", types: false },
  { what: "a draft is typed", types: true },
  { what: "typed, another room is flooded", types: true, floods: "dev" },
  { what: "typed, the room on screen is flooded", types: true, floods: "lobby" },
];

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 done, 1 letters were lost, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const settings = settingsFrom(args);
  if (settings === undefined) return args.some((arg) => arg === "--help" || arg === "-h") ? 0 : 2;
  if (NO_PTY !== undefined) {
    print(`This ${NO_PTY}.`);
    return 1;
  }
  await using server = startServer();
  using flooder = await joinEvent(server, "bob");
  await flooder.ask({ type: "join", room: "dev" });
  const { columns, rows, command = shippedCommand().slice(0, -2) } = settings;
  const connect = [...command, "connect", "--no-settings", "--view", "--name", "ann"];
  void flooder.drain();
  await using pty = new Pty([...connect, formatAddress(server.addr)], { columns, rows });
  await pty.expect("You are ann");
  pty.type("/join dev\r");
  await pty.until(() => pty.screen.cursorRow.includes("dev>"), "the room dev");
  pty.type("\x1b1");
  await pty.until(() => pty.screen.cursorRow.includes("lobby>"), "the lobby");
  print(
    `| ${columns} × ${rows}, ${settings.seconds} s each | CPU share | frames/s | bytes a frame |`,
  );
  print("| :-- | --: | --: | --: |");
  let isWhole = true;
  const world = { pty, server, flooder };
  for (const part of PARTS) isWhole = await measure(part, settings, world) && isWhole;
  print(`\nThe load average was ${Deno.loadavg().map((load) => load.toFixed(1)).join(", ")}.`);
  return isWhole ? 0 : 1;
}

function settingsFrom(args: readonly string[]): Settings | undefined {
  const flags = parseArgs(args, {
    string: ["_", "messages", "seconds", "size"],
    boolean: ["help"],
    alias: { help: "h" },
    "--": true,
  });
  const [messages, seconds] = [Number(flags["messages"] ?? 10_000), Number(flags["seconds"] ?? 10)];
  const size = /^(\d+)x(\d+)$/.exec(String(flags["size"] ?? "120x40"));
  const isUsable = Number.isInteger(messages) && messages > 0 && seconds > 0 && size !== null;
  if (flags["help"] === true || !isUsable || flags._.length > 0) {
    print(USAGE);
    return undefined;
  }
  const [columns, rows] = [Number(size[1]), Number(size[2])];
  const command = flags["--"]?.length ? flags["--"] : undefined;
  return { messages, seconds, columns, rows, command };
}

/** Measures one part and prints its row; false if letters were lost. */
async function measure(
  { what, types, floods }: Part,
  { messages, seconds }: Settings,
  { pty, server, flooder }: World,
): Promise<boolean> {
  const from = { at: performance.now(), cpu: cpuSeconds(pty.pid), written: pty.written.length };
  await Promise.all([
    delay(seconds * 1_000),
    types ? typeDraft(pty, seconds) : undefined,
    floods === undefined ? undefined : flood(flooder, floods, messages, seconds),
  ]);
  const took = (performance.now() - from.at) / 1_000;
  const share = (cpuSeconds(pty.pid) - from.cpu) / took;
  const written = pty.written.slice(from.written);
  const frames = written.split(FRAME).length - 1;
  const size = frames === 0 ? 0 : new TextEncoder().encode(written).length / frames;
  const cells = [`${(share * 100).toFixed(1)} %`, (frames / took).toFixed(1), size.toFixed(0)];
  print(`| ${[what, ...cells].join(" | ")} |`);
  return !types || await isThere(pty, server);
}

async function typeDraft(pty: Pty, seconds: number): Promise<void> {
  for (const letter of DRAFT) {
    await delay(seconds * 1_000 / DRAFT.length);
    pty.type(letter);
  }
}

/** Sends messages at an even pace. */
async function flood(peer: RawPeer, room: string, count: number, seconds: number): Promise<void> {
  const began = performance.now();
  for (let sent = 0; sent < count;) {
    await delay(TICK_MS);
    const due = Math.min(count, Math.ceil((performance.now() - began) / seconds / 1_000 * count));
    const frames: Uint8Array[] = [];
    for (; sent < due; sent++) {
      frames.push(eventFrame({ type: "say", room, text: `flood ${sent}, a few words of it` }));
    }
    await peer.send(...frames);
  }
}

/** Says the draft, and looks whether all of it arrives. */
async function isThere(pty: Pty, server: Server): Promise<boolean> {
  using listener = await joinEvent(server, "carol");
  pty.type("\r");
  for (;;) {
    const { from, text } = await listener.takeType("message");
    if (from !== "ann") continue;
    if (text !== DRAFT.join("")) print(`Letters were lost: ${JSON.stringify(text)} was said.`);
    return text === DRAFT.join("");
  }
}
