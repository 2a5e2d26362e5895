/** One person on several devices: browsers, tabs, and what each of them knows of the others. */

import { assertEquals } from "@std/assert";
import type { BrowserContextOptions } from "playwright-core";
import { CHEAP, LOGIN, logWith } from "../fixtures/guests.ts";
import { joinEvent } from "../helpers.ts";
import { Proxy } from "../proxy.ts";
import { startWeb, type WebServer } from "../web_peer.ts";
import { becomes, browserTest, type People, Person, type Place } from "./browser.ts";

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

const ANDROID =
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36";

/** A server on which ann and eve have reserved their names. */
async function startWithAccounts(): Promise<WebServer> {
  const factLog = await logWith({ ann: "member", eve: "member" });
  return await startWeb({}, { passwords: CHEAP, factLog });
}

/** Somebody who signs in in a browser of their own. */
async function signIn(
  people: People,
  place: Place,
  name: string,
  options: BrowserContextOptions = {},
  hash = "",
): Promise<Person> {
  const person = new Person(await people.page(place, options, hash));
  await typeLogin(person, name);
  return person;
}

async function typeLogin({ page }: Person, name: string): Promise<void> {
  await page.fill("#join-name", name);
  await page.press("#join-name", "Enter");
  await page.fill("#join-login-password", LOGIN);
  await page.press("#join-login-password", "Enter");
  await page.waitForSelector("#chat:not(.offline):not([hidden])");
}

/** Another tab of the same browser. */
async function anotherTab({ page }: Person): Promise<Person> {
  const tab = new Person(await page.context().newPage());
  await tab.page.goto(page.url());
  await tab.online();
  return tab;
}

browserTest(
  "what is said on one device is on the other, and what is read on one is read on the other",
  async (people) => {
    await using web = await startWithAccounts();
    using bob = await joinEvent(web.server, "bob");
    const desk = await signIn(people, web.door, "ann");
    await desk.say("/join dev");
    await desk.page.locator("#title", { hasText: "# dev" }).waitFor();
    const phone = await signIn(people, web.door, "ann", PHONE);
    // Nothing but a name and a password, and it is all there.
    await phone.page.tap("#side-open");
    await phone.page.locator("#rooms .label", { hasText: "dev" }).waitFor();
    await phone.page.locator("#rooms button", { hasText: "dev" }).tap();
    await phone.page.locator("#title", { hasText: "# dev" }).waitFor();
    for (const n of [1, 2, 3]) await bob.ask({ type: "say", room: "lobby", text: `news ${n}` });
    await desk.page.locator("#rooms .badge", { hasText: "3" }).waitFor();
    await phone.page.locator("#elsewhere", { hasText: "3" }).waitFor();
    await desk.page.keyboard.press("Alt+1");
    await desk.sees("news 3");
    await phone.page.locator("#elsewhere").waitFor({ state: "hidden" });
    await desk.say("from the desk");
    await desk.hasSent("from the desk");
    await phone.page.tap("#side-open");
    await phone.page.locator("#rooms button", { hasText: "lobby" }).tap();
    await phone.sees("from the desk");
    await phone.page.locator("#list .own .text", { hasText: "from the desk" }).waitFor();
    await phone.say("/leave");
    await desk.page.locator("#rooms button", { hasText: "lobby" }).waitFor({ state: "detached" });
    assertEquals((await bob.ask({ type: "who", room: "lobby" })).total, 1);
  },
);

browserTest("tabs of one browser are beside one another, and need no password", async (people) => {
  await using web = await startWithAccounts();
  const first = await signIn(people, web.door, "ann");
  const second = await anotherTab(first);
  await becomes(() => second.page.textContent("#me"), "ann");
  await second.say("from the second");
  await first.sees("from the second");
  await becomes(() => first.page.locator("#banner").isVisible(), false);
  await second.page.reload();
  await second.online();
  // A browser that was closed goes on as the device that it was.
  const { page } = first;
  const url = page.url();
  const third = new Person(await page.context().newPage());
  // As a person closes it.
  for (const tab of [second.page, page]) {
    const closed = tab.waitForEvent("close");
    await tab.close({ runBeforeUnload: true });
    await closed;
  }
  await third.page.goto(url);
  await third.online();
  await third.page.click("#settings-open");
  const devices = third.page.locator("#dialog .setting", { hasText: "signed in" });
  await devices.first().waitFor();
  await becomes(() => devices.count(), 2);
});

browserTest(
  "a device is signed out from another one, and does not come back by itself",
  async (people) => {
    await using web = await startWithAccounts();
    const desk = await signIn(people, web.door, "ann");
    const phone = await signIn(people, web.door, "ann", { userAgent: ANDROID });
    const tab = await anotherTab(phone);
    await desk.page.click("#settings-open");
    const row = desk.page.locator("#dialog .setting", { hasText: "Chrome on Android" });
    await row.first().waitFor();
    await becomes(() => row.count(), 2);
    await desk.page.locator("#dialog .setting", { hasText: "this one" }).waitFor();
    await row.first().locator("button", { hasText: "Sign out there" }).click();
    await desk.page.locator("#dialog .setting", { hasText: "Chrome on Android" }).nth(1)
      .waitFor({ state: "detached" });
    await desk.page.locator("#dialog button", { hasText: "Sign out everywhere else" }).click();
    for (const { page } of [phone, tab]) {
      await page.waitForSelector("#join:not([hidden])");
      await page.locator("#join-error", { hasText: "signed out" }).waitFor();
    }
    // Nor when it is loaded anew: it needs the password.
    await phone.page.reload();
    await phone.page.waitForSelector("#join:not([hidden])");
    await typeLogin(phone, "ann");
    await becomes(() => desk.page.locator("#banner").isVisible(), false);
    // The field for the password is there, and Join is all that is missing.
    await becomes(() => tab.page.inputValue("#join-name"), "ann");
    await tab.page.fill("#join-login-password", LOGIN);
    await tab.page.press("#join-login-password", "Enter");
    await tab.online();
  },
);

browserTest(
  "whoever signs out in a tab is signed out in all tabs of the browser",
  async (people) => {
    await using web = await startWithAccounts();
    const first = await signIn(people, web.door, "ann");
    const second = await anotherTab(first);
    await second.page.fill("#input", "half a thought");
    await second.page.click("#settings-open");
    await second.page.locator("#dialog button", { hasText: "Sign out" }).last().click();
    for (const { page } of [first, second]) await page.waitForSelector("#join:not([hidden])");
    const third = await first.page.context().newPage();
    await third.goto(first.page.url());
    await third.waitForSelector("#join:not([hidden])");
    // Nor does whoever comes next see what was being written.
    await typeLogin(second, "eve");
    await becomes(() => second.page.inputValue("#input"), "");
  },
);

browserTest(
  "to somebody who is away one writes all the same, and the answer is on both devices",
  async (people) => {
    await using web = await startWithAccounts();
    const eve = await signIn(people, web.door, "eve");
    using _guest = await joinEvent(web.server, "anabel");
    await eve.page.click("#write-open");
    await eve.page.locator("#dialog input").fill("an");
    // Those who find it first; a guest reads it only as long as it is here.
    await eve.until(`[...document.querySelectorAll("#found-people button")]
      .map((each) => each.textContent).join("; ") === "ann away; anabel guest, here"`);
    await eve.page.locator("#found-people button", { hasText: "ann" }).click();
    await eve.say("see you at noon");
    await eve.hasSent("see you at noon");
    await eve.page.locator("#list .told", { hasText: "ann is not here, and will find it" })
      .waitFor();
    const phone = await signIn(people, web.door, "ann", PHONE);
    await phone.page.tap("#side-open");
    await phone.page.locator("#directs button", { hasText: "eve" }).locator(".badge").waitFor();
    await phone.page.locator("#directs button", { hasText: "eve" }).tap();
    await phone.sees("see you at noon");
    const desk = await signIn(people, web.door, "ann");
    await phone.say("at noon");
    await phone.hasSent("at noon");
    await eve.sees("at noon");
    await desk.page.locator("#directs button", { hasText: "eve" }).click();
    await desk.sees("at noon");
    await desk.sees("see you at noon");
    await becomes(() => desk.texts(), ["see you at noon", "at noon"]);
    await desk.page.reload();
    await desk.online();
    await desk.sees("at noon");
    await becomes(() => desk.page.evaluate("location.hash"), "#@eve");
  },
);

browserTest("notes to oneself are on all one's devices", async (people) => {
  await using web = await startWithAccounts();
  const desk = await signIn(people, web.door, "ann");
  const phone = await signIn(people, web.door, "ann");
  await desk.page.click("#write-open");
  await desk.page.locator("#dialog button", { hasText: "Notes to yourself" }).click();
  await desk.say("buy milk");
  await desk.hasSent("buy milk");
  await phone.page.locator("#directs button", { hasText: "ann" }).click();
  await phone.sees("buy milk");
  await phone.page.locator("#topic", { hasText: "Notes to yourself" }).waitFor();
});

browserTest("a server that was started anew knows its devices", async (people) => {
  const factLog = await logWith({ ann: "member" });
  const first = await startWeb({}, { passwords: CHEAP, factLog });
  await using proxy = new Proxy(placeOf(first));
  const ann = await signIn(people, proxy, "ann");
  await ann.say("before");
  await ann.hasSent("before");
  await first[Symbol.asyncDispose]();
  await ann.offline();
  await using second = await startWeb({}, { passwords: CHEAP, factLog });
  proxy.retarget(placeOf(second));
  await ann.online();
  await ann.say("after");
  await ann.hasSent("after");
  await becomes(() => ann.texts(), ["before", "after"]);
});

browserTest(
  "what blocked people say is folded, and nothing that they write comes",
  async (people) => {
    await using web = await startWithAccounts();
    using bob = await joinEvent(web.server, "eve", { login: LOGIN });
    const ann = await signIn(people, web.door, "ann");
    await bob.ask({ type: "say", room: "lobby", text: "look at me" });
    await ann.sees("look at me");
    await ann.say("/whois eve");
    await ann.page.locator("#dialog button", { hasText: "Block" }).click();
    await ann.page.locator("#dialog button", { hasText: "Unblock" }).waitFor();
    await ann.page.keyboard.press("Escape");
    await ann.page.locator("#list .told", {
      hasText: "A message of somebody whom you have blocked",
    })
      .waitFor();
    assertEquals((await bob.ask({ type: "direct", to: "ann", text: "psst" })).code, "blocked");
    await ann.page.locator("#list .told button", { hasText: "Show" }).click();
    await ann.sees("look at me");
  },
);

/** The door as a proxy takes it. */
function placeOf({ door: { addr } }: WebServer): { addr: Deno.NetAddr } {
  return { addr: { transport: "tcp", ...addr } };
}

browserTest("a dialog that is closed before the answer comes stays closed", async (people) => {
  await using web = await startWithAccounts();
  await using proxy = new Proxy(placeOf(web));
  const { page } = await signIn(people, proxy, "ann");
  await page.click("#settings-open");
  const shown = page.locator("#dialog button", { hasText: "Shown" });
  await shown.waitFor();
  proxy.delayMs = 300;
  await shown.click();
  await page.keyboard.press("Escape");
  proxy.delayMs = 0;
  await page.waitForTimeout(1_000);
  await becomes(() => page.locator("dialog[open]").count(), 0);
  await page.click("#settings-open");
  await page.locator("#dialog button", { hasText: "Hidden" }).waitFor();
});
