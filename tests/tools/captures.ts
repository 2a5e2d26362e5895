/**
 * Takes pictures of the terminal client for the README: runs it on a pty against a server of ours,
 * with a small conversation, and writes what the screen holds to tests/pictures. Linux only. The
 * clock stands still and names are fixed, so that running it again changes nothing.
 */

import { formatAddress } from "../../lib/cli/values.ts";
import type { Server } from "../../lib/server/serve.ts";
import { type RawPeer, startServer } from "../helpers.ts";
import { Proxy } from "../proxy.ts";
import { NO_PTY, Pty } from "../pty.ts";
import {
  joinTalkers,
  promptIs,
  sayAt,
  STAGED_COMMAND,
  stagedEnv,
  withoutPortIn,
} from "./staged.ts";
import { drawSvg, THEMES } from "./svg.ts";

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
  /** In the view. */
  readonly view?: boolean;
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
  {
    columns: 100,
    rows: 26,
    view: true,
    title: "The view: rooms and people on the left, one conversation, and the line below it",
    files: { "view-dark": "dark", "view-light": "light" },
  },
  {
    columns: 60,
    rows: 12,
    view: true,
    title: "The view in a window of 60 columns and 12 rows",
    files: { "view-narrow-dark": "dark", "view-narrow-light": "light" },
  },
  {
    columns: 80,
    rows: 24,
    view: true,
    env: { NO_COLOR: "1" },
    title: "The view with NO_COLOR",
    files: { "view-no-colour": "light" },
  },
];

/** What the client is started with; nothing of the machine's own shows. */
function start(address: string, { columns, rows, env, view }: Capture): Pty {
  const flags = ["--name", "ann", ...view === true ? ["--view"] : []];
  return new Pty([...STAGED_COMMAND, "connect", address, ...flags], {
    columns,
    rows,
    env: { ...stagedEnv(), ...env },
  });
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

async function converse(
  pty: Pty,
  [bob, carol]: readonly RawPeer[],
  seesAll: boolean,
): Promise<void> {
  if (bob === undefined || carol === undefined) return;
  /** Waits for what the stream shows of each room, and the view of one. */
  const sees = async (text: string): Promise<void> => {
    if (seesAll) await pty.expect(text);
  };
  await sayAt(0, bob, "lobby", "ann: the notes are at https://example.org/releases/1.4 👍");
  await pty.expect("👍");
  pty.type("thanks, reading them now\r");
  await pty.expect("<ann> thanks");
  await carol.ask({ type: "say", room: "lobby", text: "makes tea", action: true });
  await sayAt(0, carol, "dev", "who reviews `join  --room dev`?");
  await sayAt(0, carol, "dev", "it is three lines");
  await sees("three lines");
  await bob.ask({ type: "direct", to: "ann", text: "lunch at noon?" });
  await sees("lunch");
  const disk = "ann, the disk of db2 is nearly full: 93 %, and it grows by one in an hour";
  await sayAt(0, bob, "ops", disk);
  await sees("hour");
  if (seesAll) return;
  await pty.until(() => /^3 ops .*1!/m.test(pty.screen.seen), "what is new in ops");
  await pty.until(() => /^4 @bob .*1!/m.test(pty.screen.seen), "what Bob wrote");
}

async function take(capture: Capture): Promise<void> {
  await using server = startServer();
  await using proxy = new Proxy(server);
  const talkers = await joinTalkers(server);
  using bob = talkers[0];
  using carol = talkers[1];
  if (capture.view) {
    // There is room for more.
    await bob.ask({ type: "topic", room: "lobby", text: "Version 1.4 is due on Thursday" });
    await sayAt(-31, carol, "lobby", "morning! how far are we?");
    await sayAt(-30, bob, "lobby", "two tests are red, I am on it");
    await sayAt(
      -29,
      carol,
      "lobby",
      "take your time:\n* the notes are not written yet\n* nor sent",
    );
  }
  await sayAt(-12, bob, "lobby", "the build is green again");
  await sayAt(-9, carol, "lobby", "so 1.4 it is");
  const address = formatAddress(proxy.addr);
  await using pty = start(address, capture);
  await joinRooms(pty);
  await converse(pty, [bob, carol], capture.view !== true);
  if (capture.lost) {
    proxy.refusing = true;
    proxy.cut();
    await pty.expect("Trying again");
    pty.type("see you there\r");
    await pty.expect("waits for");
    await pty.until(() => pty.screen.cursorRow.startsWith("(offline"), "the prompt");
  }
  if (capture.slow) {
    proxy.delayMs = 60_000;
    pty.type("and one over a slow link\r");
    await pty.until(() => pty.screen.cursorRow.startsWith("(sending 1)"), "the prompt");
  }
  pty.type("I will look at db2");
  await pty.until(() => pty.screen.cursorRow.includes("db2"), "the draft");
  await write(pty, capture, proxy);
}

async function write(
  pty: Pty,
  { files, title }: Capture,
  server: Pick<Server, "addr">,
): Promise<void> {
  const rows = pty.screen.cells.slice(0, pty.screen.cursor[1] + 1).map((row) =>
    withoutPortIn(row, server)
  );
  for (const [name, scheme] of Object.entries(files)) {
    const picture = { rows, cursor: pty.screen.cursor, theme: THEMES[scheme], title };
    await Deno.writeTextFile(new URL(`${name}.svg`, PICTURES), drawSvg(picture));
  }
}

if (import.meta.main) {
  if (NO_PTY !== undefined) throw new Error(`Taking pictures ${NO_PTY}`);
  await Deno.mkdir(PICTURES, { recursive: true });
  for (const capture of CAPTURES) await take(capture);
}
