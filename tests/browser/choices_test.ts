/** What the page offers for a word that is being typed, and what becomes of it when the line is sent. */

import { assertEquals } from "@std/assert";
import { joinEvent } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest } from "./browser.ts";

const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };

browserTest(
  "the name of an emoji that stands whole is sent as the emoji, in one go",
  async (people) => {
    await using web = await startWeb();
    using bob = await joinEvent(web.server, "bob");
    const ann = await people.join(web.door, "ann");
    const { page } = ann;
    await page.locator("#input").pressSequentially("lunch! :tada:");
    await page.locator("#choices li", { hasText: ":tada:" }).waitFor();
    await page.keyboard.press("Enter");
    await ann.hasSent("lunch! 🎉");
    assertEquals(await page.inputValue("#input"), "");
    assertEquals((await bob.takeType("message")).text, "lunch! 🎉");
    // Also where nothing is offered, and in what a command takes.
    await ann.say("again :tada:");
    await ann.hasSent("again 🎉");
    await ann.say("/react 1 :+1:");
    await page.locator("#list .chip", { hasText: "👍" }).waitFor();
    // A part of a name is completed first.
    await page.locator("#input").pressSequentially(":tad");
    await page.locator("#choices li", { hasText: ":tada:" }).waitFor();
    await page.keyboard.press("Enter");
    await becomes(() => page.inputValue("#input"), "🎉");
    await page.keyboard.press("Enter");
    await becomes(async () => (await ann.texts()).at(-1), "🎉");
    // What is no name stays as it is written.
    await ann.say("at 10:30:");
    await ann.hasSent("at 10:30:");
  },
);

for (const [where, options] of [["a desk", {}], ["a phone", PHONE]] as const) {
  browserTest(`names that begin alike are told apart at ${where}`, async (people) => {
    await using web = await startWeb();
    const long = "Bartholomew Featherstonehaugh the Younger of Upper Slaughter";
    using _one = await joinEvent(web.server, `${long} I`);
    using _other = await joinEvent(web.server, `${long} II`);
    const ann = await people.join(web.door, "ann", options);
    const { page } = ann;
    await page.locator("#input").pressSequentially("@barth");
    const labels = page.locator("#choices .label");
    await becomes(() => labels.allTextContents(), [`${long} I`, `${long} II`]);
    // All of each is seen.
    assertEquals(
      await labels.evaluateAll((all) =>
        all.filter(({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
          scrollWidth > clientWidth || scrollHeight > clientHeight
        ).length
      ),
      0,
    );
    await page.fill("#input", "");
    await page.locator("#input").pressSequentially("so :hea");
    await page.locator("#choices li", { hasText: ":heart:" }).waitFor();
    assertEquals(await labels.first().textContent(), "❤️ :heart:");
  });
}
