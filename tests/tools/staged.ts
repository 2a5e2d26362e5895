/** What pictures and recordings of the terminal client are taken of: a small talk that is the same each time. */

import { formatAddress } from "../../lib/cli/values.ts";
import type { Server } from "../../lib/server/serve.ts";
import { joinEvent, type RawPeer } from "../helpers.ts";
import type { Pty } from "../pty.ts";
import { setMinutes } from "./fixed_clock.ts";
import type { Picture } from "./svg.ts";

const MAIN = new URL("../../main.ts", import.meta.url).href;
const CLOCK = new URL("fixed_clock.ts", import.meta.url).href;

/** Where the client is in the pictures, in the place of a port that was free: as long as one. */
const SHOWN_PORT = "12345";

/** The program with a clock that stands still. */
export const STAGED_COMMAND: readonly string[] = [
  ...[Deno.execPath(), "run", "-A", "--quiet", "--preload", CLOCK, MAIN],
];

/** An environment in which nothing of the machine's own shows; the settings are new. */
export function stagedEnv(): Record<string, string> {
  return {
    TZ: "UTC",
    COLORTERM: "truecolor",
    XDG_CONFIG_HOME: Deno.makeTempDirSync(),
    CHATROOM_NAME: "",
    CHATROOM_SERVER: "",
  };
}

/** The two whom Ann talks to, in the lobby, dev and ops. */
export async function joinTalkers(server: Server): Promise<[bob: RawPeer, carol: RawPeer]> {
  const [bob, carol] = [await joinEvent(server, "bob"), await joinEvent(server, "carol")];
  for (const peer of [bob, carol]) {
    for (const room of ["dev", "ops"]) await peer.ask({ type: "join", room });
  }
  return [bob, carol];
}

/** Says something, so many minutes after the time at which the clock stands. */
export async function sayAt(
  minutes: number,
  peer: RawPeer,
  room: string,
  text: string,
): Promise<void> {
  setMinutes(minutes);
  await peer.ask({ type: "say", room, text });
  setMinutes(0);
}

/** Waits until the prompt is that of this room. */
export async function promptIs(pty: Pty, prompt: string): Promise<void> {
  // In the view the list stands before it.
  const isThere = (row: string): boolean => row.startsWith(prompt) || row.includes(`│${prompt}`);
  await pty.until(() => isThere(pty.screen.cursorRow), prompt);
}

/** Puts a port of the same length in the place of the one that was free. */
export function withoutPort(text: string, server: Pick<Server, "addr">): string {
  const address = formatAddress(server.addr);
  const port = SHOWN_PORT.slice(0, String(server.addr.port).length);
  return text.replaceAll(address, address.replace(/\d+$/, port));
}

/** The same for a row of cells. */
export function withoutPortIn(
  row: Picture["rows"][number],
  server: Pick<Server, "addr">,
): typeof row {
  const texts = [...withoutPort(row.map((cell) => cell.text).join(""), server)];
  // Where a cell has more than one code point there is no address.
  if (texts.length !== row.length) return row;
  return row.map((cell, n) => ({ ...cell, text: texts[n] ?? "" }));
}
