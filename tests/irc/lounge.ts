/** The Lounge: a client of IRC that lives on a server and is looked at in a browser. */

import { delay } from "@std/async/delay";
import type { Page } from "playwright-core";
import type { People } from "../browser/browser.ts";

/** Whoever waits for what it does has so long a patience, in ms. */
const PATIENCE_MS = 60_000;

/**
 * Where it is installed, and how Deno runs what npm has installed there. The Lounge 4.5 takes irc-framework from
 * GitHub; where that can't be reached, `"overrides": { "irc-framework": "4.14.0" }` in the package.json there takes
 * it from npm.
 */
const DIR = Deno.env.get("THELOUNGE");
const RUN = ["run", "-A", "--quiet", "--node-modules-dir=manual", "npm:thelounge"];

/** Who may look at it. */
const USER = "me";
const PASSWORD = "lounge-password";

/** Why there is no The Lounge here; `undefined`: there is. */
export function noLounge(): string | undefined {
  return DIR === undefined
    ? "no The Lounge: npm install it in a directory, and name that in THELOUNGE"
    : undefined;
}

/** A network that it is told to connect to. */
export interface LoungeNetwork {
  readonly port: number;
  readonly nick: string;
  readonly channels: string;
  /** The password of the nick, which it shows by SASL. */
  readonly password?: string;
}

/** The Lounge, with one user who keeps connections. */
export class Lounge implements AsyncDisposable {
  readonly #home: string;
  readonly #child: Deno.ChildProcess;
  readonly #port: number;

  private constructor(home: string, child: Deno.ChildProcess, port: number) {
    this.#home = home;
    this.#child = child;
    this.#port = port;
  }

  static async start(): Promise<Lounge> {
    const home = await Deno.makeTempDir({ prefix: "lounge" });
    const port = freePort();
    const settings = { public: false, host: "127.0.0.1", port, prefetch: false };
    const config = `module.exports = ${JSON.stringify(settings)};`;
    await Deno.writeTextFile(`${home}/config.js`, config);
    await Deno.mkdir(`${home}/users`);
    run([...RUN, "add", USER, "--password", PASSWORD], home).outputSync();
    const child = run([...RUN, "start"], home).spawn();
    const lounge = new Lounge(home, child, port);
    await until("The Lounge", async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
      await answer?.body?.cancel();
      return answer?.ok === true;
    });
    return lounge;
  }

  /** Its page, at which its user is. */
  async open(people: People): Promise<LoungePage> {
    const page = await people.page({ addr: { port: this.#port } });
    await page.fill("#signin-username", USER);
    await page.fill("#signin-password", PASSWORD);
    await page.press("#signin-password", "Enter");
    await page.waitForSelector("#connect, #chat");
    return new LoungePage(page);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await Deno.remove(this.#home, { recursive: true });
  }
}

/** The Lounge on a screen. */
export class LoungePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Connects it to a server, and waits until it is in the channels. */
  async connect({ port, nick, channels, password }: LoungeNetwork): Promise<void> {
    const { page } = this;
    if (await page.locator("#connect").count() === 0) await page.click("#footer .connect");
    await page.fill("[id='connect:name']", nick);
    await page.fill("[id='connect:host']", "127.0.0.1");
    await page.fill("[id='connect:port']", String(port));
    await page.uncheck("input[name=tls]");
    await page.fill("[id='connect:nick']", nick);
    await page.fill("[id='connect:username']", nick);
    await page.fill("[id='connect:channels']", channels);
    if (password !== undefined) {
      await page.check("input[name=sasl][value=plain]");
      await page.fill("input[name=saslAccount]", nick);
      await page.fill("input[name=saslPassword]", password);
    }
    await page.click("#connect button[type=submit]");
  }

  /** Looks at a channel or at somebody of a network, when it is there: the first one is 0. */
  async look(network: number, name: string): Promise<void> {
    const shown = this.page.locator(".network").nth(network);
    await shown.locator(`.channel-list-item[data-name="${name}"]`).click();
  }

  /** Says something where one looks. */
  async say(text: string): Promise<void> {
    await this.page.fill("#input", text);
    await this.page.press("#input", "Enter");
  }

  /** Waits until a text is shown where one looks. */
  async shows(text: string): Promise<void> {
    await this.page.locator("#chat .messages .msg .content", { hasText: text }).first().waitFor();
  }

  /** Where a link leads that is shown with a text where one looks. */
  async link(text: string): Promise<string> {
    const message = this.page.locator("#chat .messages .msg .content", { hasText: text }).first();
    return await message.locator("a").first().getAttribute("href") ?? "";
  }

  /** How many messages with a text are shown where one looks. */
  count(text: string): Promise<number> {
    return this.page.locator("#chat .messages .msg .content", { hasText: text }).count();
  }
}

function run(args: readonly string[], home: string): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: DIR ?? ".",
    env: { THELOUNGE_HOME: home },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!await isSo()) {
    if (performance.now() > deadline) throw new Error(`Waited for ${what}`);
    await delay(50);
  }
}
