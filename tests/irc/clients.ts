/** Real clients of IRC, as people have them, each in a process and a directory of its own. */

import { delay } from "@std/async/delay";
import { TextLineStream } from "@std/streams/text-line-stream";
import { succeeds } from "../fixtures/tools.ts";
import { NO_PTY, Pty } from "../pty.ts";

/** Whoever waits for what a client shows has so long a patience, in ms. */
const PATIENCE_MS = 60_000;

/** A client that shows things, and is told what to type. */
export interface IrcClient extends AsyncDisposable {
  /** Types a line where its person talks in a channel. */
  type(line: string): Promise<void>;
  /** Waits until it has shown a text, of a channel or a person or anywhere. */
  shows(text: string | RegExp): Promise<void>;
  /** All that it has shown. */
  readonly shown: string;
}

/** Why there is no WeeChat here that can be told what to type; `undefined`: there is. */
export function noWeeChat(): string | undefined {
  if (!succeeds("weechat-headless", ["--version"])) return "there is no weechat-headless";
  const dir = Deno.makeTempDirSync();
  succeeds("weechat-headless", ["--dir", dir, "--run-command", "/quit"]);
  // Each plugin that is there leaves its settings.
  const hasPipe = isThere(`${dir}/fifo.conf`);
  Deno.removeSync(dir, { recursive: true });
  return hasPipe ? undefined : "WeeChat has no plugin fifo, which Debian has in weechat-plugins";
}

/** Why there is no irssi here that could have a terminal; `undefined`: there is. */
export function noIrssi(): string | undefined {
  return NO_PTY ?? (succeeds("irssi", ["--version"]) ? undefined : "there is no irssi");
}

/** WeeChat without a screen. What it shows it writes into logs, and what is typed comes by a pipe. */
export class WeeChat implements IrcClient {
  readonly #dir: string;
  readonly #child: Deno.ChildProcess;
  readonly #channel: string;

  private constructor(dir: string, child: Deno.ChildProcess, channel: string) {
    this.#dir = dir;
    this.#child = child;
    this.#channel = channel;
  }

  /** Starts it, with a nick and in a channel; with what it shows as a password, if any. */
  static async start(
    port: number,
    nick: string,
    channel: string,
    password: string = "",
  ): Promise<WeeChat> {
    const dir = await Deno.makeTempDir({ prefix: "weechat" });
    const commands = [
      "/set logger.file.flush_delay 0",
      "/set logger.file.auto_log on",
      "/set irc.look.smart_filter off",
      `/set fifo.file.path ${dir}/fifo`,
      `/server add t 127.0.0.1/${port} -nicks=${nick} -username=${nick} -autojoin=${channel}`,
      ...password === "" ? [] : [`/set irc.server.t.password ${password}`],
      "/connect t",
    ];
    const child = new Deno.Command("weechat-headless", {
      args: ["--dir", dir, ...commands.flatMap((command) => ["--run-command", command])],
      env: { HOME: dir, LANG: "C.UTF-8" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    return new WeeChat(dir, child, channel);
  }

  async type(line: string): Promise<void> {
    await until("WeeChat's pipe", () => isThere(`${this.#dir}/fifo`));
    await Deno.writeTextFile(
      `${this.#dir}/fifo`,
      `irc.t.${this.#channel} *${line}\n`,
      { create: false, append: true },
    );
  }

  async shows(text: string | RegExp): Promise<void> {
    await until(`WeeChat to show ${text}`, () => holds(this.shown, text), () => this.shown);
  }

  get shown(): string {
    const logs = `${this.#dir}/logs`;
    if (!isThere(logs)) return "";
    return [...Deno.readDirSync(logs)].map(({ name }) => Deno.readTextFileSync(`${logs}/${name}`))
      .join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.#child);
    await Deno.remove(this.#dir, { recursive: true });
  }
}

/** irssi on a terminal of its own. */
export class Irssi implements IrcClient {
  readonly #dir: string;
  readonly #pty: Pty;

  private constructor(dir: string, pty: Pty) {
    this.#dir = dir;
    this.#pty = pty;
  }

  static async start(port: number, nick: string, channel: string): Promise<Irssi> {
    const dir = await Deno.makeTempDir();
    // Everything is shown in the window that is open.
    const settings = `settings = {
      core = { real_name = "${nick}"; user_name = "${nick}"; nick = "${nick}"; };
      "fe-common/core" = {
        autocreate_query_level = "NONE"; autocreate_own_query = "no"; use_status_window = "no";
        autolog = "no"; autoclose_windows = "no";
      };
    };`;
    await Deno.writeTextFile(`${dir}/config`, settings);
    const pty = new Pty(
      ["irssi", `--home=${dir}`, "-c", "127.0.0.1", "-p", String(port), "-n", nick],
      { columns: 200, rows: 60, env: { HOME: dir, LANG: "C.UTF-8" } },
    );
    const client = new Irssi(dir, pty);
    await client.shows(/Irssi: The Undernet|End of message|MOTD|Message of the day/i);
    await client.type(`/join ${channel}`);
    return client;
  }

  type(line: string): Promise<void> {
    this.#pty.type(`${line}\r`);
    return Promise.resolve();
  }

  async shows(text: string | RegExp): Promise<void> {
    await this.#pty.until(() => holds(this.shown, text), `irssi to show ${text}`);
  }

  get shown(): string {
    return this.#pty.screen.text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#pty.type("/quit\r");
    await this.#pty[Symbol.asyncDispose]();
    await Deno.remove(this.#dir, { recursive: true });
  }
}

/** A client made with irc-framework. It tells its events. */
export class Framework implements AsyncDisposable {
  readonly events: Array<readonly [type: string, event: Record<string, unknown>]> = [];
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;

  constructor(port: number, nick: string, channel: string, ...password: readonly string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", ...OWN, PEER, String(port), nick, channel, ...password],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    const lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) this.events.push(JSON.parse(line));
  }

  /** Sends a line of IRC. */
  async send(line: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Waits until it hears an event of a type in which these fields are so; resolves with its tags. */
  async hears(type: string, fields: Record<string, unknown>): Promise<Record<string, string>> {
    const isSo = ([of, event]: readonly [string, Record<string, unknown>]): boolean =>
      of === type && Object.entries(fields).every(([name, value]) => event[name] === value);
    const what = `irc-framework to hear ${type} ${JSON.stringify(fields)}`;
    await until(what, () => this.events.some(isSo), () => JSON.stringify(this.events));
    return (this.events.find(isSo)?.[1]["tags"] ?? {}) as Record<string, string>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await end(this.#child);
    await this.#reading;
  }
}

/** irc-framework has a lock file of its own, so that its 55 packages are fetched by whoever runs this alone. */
const OWN = [
  ...["--config", new URL("framework.json", import.meta.url).pathname],
  ...["--lock", new URL("framework.lock", import.meta.url).pathname, "--frozen", "--quiet"],
];
const PEER = new URL("framework_peer.ts", import.meta.url).pathname;

/** Why there is no irc-framework here; `undefined`: there is. */
export function noFramework(): string | undefined {
  const { success, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["cache", ...OWN, PEER],
    stdin: "null",
  }).outputSync();
  return success ? undefined : `no irc-framework: ${new TextDecoder().decode(stderr).trim()}`;
}

/** Waits until something is so; fails with what there is instead when that takes too long. */
async function until(what: string, isSo: () => boolean, there = () => ""): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`Waited for ${what}; there is ${there()}`);
    await delay(20);
  }
}

function holds(text: string, part: string | RegExp): boolean {
  return typeof part === "string" ? text.includes(part) : part.test(text);
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

async function end(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGTERM");
  } catch {
    // It has ended already.
  }
  const timer = setTimeout(() => {
    try {
      child.kill("SIGKILL");
    } catch {
      // The same.
    }
  }, 5_000);
  await child.status;
  clearTimeout(timer);
}
