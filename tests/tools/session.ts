/**
 * A session of the program as a person has it, from the shell and back: run on a terminal of its own against a
 * server of ours, with two others who talk, and recorded. The clock stands still, and what is typed takes as
 * long as a person would need, not as the machine does.
 */

import { formatAddress } from "../../lib/cli/values.ts";
import type { Server } from "../../lib/server/serve.ts";
import { type RawPeer, startServer } from "../helpers.ts";
import { Pty } from "../pty.ts";
import type { Cast, CastEvent } from "./asciicast.ts";
import { joinTalkers, promptIs, sayAt, STAGED_COMMAND, stagedEnv, withoutPort } from "./staged.ts";

const [COLUMNS, ROWS] = [90, 24];
/** How long a person takes for a letter and for another key, and looks at what comes, in s. */
const LETTER_S = 0.08;
const KEY_S = 0.5;
const LOOK_S = 2;
const ENTER = "\r";
const ALT_A = "\x1ba";
const ALT_K = "\x1bk";
const ALT_UP = "\x1b[1;3A";
const PAGE_UP = "\x1b[5~";
const END = "\x1b[F";
const CTRL_D = "\x04";
const BEGIN_FRAME = "\x1b[?2026h";
const END_FRAME = "\x1b[?2026l";
const RELEASES = 60;

/** Types on a terminal, and notes what is written on it. */
class SessionRecorder {
  readonly pty: Pty;
  readonly events: CastEvent[] = [];
  readonly #server: Server;
  #seconds = 0;
  #taken = 0;

  constructor(pty: Pty, server: Server) {
    [this.pty, this.#server] = [pty, server];
  }

  /** Types letters one by one, as each shows. */
  async letters(text: string): Promise<void> {
    for (const letter of text) {
      const { length } = this.pty.written;
      this.pty.type(letter);
      await this.pty.until(() => this.pty.written.length > length, letter);
      this.#pass(LETTER_S);
    }
  }

  /** Presses a key; resolves when the screen is so. */
  async key(key: string, isSo: () => boolean): Promise<void> {
    this.#pass(KEY_S);
    this.pty.type(key);
    await this.pty.until(isSo, JSON.stringify(key));
    this.#pass(0);
  }

  /** The screen shows a text, which the person reads. */
  async look(text: string): Promise<void> {
    await this.pty.until(() => this.pty.screen.seen.includes(text), text);
    this.#pass(0);
    this.#seconds += LOOK_S;
  }

  /** Something of its own has been shown, and the cursor is behind this prompt. */
  async mark(name: string, prompt: string): Promise<void> {
    await promptIs(this.pty, prompt);
    await this.pty.until(() => {
      const { written } = this.pty;
      return written.split(BEGIN_FRAME).length === written.split(END_FRAME).length;
    }, "a whole frame");
    this.#pass(0);
    this.events.push([this.#now, "m", name]);
  }

  get #now(): number {
    return Math.round(this.#seconds * 100) / 100;
  }

  /** What was written since is shown now, so many seconds later. */
  #pass(seconds: number): void {
    this.#seconds += seconds;
    const written = this.pty.written.slice(this.#taken);
    this.#taken += written.length;
    if (written !== "") this.events.push([this.#now, "o", withoutPort(written, this.#server)]);
  }
}

/** The session, as it is now. */
export async function recordSession(): Promise<Cast> {
  await using server = startServer();
  const [bob, carol] = await joinTalkers(server);
  using _bob = bob;
  using _carol = carol;
  await before(bob, carol);
  const env = stagedEnv();
  const dir = env["XDG_CONFIG_HOME"] ?? "";
  const words = STAGED_COMMAND.map((word) => `'${word}'`).join(" ");
  const bin = `${dir}/bin`;
  await Deno.mkdir(bin);
  await Deno.writeTextFile(`${bin}/chatroom`, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o700 });
  await using pty = new Pty(["/bin/sh"], {
    columns: COLUMNS,
    rows: ROWS,
    env: {
      ...env,
      PS1: "$ ",
      ENV: "",
      PATH: `${bin}:${Deno.env.get("PATH")}`,
      CHATROOM_SERVER: formatAddress(server.addr),
    },
  });
  const recorder = new SessionRecorder(pty, server);
  await inStream(recorder, bob, carol);
  await inView(recorder, bob);
  await back(recorder);
  await Deno.remove(dir, { recursive: true });
  const title = "chatroom: two rooms in the stream, then the view, and back to the shell";
  const header = { version: 2, width: COLUMNS, height: ROWS, title } as const;
  return { header: { ...header, env: { TERM: "xterm-256color" } }, events: recorder.events };
}

/** What was said before. */
async function before(bob: RawPeer, carol: RawPeer): Promise<void> {
  await bob.ask({ type: "topic", room: "ops", text: "What runs where" });
  for (let n = 1; n <= RELEASES; n++) {
    await sayAt(n - RELEASES - 40, bob, "ops", `version 1.${n} is live`);
  }
  await sayAt(-31, carol, "lobby", "morning! how far are we?");
  await sayAt(-30, bob, "lobby", "two tests are red, I am on it");
  await sayAt(-12, carol, "dev", "who reviews `join --room dev`?");
}

async function inStream(recorder: SessionRecorder, bob: RawPeer, carol: RawPeer): Promise<void> {
  const { pty } = recorder;
  await promptIs(pty, "$ ");
  await recorder.letters("chatroom connect --name ann");
  await recorder.key(ENTER, () => pty.screen.seen.includes("two tests are red"));
  await promptIs(pty, "lobby>");
  await recorder.look("You are ann");
  await sayAt(0, bob, "lobby", "ann: they are green again 🎉");
  await recorder.look("green again");
  await recorder.letters("so 1.61 it is");
  await recorder.key(ENTER, () => pty.screen.seen.includes("<ann> so 1.61"));
  await recorder.mark("talk", "lobby>");
  for (const room of ["dev", "ops"]) {
    await recorder.letters(`/join ${room}`);
    await recorder.key(ENTER, () => pty.screen.cursorRow.startsWith(`${room}>`));
    await recorder.look(room === "dev" ? "who reviews" : "version 1.60 is live");
  }
  await sayAt(0, carol, "dev", "it is three lines");
  await recorder.look("three lines");
  await recorder.mark("rooms", "ops [dev 1]>");
}

async function inView(recorder: SessionRecorder, bob: RawPeer): Promise<void> {
  const { pty } = recorder;
  const sees = (text: string | RegExp) => (): boolean => pty.screen.seen.search(text) >= 0;
  await recorder.letters("/view");
  await recorder.key(ENTER, sees("│ops>"));
  await recorder.look("version 1.60 is live");
  await sayAt(0, bob, "lobby", "ann: lunch at noon?");
  await pty.until(sees(/^1 lobby +1!/m), "what is new in the lobby");
  await recorder.look("1 lobby");
  await recorder.mark("view", "ops>");
  await recorder.key(ALT_A, sees("lunch at noon"));
  await promptIs(pty, "lobby>");
  await recorder.look("lunch at noon");
  await recorder.key(ALT_UP, sees("Enter: menu"));
  await recorder.look("Enter: menu");
  await recorder.key("r", sees(/lobby> \/re \d/));
  await recorder.letters("yes, at the usual place");
  await recorder.key(ENTER, sees("<ann> yes, at the usual place"));
  await promptIs(pty, "lobby>");
  await recorder.look("↳ 5 bob: ann: lunch at noon?");
  await recorder.mark("reply", "lobby>");
  await recorder.key(ALT_K, sees("go to>"));
  await recorder.letters("op");
  await recorder.key(ENTER, sees("│ops>"));
  await recorder.key(PAGE_UP, sees("End returns"));
  await recorder.key(PAGE_UP, sees("version 1.25 is live"));
  await recorder.look("version 1.25 is live");
  await recorder.mark("history", "ops>");
  await recorder.key(END, sees("version 1.60 is live"));
}

async function back(recorder: SessionRecorder): Promise<void> {
  const { pty } = recorder;
  await recorder.letters("/view");
  // The stream shows once more what was said here.
  const isThere = (): boolean =>
    /version 1\.60 is live\s+ops \[dev 1\]>/.test(pty.screen.seen.trimEnd());
  await recorder.key(ENTER, () => !pty.screen.isAlternate && isThere());
  await recorder.look("ops");
  await recorder.mark("stream again", "ops");
  await recorder.key(CTRL_D, () => pty.screen.cursorRow.startsWith("$ "));
  await recorder.mark("shell", "$ ");
}
