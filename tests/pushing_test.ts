/**
 * Nobody fills the server's memory by pushing more than it takes, through whichever door: what is not
 * read stays in the kernel, and the sender waits.
 */

import { assert } from "@std/assert";
import { canCount, type OwnProcess, startProcess } from "./fixtures/own_process.ts";
import { tries } from "./fixtures/thorough.ts";
import { connectSecurely, dialSecurely } from "./fixtures/tls_peer.ts";
import { bytes, eventFrame, RawPeer } from "./helpers.ts";
import { webFrame, WebSocketPeer } from "./web_peer.ts";

const LINUX_ONLY = canCount ? "" : " (skipped: only on Linux can a process's memory be counted)";

/** What is pushed at most, if nothing hinders it: many times what the system's own buffers hold. */
const PUSHED_BYTES = 200 * 1_048_576;
/** What the server may hold more than before, in KiB. The kernel's buffers are not the server's. */
const MORE_KIB = 48 * 1_024;
/** How long nothing is taken before it counts as held back, in ms. */
const STUCK_MS = 2_000;

/** One request a second, and an hour for the hello. */
const SLOW = ["--max-request-rate", "1", "--request-burst", "1", "--handshake-timeout", "1h"];

const PING = JSON.stringify({ type: "ping", id: "x", pad: "x".repeat(60_000) });

/** A way in, and how a client without the password says something there. */
interface Door {
  readonly what: string;
  readonly flags: readonly string[];
  /** Some messages of 60 KB. */
  readonly messages: Uint8Array;
  /** Opens a connection, and says all but hello. */
  readonly open: (server: OwnProcess) => Promise<RawPeer>;
}

const MESSAGES = 8;
const frames = repeated(eventFrame(PING));
const webFrames = repeated(webFrame(1, new TextEncoder().encode(PING)));

const DOORS: readonly Door[] = [
  { what: "tcp", flags: [], messages: frames, open: (server) => named(RawPeer.connect(server)) },
  {
    what: "tls",
    flags: ["--tls"],
    messages: frames,
    open: (server) => named(connectSecurely(server)),
  },
  {
    what: "ws",
    flags: ["--web", "0"],
    messages: webFrames,
    open: async (server) => await WebSocketPeer.open(await webDoor(server)),
  },
  {
    what: "wss",
    flags: ["--tls", "--web", "0"],
    messages: webFrames,
    open: async (server) =>
      await WebSocketPeer.open(await webDoor(server), {}, "/ws", dialSecurely),
  },
];

for (
  const { what, flags, messages, open } of tries(
    DOORS.filter(({ what }) => /^(tls|ws)$/.test(what)),
    DOORS,
  )
) {
  Deno.test({
    name: `a client without a password that pushes fills no memory, over ${what}${LINUX_ONLY}`,
    ignore: !canCount,
    async fn(): Promise<void> {
      await using server = await startProcess([...flags, ...SLOW]);
      using peer = await open(server);
      const before = await server.resident();
      const pushed = await push(peer, messages);
      const more = await server.resident() - before;
      assert(pushed < PUSHED_BYTES, `all of ${pushed} bytes were taken`);
      assert(more < MORE_KIB, `${more} KiB more are held for ${pushed} bytes`);
    },
  });
}

/** Sends messages until nothing is taken any more, or all; how many bytes were. */
async function push(peer: RawPeer, messages: Uint8Array): Promise<number> {
  let taken = 0;
  for (; taken < PUSHED_BYTES; taken += messages.length) {
    const isStuck = await isLater(peer.send(messages), STUCK_MS);
    if (isStuck) break;
  }
  return taken;
}

/** Whether a promise is pending after so many ms. */
async function isLater(sent: Promise<void>, ms: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(true), ms);
  // The peer is closed with its write under way.
  const done = sent.then(() => false, () => true);
  const isLate = await Promise.race([done, late.promise]);
  clearTimeout(timer);
  return isLate;
}

async function named(connecting: Promise<RawPeer>): Promise<RawPeer> {
  const peer = await connecting;
  await peer.send(eventFrame("ann"));
  return peer;
}

async function webDoor(server: OwnProcess): Promise<{ addr: { hostname: string; port: number } }> {
  return { addr: { hostname: "127.0.0.1", port: await server.webPort() } };
}

function repeated(message: Uint8Array): Uint8Array {
  return bytes(...Array<Uint8Array>(MESSAGES).fill(message));
}
