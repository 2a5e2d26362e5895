/** Browsers, a terminal client and a classic client in one room. */

import { assert, assertEquals } from "@std/assert";
import { joinEvent } from "../helpers.ts";
import { command } from "../program.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest, Person } from "./browser.ts";
import { classicClient } from "./classic_client.ts";

browserTest(
  "two browsers, a client in a pipe and a Python script talk in one room",
  async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann");
    const bob = await people.join(web.door, "bob");
    const piped = command(["connect", `127.0.0.1:${web.server.addr.port}`, "--name", "pipe"])
      .spawn();
    const script = classicClient(web.server.addr.port);
    const writer = piped.stdin.getWriter();
    try {
      await ann.page.locator("#members", { hasText: "python" }).waitFor();
      // A pipe looks in without being announced.
      await writer.write(new TextEncoder().encode("from a pipe\n"));
      await ann.sees("from a pipe");
      await ann.say("from a browser");
      await bob.sees("from a browser");
      await script.say("from a script");
      for (const person of [ann, bob]) await person.sees("from a script");
      await becomes(() => bob.texts(), ["from a pipe", "from a browser", "from a script"]);
      await becomes(() => ann.texts(), ["from a pipe", "from a browser", "from a script"]);
      await bob.say("goodbye");
      await ann.sees("goodbye");
      assertEquals(await script.heard("goodbye"), [
        "pipe: from a pipe",
        "ann: from a browser",
        "bob: goodbye",
      ]);
    } finally {
      await writer.close();
      await script.end();
      const { stdout } = await piped.output();
      assert(new TextDecoder().decode(stdout).includes("ann: from a browser"));
    }
  },
);

browserTest("rooms, direct messages, mentions and unread counts", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  const bob = await people.join(web.door, "bob");
  await ann.say("/join dev");
  await ann.page.locator("#title", { hasText: "dev" }).waitFor();
  await bob.say("one for everybody");
  await bob.say("@ann one for you");
  const lobby = ann.page.locator("#rooms button", { hasText: "lobby" });
  await lobby.locator(".badge.strong", { hasText: "2" }).waitFor();
  await becomes(() => ann.page.title(), "(2) dev · chatroom");
  await bob.say("/msg ann psst");
  await ann.page.locator("#directs button", { hasText: "bob" }).click();
  await ann.sees("psst");
  await ann.say("psst back");
  await bob.sees("psst back");
  await ann.page.keyboard.press("Alt+1");
  await ann.page.locator("#list .unread-line").waitFor();
  assertEquals(
    await ann.page.locator("#list .unread-line ~ .said .text").allTextContents(),
    ["one for everybody", "@ann one for you"],
  );
  await becomes(() => ann.page.locator("#list .addressed .text").allTextContents(), [
    "@ann one for you",
  ]);
  await ann.until("document.title === 'lobby · chatroom'");
});

browserTest("commands complete and answer, and a mistaken one says what to do", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  await ann.page.locator("#input").pressSequentially("/jo");
  await ann.page.locator("#choices li", { hasText: "/join ROOM" }).waitFor();
  await ann.page.keyboard.press("Tab");
  await becomes(() => ann.page.inputValue("#input"), "/join ");
  await ann.page.keyboard.type("dev");
  await ann.page.keyboard.press("Enter");
  await ann.page.locator("#title", { hasText: "dev" }).waitFor();
  await ann.say("/topic what we build");
  await ann.page.locator("#topic", { hasText: "what we build" }).waitFor();
  await ann.say("/me waves");
  await ann.page.locator("#list .action .text", { hasText: "ann waves" }).waitFor();
  await ann.say("//slash");
  await ann.hasSent("/slash");
  await ann.say("/nick anna");
  await ann.page.locator("#me", { hasText: "anna" }).waitFor();
  await ann.say("/jion x");
  await ann.page.locator("#list .told.error", { hasText: "did you mean /join?" }).waitFor();
  await ann.say("/search slash");
  await ann.page.locator("dialog .pick", { hasText: "/slash" }).click();
  await ann.page.locator("#list .pointed .text", { hasText: "/slash" }).waitFor();
  await ann.say("/leave");
  await ann.page.locator("#title", { hasText: "lobby" }).waitFor();
  await ann.say("/leave");
  await ann.page.locator("#title", { hasText: "No room" }).waitFor();
  await ann.say("/join lobby");
  await ann.page.locator("#title", { hasText: "lobby" }).waitFor();
  await ann.say("/quit");
  await ann.page.locator("#join").waitFor();
});

browserTest("emoji are suggested by their names, and taken with the keyboard", async (people) => {
  await using web = await startWeb();
  const { page } = await people.join(web.door, "ann");
  const input = page.locator("#input");
  const chosen = (text: string): Promise<void> =>
    page.locator("#choices [aria-selected=true]", { hasText: text }).waitFor();
  await input.pressSequentially("nice :tad");
  await chosen("🎉 :tada:");
  assertEquals(
    await input.getAttribute("aria-activedescendant"),
    await page.locator("#choices [aria-selected=true]").getAttribute("id"),
  );
  await page.keyboard.press("Tab");
  assertEquals(await page.inputValue("#input"), "nice 🎉");
  await page.keyboard.type(" :smile");
  await chosen(":smile:");
  await page.keyboard.press("ArrowDown");
  await chosen(":smiley:");
  await page.keyboard.press("Enter");
  assertEquals(await page.inputValue("#input"), "nice 🎉 😃");
  await page.keyboard.type(" :smile");
  await chosen(":smile:");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await page.locator("#list .text", { hasText: "nice 🎉 😃 :smile" }).waitFor();
  // What is no name is sent by the first Enter.
  await page.keyboard.type("well :D");
  await page.keyboard.press("Enter");
  await page.locator("#list .text", { hasText: "well :D" }).waitFor();
});

browserTest("a record that is put in the table is a command of the page", async (people) => {
  await using web = await startWeb();
  const record = await Deno.readTextFile(new URL("../fixtures/shrug.js", import.meta.url));
  const page = await people.page(web.door);
  await page.route("**/words/commands/table.js", async (route) => {
    const response = await route.fetch();
    const served = record.replace("../../lib/words/", "../");
    const body = `${await response.text()}\n${served}\nCOMMANDS.push(shrug);\n`;
    await route.fulfill({ response, body });
  });
  await page.reload();
  const ann = new Person(page);
  await ann.joinAs("ann");
  await page.locator("#input").pressSequentially("/shr");
  await page.locator("#choices li", { hasText: "/shrug [TEXT]" }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type("well");
  await page.keyboard.press("Enter");
  await ann.hasSent("well ¯\\_(ツ)_/¯");
  await ann.say("/help");
  await page.locator("dialog dt", { hasText: "/shrug [TEXT]" }).waitFor({ state: "attached" });
});

browserTest(
  "a link leads into its room, and a connection that comes back does not lead away",
  async (people) => {
    await using web = await startWeb();
    const ann = new Person(await people.page(web.door, {}, "#dev"));
    await ann.joinAs("ann");
    await ann.page.locator("#title", { hasText: "dev" }).waitFor();
    await ann.say("/join ops");
    await ann.page.locator("#title", { hasText: "ops" }).waitFor();
    await ann.page.reload();
    await ann.online();
    await becomes(() => ann.page.textContent("#title"), "# ops");
  },
);

browserTest("whoever asks who is here is answered, also where they are listed", async (people) => {
  await using web = await startWeb();
  using _bob = await joinEvent(web.server, "bob");
  const ann = await people.join(web.door, "ann", { viewport: { width: 1440, height: 900 } });
  const { page } = ann;
  await page.locator("#members button", { hasText: "bob" }).waitFor();
  await ann.say("/who");
  await page.locator("#list .told", { hasText: "2 people in lobby: ann, bob" }).waitFor();
  await page.click("#people-close");
  await ann.say("/who");
  await page.locator("#members button", { hasText: "bob" }).waitFor();
});

browserTest("a page that stays open over midnight tells the days anew", async (people) => {
  await using web = await startWeb();
  const page = await people.page(web.door);
  // Its timers are those of the clock from its beginning on.
  await page.clock.install();
  await page.reload();
  const ann = new Person(page);
  await ann.joinAs("ann");
  await ann.say("see you tomorrow");
  await ann.hasSent("see you tomorrow");
  const days = (): Promise<string[]> => page.locator("#list .day").allTextContents();
  await becomes(days, ["Today"]);
  await page.clock.fastForward(24 * 60 * 60_000);
  await becomes(days, ["Yesterday"]);
});
