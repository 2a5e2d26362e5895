/** Rooms that are not for everybody, and the links that lead into them, as somebody at the page meets them. */

import { assert, assertEquals } from "@std/assert";
import { CHEAP, LOGIN, logWith } from "../fixtures/guests.ts";
import { joinEvent } from "../helpers.ts";
import { startWeb, type WebServer } from "../web_peer.ts";
import { becomes, browserTest, type People, Person } from "./browser.ts";

/** A server on which ann and eve have reserved their names. */
async function startWithAccounts(options: { password?: string } = {}): Promise<WebServer> {
  const factLog = await logWith({ ann: "member", eve: "member" });
  return await startWeb({}, { passwords: CHEAP, factLog, ...options });
}

/** Somebody with a reserved name, in a room of their own. */
async function host(people: People, web: WebServer, password = ""): Promise<Person> {
  const ann = new Person(await people.page(web.door));
  const { page } = ann;
  await page.fill("#join-name", "ann");
  await page.press("#join-name", "Enter");
  if (password !== "") {
    await page.fill("#join-password", password);
    await page.press("#join-password", "Enter");
  }
  await page.fill("#join-login-password", LOGIN);
  await page.press("#join-login-password", "Enter");
  await ann.online();
  await ann.say("/join den");
  await page.locator("#title", { hasText: "# den" }).waitFor();
  await page.click("#room-open");
  await page.locator("#dialog", { hasText: "Who may enter" }).waitFor();
  return ann;
}

browserTest(
  "a host closes a room, and opens it only if all may read what was said",
  async (people) => {
    await using web = await startWithAccounts();
    const ann = await host(people, web);
    const { page } = ann;
    const access = page.locator("[role=group][aria-label='Who may enter']");
    await access.locator("button", { hasText: "By invitation" }).click();
    await access.locator("button[aria-pressed=true]", { hasText: "By invitation" }).waitFor();
    await page.keyboard.press("Escape");
    using eve = await joinEvent(web.server, "eve", { login: LOGIN });
    assertEquals((await eve.ask({ type: "join", room: "den" })).code, "invite-only");
    await ann.say("a secret");
    await ann.hasSent("a secret");
    await page.click("#room-open");
    await page.locator("#dialog input[placeholder='A name']").fill("eve");
    await page.locator("#dialog button", { hasText: "Invite" }).click();
    await page.locator("#dialog .error", { hasText: "eve may enter now" }).waitFor();
    assertEquals((await eve.ask({ type: "join", room: "den" })).type, "joined");
    await access.locator("button", { hasText: "Open" }).click();
    await page.locator("#dialog button", { hasText: "Show it to everybody" }).click();
    await access.locator("button[aria-pressed=true]", { hasText: "Open" }).waitFor();
  },
);

browserTest("a link leads a guest into the room, and no further", async (people) => {
  await using web = await startWithAccounts({ password: "sesame seed" });
  const ann = await host(people, web, "sesame seed");
  const { page } = ann;
  await page.locator("#dialog button", { hasText: "Make a link" }).click();
  const link = await page.inputValue("#dialog input[readonly]");
  assert(/#invite=[\w-]+$/.test(link), link);
  // It is in the list, and another can be made at once.
  await page.locator("#dialog .setting", { hasText: "not used yet" }).waitFor();
  await page.locator("#dialog button", { hasText: "Make a link" }).waitFor();
  await page.locator("#dialog .made", { hasText: "as often as wanted, until" }).waitFor();
  await page.keyboard.press("Escape");
  // It is not lost with the dialog, and one click copies it, also where pages have no clipboard.
  await page.evaluate("delete Clipboard.prototype.writeText");
  await page.click("#room-open");
  await page.evaluate(`document.addEventListener("copy", () => {
    const { value, selectionStart, selectionEnd } = document.activeElement;
    globalThis.copied = value.slice(selectionStart, selectionEnd);
  })`);
  const kept = page.locator("#dialog .setting", { hasText: "not used yet" });
  await kept.locator("button", { hasText: "Copy" }).click();
  await kept.locator("button", { hasText: "Copied" }).waitFor();
  assertEquals(await page.evaluate("copied"), link);
  await page.keyboard.press("Escape");
  const guest = new Person(await people.page(web.door, {}, new URL(link).hash));
  await guest.page.locator("#join-title", { hasText: "You are invited" }).waitFor();
  await guest.joinAs("tom");
  await guest.page.locator("#title", { hasText: "# den" }).waitFor();
  // What lets somebody in does not stay in the address.
  await becomes(() => guest.page.evaluate("location.hash"), "#den");
  await becomes(() => guest.page.locator("#rooms .label").allTextContents(), ["den"]);
  await becomes(() => guest.page.isVisible("#rooms-open"), false);
  await guest.say("hello from the link");
  await ann.sees("hello from the link");
  await guest.page.reload();
  await guest.online();
  await guest.sees("hello from the link");
  await page.click("#room-open");
  await page.locator("#dialog .setting", { hasText: "used once" })
    .locator("button", { hasText: "Revoke" }).click();
  await page.locator("#dialog .setting", { hasText: "used once" }).waitFor({
    state: "detached",
  });
  const late = new Person(await people.page(web.door, {}, new URL(link).hash));
  await late.page.fill("#join-name", "late");
  await late.page.press("#join-name", "Enter");
  await late.page.locator("#join-error", { hasText: "join without it" }).waitFor();
  await becomes(() => late.page.inputValue("#join-name"), "late");
  await late.page.press("#join-name", "Enter");
  await late.page.locator("#join-error", { hasText: "password" }).waitFor();
  await guest.say("still here");
  await guest.hasSent("still here");
});

browserTest("a link takes somebody who is signed in into the room, too", async (people) => {
  await using web = await startWithAccounts();
  const ann = await host(people, web);
  await ann.page.locator("[role=group][aria-label='Who may enter'] button", {
    hasText: "By invitation",
  })
    .click();
  await ann.page.locator("#dialog button[aria-pressed=true]", { hasText: "By invitation" })
    .waitFor();
  await ann.page.locator("#dialog button", { hasText: "Make a link" }).click();
  const link = await ann.page.inputValue("#dialog input[readonly]");
  const eve = new Person(await people.page(web.door));
  await eve.page.fill("#join-name", "eve");
  await eve.page.press("#join-name", "Enter");
  await eve.page.fill("#join-login-password", LOGIN);
  await eve.page.press("#join-login-password", "Enter");
  await eve.online();
  await eve.page.evaluate(`location.hash = ${JSON.stringify(new URL(link).hash)}`);
  await eve.page.locator("#title", { hasText: "# den" }).waitFor();
  await eve.say("here I am");
  await eve.hasSent("here I am");
  await becomes(() => eve.page.textContent("#me"), "eve");
  await becomes(() => eve.page.evaluate("location.hash"), "#den");
});

browserTest("a link opens its room in a tab in which a guest was elsewhere", async (people) => {
  await using web = await startWithAccounts();
  const ann = await host(people, web);
  await ann.page.locator("#dialog button", { hasText: "Make a link" }).click();
  const link = await ann.page.inputValue("#dialog input[readonly]");
  const tom = await people.join(web.door, "tom");
  await tom.say("/join ops");
  await tom.page.locator("#title", { hasText: "# ops" }).waitFor();
  // Pasted into the address, and then opened over another page.
  await tom.page.evaluate(`location.hash = ${JSON.stringify(new URL(link).hash)}`);
  await tom.page.locator("#title", { hasText: "# den" }).waitFor();
  await becomes(() => tom.page.evaluate("location.hash"), "#den");
  await tom.say("from the link");
  await ann.sees("from the link");
  const eve = await people.join(web.door, "tim");
  await eve.page.goto("about:blank");
  await eve.page.goto(`http://127.0.0.1:${web.door.addr.port}/${new URL(link).hash}`);
  await eve.page.locator("#title", { hasText: "# den" }).waitFor();
  await becomes(() => eve.page.evaluate("location.hash"), "#den");
});
