/**
 * Takes pictures of the terminal client for the README: runs it on a pty against a server of ours,
 * with a small conversation, and writes what the screen holds to tests/pictures. Linux only. The
 * clock stands still and names are fixed, so that running it again changes nothing.
 */

import { setMinutes } from "./fixed_clock.ts";
import { formatAddress } from "../../lib/cli/values.ts";
import { joinEvent, type RawPeer, startServer } from "../helpers.ts";
import { Proxy } from "../proxy.ts";
import { NO_PTY, Pty } from "../pty.ts";
import { drawSvg, type Picture, THEMES } from "./svg.ts";

const MAIN = new URL("../../main.ts", import.meta.url).href;
const CLOCK = new URL("fixed_clock.ts", import.meta.url).href;
const PICTURES = new URL("../pictures/", import.meta.url);

/** One screen that is worth a picture, and the names of its files by scheme. */
interface Capture {
  readonly columns: number;
  readonly rows: number;
  readonly env?: Record<string, string>;
  /** Ends with the connection lost instead of alive. */
  readonly lost?: boolean;
  /** Ends with a message that does not get through for long. */
  readonly slow?: boolean;
  readonly title: string;
  readonly files: Readonly<Record<string, keyof typeof THEMES>>;
}

const CAPTURES: readonly Capture[] = [
  {
    columns: 80,
    rows: 24,
    title: "The terminal client in a window of 80 columns, with news from two other rooms",
    files: { "wide-dark": "dark", "wide-light": "light" },
  },
  {
    columns: 40,
    rows: 12,
    title: "The terminal client in a window of 40 columns and 12 rows",
    files: { "narrow-dark": "dark", "narrow-light": "light" },
  },
  {
    columns: 80,
    rows: 24,
    env: { NO_COLOR: "1" },
    title: "The terminal client with NO_COLOR",
    files: { "no-colour": "light" },
  },
  {
    columns: 80,
    rows: 24,
    slow: true,
    title: "The terminal client on a slow link: the prompt tells that a message is on its way",
    files: { "slow-link": "dark" },
  },
  {
    columns: 80,
    rows: 24,
    lost: true,
    title: "The terminal client after the connection was lost: the draft stays, a message waits",
    files: { "offline": "dark" },
  },
];

/** What the client is started with; nothing of the machine's own shows. */
function start(address: string, { columns, rows, env }: Capture): Pty {
  const run = [Deno.execPath(), "run", "-A", "--quiet", "--preload", CLOCK, MAIN];
  const home = Deno.makeTempDirSync();
  return new Pty([...run, "connect", address, "--name", "ann"], {
    columns,
    rows,
    env: {
      TZ: "UTC",
      COLORTERM: "truecolor",
      XDG_CONFIG_HOME: home,
      CHATROOM_NAME: "",
      CHATROOM_SERVER: "",
      ...env,
    },
  });
}

async function say(peer: RawPeer, room: string, text: string, action = false): Promise<void> {
  await peer.ask({ type: "say", room, text, action });
}

/** Waits until the prompt is `prompt`, however far it was typed. */
async function promptIs(pty: Pty, prompt: string): Promise<void> {
  await pty.until(() => pty.screen.cursorRow.startsWith(prompt), prompt);
}

async function joinRooms(pty: Pty): Promise<void> {
  await pty.expect("You are ann");
  await pty.expect("so 1.4 it is");
  for (const room of ["dev", "ops"]) {
    pty.type(`/join ${room}\r`);
    await promptIs(pty, `${room}>`);
  }
  pty.type("\x1b1");
  await promptIs(pty, "lobby");
}

async function converse(pty: Pty, bob: RawPeer, carol: RawPeer): Promise<void> {
  await say(bob, "lobby", "ann: the notes are at https://example.org/releases/1.4 👍");
  await pty.expect("👍");
  pty.type("thanks, reading them now\r");
  await pty.expect("<ann> thanks");
  await say(carol, "lobby", "makes tea", true);
  await say(carol, "dev", "who reviews `join  --room dev`?");
  await say(carol, "dev", "it is three lines");
  await pty.expect("three lines");
  await bob.ask({ type: "direct", to: "ann", text: "lunch at noon?" });
  await pty.expect("lunch");
  await say(
    bob,
    "ops",
    "ann, the disk of db2 is nearly full: 93 %, and it grows by one in an hour",
  );
  await pty.expect("hour");
}

async function take(capture: Capture): Promise<void> {
  await using server = startServer();
  await using proxy = new Proxy(server);
  using bob = await joinEvent(server, "bob");
  using carol = await joinEvent(server, "carol");
  for (const peer of [bob, carol]) {
    for (const room of ["dev", "ops"]) await peer.ask({ type: "join", room });
  }
  setMinutes(-12);
  await say(bob, "lobby", "the build is green again");
  setMinutes(-9);
  await say(carol, "lobby", "so 1.4 it is");
  setMinutes(0);
  const address = formatAddress(proxy.addr);
  await using pty = start(address, capture);
  await joinRooms(pty);
  await converse(pty, bob, carol);
  if (capture.lost) {
    proxy.refusing = true;
    proxy.cut();
    await pty.expect("Trying again");
    pty.type("see you there\r");
    await pty.expect("Waits for");
    await pty.until(() => pty.screen.cursorRow.startsWith("(offline"), "the prompt");
  }
  if (capture.slow) {
    proxy.delayMs = 60_000;
    pty.type("and one over a slow link\r");
    await pty.until(() => pty.screen.cursorRow.startsWith("(sending 1)"), "the prompt");
  }
  pty.type("I will look at db2");
  await pty.until(() => pty.screen.cursorRow.includes("db2"), "the draft");
  await write(pty, capture, address);
}

async function write(pty: Pty, { files, title }: Capture, address: string): Promise<void> {
  const rows = pty.screen.cells.slice(0, pty.screen.cursor[1] + 1).map((row) =>
    withoutPort(row, address)
  );
  for (const [name, scheme] of Object.entries(files)) {
    const picture = { rows, cursor: pty.screen.cursor, theme: THEMES[scheme], title };
    await Deno.writeTextFile(new URL(`${name}.svg`, PICTURES), drawSvg(picture));
  }
}

/** Puts a port of the same length in the place of the one that was free. */
function withoutPort(row: Picture["rows"][number], address: string): Picture["rows"][number] {
  const text = row.map((cell) => cell.text).join("");
  const at = text.indexOf(address) + address.length - 5;
  if (!text.includes(address)) return row;
  return row.map((cell, n) => n >= at && n < at + 5 ? { ...cell, text: `${n - at + 1}` } : cell);
}

if (import.meta.main) {
  if (NO_PTY !== undefined) throw new Error(`Taking pictures ${NO_PTY}`);
  await Deno.mkdir(PICTURES, { recursive: true });
  for (const capture of CAPTURES) await take(capture);
}
