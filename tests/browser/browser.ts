/**
 * A browser for tests: a person at the page, who sees what is on the screen and presses keys. Where
 * there is no Chromium the tests say so and are skipped.
 */

import { assertEquals } from "@std/assert";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { testUnless } from "../fixtures/tools.ts";

/** Where Chromium may be; `CHROMIUM` goes before. */
const PLACES = [
  Deno.env.get("CHROMIUM"),
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** What a browser says of a connection that was cut on purpose. */
const EXPECTED = /WebSocket connection to|net::ERR_|Failed to load resource/;

/** How long anything may take to be on the screen, in ms. Reached only by a test that fails. */
const PATIENCE_MS = 15_000;

const program = PLACES.find((path) => path !== undefined && exists(path));
const WHY_NOT = program === undefined
  ? "there is no Chromium: apt-get install chromium, or name one in CHROMIUM"
  : undefined;

/** Where a page is served. */
export interface Place {
  readonly addr: { readonly port: number };
  /** Over TLS; the browser takes any certificate. */
  readonly secure?: true;
}

/** A test with a browser of its own; `missing` says what else it needs that is not here. */
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

/** Opens browsers, one for each person. */
export class People implements AsyncDisposable {
  readonly complaints: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<People> {
    const args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];
    return new People(await chromium.launch({ executablePath: program ?? "", args }));
  }

  /** A page in a browser of its own, as it is before anybody has joined. */
  async page(place: Place, options: BrowserContextOptions = {}, hash = ""): Promise<Page> {
    const { secure = false, addr: { port } } = place;
    const context = await this.#browser.newContext({
      locale: "en-GB",
      ignoreHTTPSErrors: secure,
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => this.complaints.push(String(error.stack)));
    page.on("console", (message) => {
      const text = message.text();
      if (message.type() === "error" && !EXPECTED.test(text)) this.complaints.push(text);
    });
    await page.goto(`${secure ? "https" : "http"}://127.0.0.1:${port}/${hash}`);
    return page;
  }

  /** Somebody who has joined under a name. */
  async join(place: Place, name: string, options: BrowserContextOptions = {}): Promise<Person> {
    const person = new Person(await this.page(place, options));
    await person.joinAs(name);
    return person;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
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

  /** Waits until an expression is true in the page, which itself may not evaluate any. */
  async until(expression: string): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!await this.page.evaluate(expression)) {
      if (performance.now() > deadline) throw new Error(`It did not come to be: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
