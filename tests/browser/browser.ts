/**
 * A browser for tests: a person at the page, who sees what is on the screen and presses keys. Where
 * there is no Chromium the tests say so and are skipped.
 *
 * Two variables make it as slow as it is where much else runs, or on an old phone far away. They are to look
 * with for what does not wait; not all tests have passed with them yet:
 *
 * - `BROWSER_SLOWER=4`: each page has the processor for a fourth of the time.
 * - `BROWSER_LATE_MS=700`: each script and style sheet that the front page does not name waits so long
 *   before it is fetched, so that what is done before a late part has come is done every time.
 */

import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { readPage } from "../../lib/web/page.ts";
import { testUnless } from "../fixtures/tools.ts";

/** Where Chromium may be; `CHROMIUM` goes before. */
const PLACES = [
  Deno.env.get("CHROMIUM"),
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** What a browser says of a connection that was cut on purpose, and of a page that came without TLS. */
const EXPECTED =
  /WebSocket connection to|net::ERR_|Failed to load resource|Opener-Policy header has been ignored/;

/** How long anything may take to be on the screen, in ms. Reached only by a test that fails. */
const PATIENCE_MS = 30_000;

/** Between two looks at a page, in ms. */
const LOOK_MS = 20;

/** How many times slower than it could each page goes; 1 is as fast as it can. */
const SLOWER = switchOf("BROWSER_SLOWER", 1);
/** How long what a page loads late waits before it is fetched, in ms. */
const LATE_MS = switchOf("BROWSER_LATE_MS", 0);

const program = PLACES.find((path) => path !== undefined && exists(path));
const WHY_NOT = program === undefined
  ? "there is no Chromium: apt-get install chromium, or name one in CHROMIUM"
  : undefined;

/** A name of this machine that a browser knows nothing of, unlike `localhost`: it trusts only TLS there. */
export const ANOTHER_HOST = "chat.test";

/** Where a page is served. */
export interface Place {
  readonly addr: { readonly port: number };
  /** By which name; by default `127.0.0.1`. */
  readonly host?: string;
  /** Over TLS; the browser takes any certificate. */
  readonly secure?: true;
}

/** The browser of all tests of a file: to start one takes as long as most tests do. */
let started: Promise<Browser> | undefined;

// Outside of the tests, which each of them use.
Deno.test.afterAll(async () => await (await started)?.close());

/** The browser that runs; another one where it has gone. */
async function theBrowser(): Promise<Browser> {
  const running = await started;
  if (running?.isConnected()) return running;
  const args = [
    ...["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    `--host-resolver-rules=MAP ${ANOTHER_HOST} 127.0.0.1`,
  ];
  return await (started = chromium.launch({ executablePath: program ?? "", args }));
}

/** A test with browsers of its own; `missing` says what else it needs that is not here. */
export function browserTest(
  name: string,
  run: (people: People) => Promise<void>,
  missing?: string,
): void {
  testUnless(WHY_NOT ?? missing, name, async () => {
    await using people = await People.open();
    await run(people);
    assertEquals(people.complaints, [], "what the browser complained of");
    // The driver keeps timers and a pipe of its own.
  }, { sanitizeOps: false, sanitizeResources: false });
}

/** Opens browsers, one for each person: contexts of one process, which know nothing of each other. */
export class People implements AsyncDisposable {
  readonly complaints: string[] = [];
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<People> {
    return new People(await theBrowser());
  }

  /** A page in a browser of its own, as it is before anybody has joined. */
  async page(place: Place, options: BrowserContextOptions = {}, hash = ""): Promise<Page> {
    const { secure = false, host = "127.0.0.1", addr: { port } } = place;
    const context = await this.#browser.newContext({
      locale: "en-GB",
      ignoreHTTPSErrors: secure,
      ...options,
    });
    this.#contexts.push(context);
    const front = `${secure ? "https" : "http"}://${host}:${port}/`;
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    if (SLOWER > 1 || LATE_MS > 0) {
      await slowDown(context, page);
      // One that is closed at once needs none of it.
      context.on("page", (other) => void slowDown(context, other).catch(() => {}));
    }
    page.on("pageerror", (error) => this.complaints.push(String(error.stack)));
    page.on("console", (message) => {
      const text = message.text();
      if (message.type() === "error" && !EXPECTED.test(text)) this.complaints.push(text);
    });
    await page.goto(front + hash);
    return page;
  }

  /** Somebody who has joined under a name. */
  async join(place: Place, name: string, options: BrowserContextOptions = {}): Promise<Person> {
    const person = new Person(await this.page(place, options));
    await person.joinAs(name);
    return person;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const context of this.#contexts) await context.close();
  }
}

/** Somebody at a page. */
export class Person {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async joinAs(name: string): Promise<void> {
    await this.page.fill("#join-name", name);
    await this.page.press("#join-name", "Enter");
    await this.online();
  }

  /** Waits until the page is joined and has its connection. */
  async online(): Promise<void> {
    await this.page.waitForSelector("#chat:not(.offline):not([hidden])");
  }

  async offline(): Promise<void> {
    await this.page.waitForSelector("#chat.offline");
  }

  /** Writes a line and sends it: with Enter, or where that makes a new line with the button. */
  async say(line: string): Promise<void> {
    await this.page.fill("#input", line);
    await this.page.press("#input", "Escape");
    if (await this.page.evaluate("matchMedia('(pointer: coarse)').matches")) {
      await this.page.tap("#send");
    } else await this.page.press("#input", "Enter");
  }

  /** Waits until somebody's message is shown. */
  async sees(text: string): Promise<void> {
    await this.page.locator("#list .text", { hasText: text }).last().waitFor();
  }

  /** Waits until a message of ours has its place among the others. */
  async hasSent(text: string): Promise<void> {
    await this.page.locator("#list .said:not(.waiting, .failed) .text", { hasText: text }).last()
      .waitFor();
  }

  /** The texts that are shown, from top to bottom. */
  texts(): Promise<string[]> {
    return this.page.locator("#list .said .text").allTextContents();
  }

  /** Waits until the page has painted what was done, and has heard of it: a scroll is told of in a frame. */
  async settled(): Promise<void> {
    await this.page.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
    );
  }

  /** Waits until an expression is true in the page, which itself may not evaluate any. */
  async until(expression: string): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!await this.page.evaluate(expression)) {
      if (performance.now() > deadline) throw new Error(`It did not come to be: ${expression}`);
      await delay(LOOK_MS);
    }
  }
}

/** Does to a page what the switches say. */
async function slowDown(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  if (SLOWER > 1) await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  if (LATE_MS === 0) return;
  session.on("Fetch.requestPaused", async ({ requestId }) => {
    await delay(LATE_MS);
    // The page may be gone meanwhile.
    await session.send("Fetch.continueRequest", { requestId }).catch(() => {});
  });
  const patterns = (await lateFiles()).map((path) => ({ urlPattern: `*${path}` }));
  await session.send("Fetch.enable", { patterns });
}

/** The addresses of what the front page does not name. */
async function lateFiles(): Promise<string[]> {
  const page = await readPage();
  const front = new TextDecoder().decode(page.get("/")?.encoded.plain.bytes);
  const named = new Set([...front.matchAll(/ (?:href|src)="([^"]+)"/g)].map(([, path]) => path));
  return [...page.keys()].filter((path) => /\.(js|css)$/.test(path) && !named.has(path.slice(1)));
}

/** The value of a switch, which is a number. */
function switchOf(name: string, usual: number): number {
  const value = Number(Deno.env.get(name) ?? usual);
  if (value >= 0) return value;
  throw new Error(`${name} is a number, and not ${JSON.stringify(Deno.env.get(name))}`);
}

/**
 * Waits until what is read of a page is as it should be: what it is told it shows a moment later. Whatever
 * is not to happen at all is looked for when something has come that would come after it.
 */
export async function becomes<T>(
  read: () => Promise<T>,
  wanted: T,
  message?: string,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const now = await read();
    try {
      return assertEquals(now, wanted, message);
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(LOOK_MS);
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
