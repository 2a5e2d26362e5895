/** The page for everybody: with a keyboard alone, on a phone, with a screen reader, in both schemes. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CHEAP, LOGIN, logWith } from "../fixtures/guests.ts";
import { joinEvent } from "../helpers.ts";
import { Proxy } from "../proxy.ts";
import { startWeb } from "../web_peer.ts";
import { violations } from "./axe.ts";
import { becomes, browserTest, Person } from "./browser.ts";

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const DESK = { viewport: { width: 1440, height: 900 } };

for (const colorScheme of ["light", "dark"] as const) {
  for (const [device, options] of [["a phone", PHONE], ["a desk", DESK]] as const) {
    browserTest(
      `axe finds nothing wrong on ${device} in ${colorScheme} colours`,
      async (people) => {
        await using web = await startWeb();
        using bob = await joinEvent(web.server, "bob");
        const page = await people.page(web.door, {
          ...options,
          colorScheme,
          reducedMotion: "reduce",
        });
        const ann = new Person(page);
        assertEquals(await violations(ann), [], "joining");
        await ann.joinAs("ann");
        await ann.say("/join dev");
        for (const name of ["a", "b", "c", "d", "e", "f", "g", "h"]) {
          using _other = await joinEvent(web.server, `speaker ${name}`);
          await _other.ask({ type: "say", room: "lobby", text: `I am ${name}` });
        }
        await bob.ask({
          type: "say",
          room: "lobby",
          text: "ann: see https://example.org and `code`",
        });
        await bob.ask({ type: "say", room: "lobby", text: "```\nlong code\n```", action: true });
        await bob.ask({ type: "direct", to: "ann", text: "psst" });
        await ann.until(`document.title.startsWith("(")`);
        // The keys of the page come after it.
        do await page.keyboard.press("Alt+1"); while (
          await page.textContent("#title") !== "# lobby"
        );
        await ann.sees("I am h");
        await ann.say("/jion");
        await ann.say("mine");
        await ann.hasSent("mine");
        assertEquals(await violations(ann), [], "talking");
        await page.locator("#input").pressSequentially("/");
        assertEquals(await violations(ann), [], "completing");
        await page.fill("#input", "");
        for (const command of ["/help", "/rooms", "/search mine"]) {
          await ann.say(command);
          await page.waitForSelector("dialog[open]");
          assertEquals(await violations(ann), [], command);
          await page.keyboard.press("Escape");
          await page.waitForSelector("dialog[open]", { state: "hidden" });
        }
        if (options === PHONE) {
          await page.locator("#side-open").click();
          assertEquals(await violations(ann), [], "the drawer");
        }
        await page.locator("#settings-open").click();
        assertEquals(await violations(ann), [], "settings");
      },
    );
  }
}

browserTest("everything can be done with the keyboard, and the focus is seen", async (people) => {
  await using web = await startWeb();
  using bob = await joinEvent(web.server, "bob");
  const page = await people.page(web.door, DESK);
  const focused = (): Promise<string> =>
    page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()");
  // The page's script may still be on its way, and may need a turn to move the focus.
  const focusIs = (wanted: string): Promise<void> => becomes(focused, wanted);
  await focusIs("join-name");
  await page.keyboard.type("ann");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#chat:not([hidden])");
  await focusIs("input");
  await page.keyboard.type("/join dev");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await page.locator("#title", { hasText: "dev" }).waitFor();
  await page.keyboard.press("Alt+1");
  await page.locator("#title", { hasText: "lobby" }).waitFor();
  await page.keyboard.press("Alt+ArrowDown");
  await page.locator("#title", { hasText: "dev" }).waitFor();
  await page.keyboard.type("first");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("second");
  await page.keyboard.press("Enter");
  await page.locator("#list .text", { hasText: "second" }).waitFor();
  await becomes(() => page.locator("#list .text").last().textContent(), "first\nsecond");
  const order: string[] = [];
  for (let n = 0; n < 9; n++) {
    await page.keyboard.press("Shift+Tab");
    order.push(await focused());
    const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    assert(outline !== "none", `${order.at(-1)} has the focus and does not show it`);
  }
  // What can be done about a message begins at the last one.
  assertStringIncludes(order.shift() ?? "", "first\nsecond");
  assertEquals(order, [
    "scroller",
    "people-open",
    "search-open",
    "settings-open",
    "write-open",
    "#dev",
    "#lobby",
    "rooms-open",
  ]);
  await page.locator("#settings-open").focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog[open]");
  await page.keyboard.press("Escape");
  await focusIs("settings-open");
  await page.keyboard.press("Escape");
  await focusIs("input");
  await bob.ask({ type: "join", room: "dev" });
  await bob.ask({ type: "say", room: "dev", text: "hello ann" });
  await page.locator("#live", { hasText: "bob: hello ann" }).waitFor();
});

browserTest(
  "on a phone Enter makes a line, the button sends, and nothing is wider than the screen",
  async (people) => {
    await using web = await startWeb();
    using bob = await joinEvent(web.server, "bob");
    const ann = await people.join(web.door, "ann", PHONE);
    await bob.ask({
      type: "say",
      room: "lobby",
      text: `${"w".repeat(300)} \`${"c".repeat(300)}\``,
    });
    await bob.ask({ type: "say", room: "lobby", text: `\`\`\`\n${"long ".repeat(60)}\n\`\`\`` });
    await bob.ask({ type: "topic", room: "lobby", text: "a topic ".repeat(30) });
    await ann.page.tap("#input");
    await ann.page.keyboard.type("one");
    await ann.page.keyboard.press("Enter");
    await ann.page.keyboard.type("two");
    await ann.page.tap("#send");
    await ann.hasSent("two");
    await becomes(async () => (await ann.texts()).at(-1), "one\ntwo");
    assertEquals(
      await ann.page.evaluate("[document.documentElement.scrollWidth, scroller.scrollWidth]"),
      [360, 360],
    );
    await ann.page.tap("#side-open");
    await ann.page.tap("#rooms-open");
    await ann.page.locator("#dialog input").fill("dev");
    await ann.page.locator("#dialog .primary").tap();
    await ann.page.locator("#title", { hasText: "dev" }).waitFor();
    await ann.page.tap("#people-open");
    await ann.page.locator("#members", { hasText: "ann" }).waitFor();
    await ann.page.tap("#people-close");
  },
);

browserTest("whatever a finger touches is large enough for it", async (people) => {
  const factLog = await logWith({ ann: "owner", eve: "member" });
  await using web = await startWeb({}, { passwords: CHEAP, factLog });
  await using proxy = new Proxy({ addr: { transport: "tcp", ...web.door.addr } });
  using eve = await joinEvent(web.server, "eve", { login: LOGIN });
  const page = await people.page(proxy, PHONE);
  const ann = new Person(page);
  /** What is seen, can be pressed, is no link in a text, and is less than 44 px high. */
  const small = (): Promise<string[]> =>
    page.evaluate(`[...document.querySelectorAll("button, input, textarea, summary, [role=option]")]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }) &&
        each.closest(".unseen, .tools") === null)
      .filter((each) => each.getBoundingClientRect().height < 43.9)
      .map((each) => (each.id || each.className) + " " + each.textContent)`);
  const check = async (where: string): Promise<void> => {
    await ann.settled();
    assertEquals(await small(), [], where);
  };
  await check("joining");
  await page.fill("#join-name", "ann");
  await page.press("#join-name", "Enter");
  await page.fill("#join-login-password", LOGIN);
  await check("a password");
  await page.press("#join-login-password", "Enter");
  await ann.online();
  await eve.ask({ type: "say", room: "lobby", text: "one" });
  await eve.ask({ type: "say", room: "lobby", text: "two", re: 1 });
  await eve.ask({ type: "react", room: "lobby", re: 2, key: "👍" });
  await page.locator("#list .chip").first().waitFor();
  await ann.say("/pin 1");
  await page.locator("#pins").waitFor();
  await check("talking");
  await page.locator("#input").pressSequentially("/m");
  await page.locator("#choices li").first().waitFor();
  await check("completing");
  await page.fill("#input", "");
  for (const [open, close] of [["#side-open", "#side-close"], ["#people-open", "#people-close"]]) {
    await page.tap(open ?? "");
    await page.locator(close ?? "").waitFor();
    await check(open ?? "");
    await page.tap(close ?? "");
  }
  for (const id of ["settings-open", "write-open", "rooms-open", "search-open", "room-open"]) {
    await page.evaluate(`document.getElementById("${id}").click()`);
    await page.waitForSelector("dialog[open]");
    await check(id);
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog[open]", { state: "hidden" });
  }
  await ann.say("/help");
  await page.waitForSelector("dialog[open]");
  await check("help");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog[open]", { state: "hidden" });
  proxy.refusing = true;
  proxy.cut();
  await ann.offline();
  await ann.say("waits");
  await page.locator("#list .state button", { hasText: "Edit" }).tap();
  await page.locator("#mode").waitFor();
  await check("what waits");
});

browserTest("the colours are those of the system until somebody chooses others", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann", { ...DESK, colorScheme: "dark" });
  const background = (): Promise<string> =>
    ann.page.evaluate("getComputedStyle(document.body).backgroundColor");
  const dark = await background();
  await ann.page.click("#settings-open");
  await ann.page.locator("#dialog button", { hasText: "Light" }).click();
  const light = await background();
  assert(light !== dark);
  await ann.page.reload();
  await ann.online();
  await becomes(() => background(), light);
});

for (const [device, options] of [["a phone", PHONE], ["a desk", DESK]] as const) {
  browserTest(`axe finds nothing wrong in what an account has on ${device}`, async (people) => {
    const factLog = await logWith({ ann: "owner", eve: "member" });
    await using web = await startWeb({}, { passwords: CHEAP, factLog });
    using eve = await joinEvent(web.server, "eve", { login: LOGIN });
    const colorScheme = options === PHONE ? "dark" : "light";
    const page = await people.page(web.door, { ...options, colorScheme, reducedMotion: "reduce" });
    const ann = new Person(page);
    await page.fill("#join-name", "ann");
    await page.press("#join-name", "Enter");
    await page.fill("#join-login-password", LOGIN);
    await page.press("#join-login-password", "Enter");
    await ann.online();
    await ann.say("/join den");
    await page.locator("#title", { hasText: "# den" }).waitFor();
    await eve.ask({ type: "direct", to: "ann", text: "psst" });
    /** Opens a dialog, looks at it, and closes it. */
    const look = async (button: string, wait: string): Promise<void> => {
      await page.evaluate(`document.querySelector(${JSON.stringify(button)}).click()`);
      await page.locator("#dialog[open]", { hasText: wait }).waitFor();
      assertEquals(await violations(ann), [], button);
      await becomes(
        () => page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
        true,
      );
      await page.keyboard.press("Escape");
      await page.waitForSelector("dialog[open]", { state: "hidden" });
    };
    await look("#settings-open", "Sign out");
    await look("#room-open", "Make a link");
    await look("#write-open", "Notes to yourself");
    await page.evaluate(`document.querySelector("#directs button").click()`);
    await page.locator("#title", { hasText: "eve" }).waitFor();
    await look("#person-open", "Block");
    assertEquals(await violations(ann), [], "a conversation");
  });
}
