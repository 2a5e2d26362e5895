/**
 * Takes the pictures of the page: `deno task pictures`. `tests/pictures/page.webp` is for the README;
 * with a folder as its argument it puts there what the page looks like at every width and in both
 * schemes, for whoever changes its looks.
 */

import { type Browser, chromium, type Page } from "playwright-core";
import { joinEvent } from "../helpers.ts";
import { startWeb, type WebServer } from "../web_peer.ts";

const WIDTHS = [[360, 740], [844, 390], [768, 1024], [1440, 900]] as const;
const FOR_README = new URL("../pictures/page.webp", import.meta.url);
const QUALITY = 82;

async function takeOne(browser: Browser): Promise<void> {
  await using stage = await Stage.set(browser, "light", 1.25);
  await stage.page.setViewportSize({ width: 1120, height: 660 });
  await stage.settle();
  const session = await stage.page.context().newCDPSession(stage.page);
  const { data } = await session.send("Page.captureScreenshot", {
    format: "webp",
    quality: QUALITY,
  });
  await Deno.writeFile(FOR_README, Uint8Array.fromBase64(data));
}

async function takeAll(browser: Browser, folder: string): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await using stage = await Stage.set(browser, scheme, 1);
    const { page } = stage;
    for (const [width, height] of WIDTHS) {
      await page.setViewportSize({ width, height });
      const take = async (what: string): Promise<void> => {
        await stage.settle();
        await page.screenshot({ path: `${folder}/${scheme}-${width}-${what}.png` });
      };
      await take("room");
      await page.fill("#input", "/");
      await take("commands");
      await page.fill("#input", "");
      await page.locator("#search-open").click();
      await take("search");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Alt+4");
      await take("direct");
      await page.keyboard.press("Alt+1");
    }
  }
}

/** A server, a few people who talk, and one of them at a page. */
class Stage implements AsyncDisposable {
  readonly page: Page;
  readonly #web: WebServer;
  readonly #others: Disposable[];

  private constructor(page: Page, web: WebServer, others: Disposable[]) {
    this.page = page;
    this.#web = web;
    this.#others = others;
  }

  static async set(browser: Browser, colorScheme: "light" | "dark", scale: number): Promise<Stage> {
    const web = await startWeb();
    const context = await browser.newContext({
      colorScheme,
      deviceScaleFactor: scale,
      locale: "en-GB",
    });
    const page = await context.newPage();
    const [bob, mina, tom] = [
      await joinEvent(web.server, "bob"),
      await joinEvent(web.server, "Mína"),
      await joinEvent(web.server, "Tom Ashby"),
    ];
    const stage = new Stage(page, web, [bob, mina, tom]);
    await page.goto(`http://127.0.0.1:${web.door.addr.port}/`);
    await page.fill("#join-name", "ann");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#chat:not([hidden])");
    for (const room of ["dev", "ops"]) {
      await stage.say(`/join ${room}`);
      for (const other of [bob, mina]) await other.ask({ type: "join", room });
    }
    await page.keyboard.press("Alt+1");
    const lobby = { type: "say", room: "lobby" };
    await bob.ask({ type: "topic", room: "lobby", text: "The printer moves on Thursday" });
    await bob.ask({ ...lobby, text: "Morning! Did anybody see the build go red?" });
    await mina.ask({ ...lobby, text: "Yes, the half-open case again: `serve_faults_test.ts`." });
    await mina.ask({
      ...lobby,
      text: "There is a fix, https://git.example.org/chat/42 (two lines).",
    });
    await tom.ask({
      ...lobby,
      text:
        "It works here:\n```\n$ chatroom send --room ops 'version 1.4 is live'\n$ echo $?\n0\n```",
    });
    await stage.say("I can look at it in the afternoon.");
    await stage.say("/me puts the kettle on");
    await bob.ask({ ...lobby, text: "@ann thank you! Take your time." });
    await bob.ask({ type: "say", room: "dev", text: "merged" });
    await mina.ask({ type: "say", room: "ops", text: "ann: may I restart it?" });
    await bob.ask({ type: "direct", to: "ann", text: "Cake at four." });
    return stage;
  }

  async say(line: string): Promise<void> {
    await this.page.fill("#input", line);
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press("Enter");
    await this.settle();
  }

  /** Waits until what was asked for has been painted. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 250));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const other of this.#others) other[Symbol.dispose]();
    await this.page.context().close();
    await this.#web[Symbol.asyncDispose]();
  }
}

const [folder] = Deno.args;
const executablePath = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  if (folder === undefined) await takeOne(browser);
  else await takeAll(browser, folder);
} finally {
  await browser.close();
}
