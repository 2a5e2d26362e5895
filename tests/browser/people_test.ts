/** Passwords, reserved names, and being sent away, as somebody at the page meets them. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async/delay";
import { CHEAP, LOGIN, logWith } from "../fixtures/guests.ts";
import { joinEvent } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest, Person } from "./browser.ts";

const ERROR = "#join-error";

/** Everything that the browser keeps for the page, and all that the page shows. */
function kept(person: Person): Promise<string> {
  return person.page.evaluate(
    `JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.body.textContent,
      [...document.querySelectorAll("input, textarea")].map((field) => field.value)])`,
  );
}

/** Presses Join until the server looks at passwords again, after one that was wrong. */
async function joinPatiently(person: Person): Promise<void> {
  while (await person.page.isVisible("#join")) {
    if (await person.page.isEnabled("#join-button")) await person.page.click("#join-button");
    // A person looks at what it says; nothing tells when the server's second is over.
    await delay(100);
  }
  await person.online();
}

browserTest(
  "a server with a password asks for it, again after a wrong one, and not after a reload",
  async (people) => {
    await using web = await startWeb({}, { password: "sesame seed" });
    const ann = new Person(await people.page(web.door));
    const { page } = ann;
    await page.fill("#join-name", "ann");
    await becomes(() => page.isVisible("#join-password"), false);
    await page.press("#join-name", "Enter");
    await page.locator(ERROR, { hasText: "This server asks for a password." }).waitFor();
    await page.keyboard.type("sesame");
    await page.keyboard.press("Enter");
    await page.locator(ERROR, { hasText: "That is not this server's password." }).waitFor();
    await becomes(() => page.inputValue("#join-password"), "");
    // The server looks at none for a second, and the page waits as long by itself.
    await page.keyboard.type("sesame seed");
    await page.keyboard.press("Enter");
    await ann.online();
    await ann.say("open");
    await ann.hasSent("open");
    assert(!(await kept(ann)).includes("sesame"));
    await page.reload();
    // The same session, which had said it, is proof enough.
    await ann.online();
    await ann.sees("open");
    web.server.change({ password: "another" });
    await page.reload();
    await page.locator(ERROR, { hasText: "This server asks for a password." }).waitFor();
    await becomes(() => page.inputValue("#join-name"), "ann");
    await page.keyboard.type("another");
    await page.keyboard.press("Enter");
    await ann.online();
    await ann.sees("open");
    await becomes(() => page.textContent("#me"), "ann");
  },
);

browserTest("a reserved name needs its password, and another name needs none", async (people) => {
  const factLog = await logWith({ ann: "owner" });
  await using web = await startWeb({}, { passwords: CHEAP, factLog });
  const ann = new Person(await people.page(web.door));
  const { page } = ann;
  await page.fill("#join-name", "ann");
  await page.press("#join-name", "Enter");
  await page.locator(ERROR, { hasText: "The name ann is reserved" }).waitFor();
  await page.fill("#join-name", "anna");
  await becomes(() => page.isVisible("#join-login-password"), false);
  await page.fill("#join-name", "ann");
  await page.press("#join-name", "Enter");
  await page.waitForSelector("#join-login-password");
  await page.keyboard.type("wrong horse");
  await page.keyboard.press("Enter");
  await page.locator(ERROR, { hasText: "That is not the password of ann." }).waitFor();
  await page.keyboard.type(LOGIN);
  await joinPatiently(ann);
  await becomes(() => page.textContent("#me"), "ann");
  await ann.say("/bans");
  await page.locator("#list .told", { hasText: "Nobody is banned or muted." }).waitFor();
  assert(!(await kept(ann)).includes("horse"));
  // The session has shown it.
  await page.reload();
  await ann.online();
});

browserTest("a password that is typed is neither shown nor kept", async (people) => {
  await using web = await startWeb({}, { passwords: CHEAP });
  const ann = await people.join(web.door, "ann");
  await ann.page.locator("#input").pressSequentially("/register correct horse");
  assertEquals(
    await ann.page.evaluate("getComputedStyle(input).webkitTextSecurity"),
    "disc",
  );
  assert(!(await ann.page.evaluate<string>("JSON.stringify(sessionStorage)")).includes("correct"));
  await ann.page.press("#input", "Enter");
  await ann.page.locator("#list .told", { hasText: "The name ann is yours now" }).waitFor();
  await ann.say("/passwd another horse");
  await ann.page.locator("#list .told", { hasText: "ann has another password now." }).waitFor();
  await ann.say(" /login another horse");
  await ann.page.locator("#list .told.error", { hasText: "Not said, as it may hold" }).waitFor();
  assert(!(await kept(ann)).includes("horse"));
  await ann.page.fill("#input", "an ordinary line");
  assertEquals(
    await ann.page.evaluate("getComputedStyle(input).webkitTextSecurity"),
    "none",
  );
});

browserTest(
  "who is banned is told by whom, until when and why, and does not come back",
  async (people) => {
    const factLog = await logWith({ ann: "owner" });
    await using web = await startWeb({}, { passwords: CHEAP, factLog });
    using ann = await joinEvent(web.server, "ann", { login: LOGIN });
    const bob = await people.join(web.door, "bob");
    const away = async (action: string, text: RegExp): Promise<void> => {
      const deed = { type: "mod", action, target: "bob", reason: "spam" };
      await ann.ask(action === "ban" ? { ...deed, forMs: 7_200_000 } : deed);
      await bob.page.locator(ERROR, { hasText: text }).waitFor();
    };
    await bob.page.keyboard.type("half a ");
    await away("kick", /You were sent away.* by ann: spam\./);
    // The rest of the line is no name, and why stays to be read also while one chooses another.
    await bob.page.keyboard.type("line");
    await bob.page.keyboard.press("Enter");
    await becomes(() => bob.page.inputValue("#join-name"), "bob");
    await bob.page.locator("#join-name").pressSequentially("by");
    await bob.page.locator(ERROR, { hasText: "by ann: spam." }).waitFor();
    await becomes(() => bob.page.locator("#join-button").textContent(), "Join");
    // Nor when the page is loaded anew, unless somebody says so.
    await bob.page.reload();
    await bob.page.waitForSelector("#join");
    assertEquals((await ann.ask({ type: "who", room: "lobby" })).members, ["ann"]);
    await bob.joinAs("bob");
    await away("ban", /You are banned by ann until \d{4}-.* UTC: spam\./);
    await bob.page.click("#join-button");
    await bob.page.locator(ERROR, { hasText: "You are banned by ann until" }).waitFor();
    assertStringIncludes(await bob.page.textContent(ERROR) ?? "", "spam");
  },
);

browserTest("one writes to people who are there, and to nobody else", async (people) => {
  const factLog = await logWith({ Eve: "member" });
  await using web = await startWeb({}, { passwords: CHEAP, factLog });
  using _bob = await joinEvent(web.server, "Bob");
  const ann = await people.join(web.door, "ann");
  const { page } = ann;
  const talks = (): Promise<string[]> => page.locator("#directs .label").allTextContents();
  await page.click("#write-open");
  await page.locator("#dialog input").fill("bobby");
  await page.keyboard.press("Enter");
  await page.locator("#dialog .error", { hasText: "Nobody here is called bobby" }).waitFor();
  assertEquals(await talks(), []);
  // It can be mended at once, and the name is written as its person does.
  await page.locator("#dialog input").fill("@bOB");
  await page.keyboard.press("Enter");
  await page.locator("#title", { hasText: "Bob" }).waitFor();
  await becomes(() => page.textContent("#title"), "Bob");
  await becomes(() => talks(), ["Bob"]);
  // By a line and by an address, too.
  await ann.say("/msg nobodee hello");
  await page.locator("#list .told.error", { hasText: "Nobody here is called nobodee" }).waitFor();
  await becomes(() => page.inputValue("#input"), "/msg nobodee hello");
  await ann.say("/msg eve hello");
  await ann.hasSent("hello");
  await becomes(() => talks(), ["Bob", "Eve"]);
  await page.evaluate('location.hash = "#@nobodee"');
  await page.locator("#list .told.error", { hasText: "Nobody here is called nobodee" }).waitFor();
  await becomes(() => page.evaluate("location.hash"), "#@Eve");
  await page.evaluate('location.hash = "#@ANN"');
  await becomes(() => talks(), ["Bob", "Eve", "ann"]);
});

for (const account of ["ann", ""]) {
  const who = account === "" ? "a guest" : "somebody with an account";
  browserTest(`who says that they are away is not here, as ${who} sees it`, async (people) => {
    const factLog = await logWith({ ann: "member", eve: "member" });
    await using web = await startWeb({}, { passwords: CHEAP, factLog });
    using eve = await joinEvent(web.server, "eve", { login: LOGIN });
    using guest = await joinEvent(web.server, "tom");
    const me = new Person(await people.page(web.door));
    const { page } = me;
    await page.fill("#join-name", account || "ned");
    await page.press("#join-name", "Enter");
    if (account !== "") {
      await page.fill("#join-login-password", LOGIN);
      await page.press("#join-login-password", "Enter");
    }
    await me.online();
    await eve.ask({ type: "away", text: "lunch" });
    await guest.ask({ type: "away", text: "tea" });
    const listed = (name: string): Promise<string | null> =>
      page.locator("#members button", { hasText: name }).locator(".you").textContent();
    await becomes(() => listed("eve"), "away: lunch");
    await page.click("#write-open");
    const found = (name: string): Promise<string | null> =>
      page.locator("#found-people button", { hasText: name }).locator(".meta").textContent();
    await becomes(() => found("eve"), "away: lunch");
    await becomes(() => found("tom"), "guest, away: tea");
    await page.keyboard.press("Escape");
    await me.say("/whois eve");
    await page.locator("#dialog p", { hasText: /^Away: lunch/ }).waitFor();
  });
}
