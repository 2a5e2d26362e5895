/** What was said with a file is taken away on the page, and the file stays. */

import { assertEquals } from "@std/assert";
import { becomes, browserTest, type Person } from "./browser.ts";
import { fileRow, hand, PHONE, startFiles, TEXT } from "./sending.ts";

/** Sends a file with a text, and begins to edit that. */
async function beginsToEdit(person: Person): Promise<void> {
  const { page } = person;
  await page.locator("#attach").waitFor();
  await hand(page, "drop", TEXT);
  await page.locator("#dialog-title", { hasText: "Send to #lobby" }).waitFor();
  await page.fill("#caption", "for noon");
  await page.locator("#dialog .primary", { hasText: "Send" }).click();
  await fileRow(person, TEXT.name).waitFor();
  await becomes(() => person.texts(), ["for noon"]);
  await page.locator("#input").focus();
  await page.keyboard.press("ArrowUp");
  await becomes(() => page.inputValue("#input"), "for noon");
}

for (const how of ["Enter", "the button of a phone"]) {
  browserTest(`the text of a file that is edited to nothing goes by ${how}`, async (people) => {
    await using web = await startFiles();
    const ann = await people.join(web.door, "ann", how === "Enter" ? {} : PHONE);
    const bob = await people.join(web.door, "bob");
    await beginsToEdit(ann);
    await becomes(() => bob.texts(), ["for noon"]);
    await ann.page.fill("#input", "");
    if (how === "Enter") await ann.page.keyboard.press("Enter");
    else await ann.page.locator("#send").tap();
    for (const person of [ann, bob]) {
      await becomes(async () => (await person.texts()).filter((text) => text !== ""), []);
      await fileRow(person, TEXT.name).waitFor();
    }
    await becomes(() => ann.page.locator("#mode").isVisible(), false);
    assertEquals(await ann.page.locator("dialog[open]").count(), 0);
  });
}

browserTest(
  "Enter on an edit of which nothing is left asks whether the message is to go",
  async (people) => {
    await using web = await startFiles();
    const ann = await people.join(web.door, "ann");
    await ann.say("tea at four");
    await ann.hasSent("tea at four");
    await ann.page.keyboard.press("ArrowUp");
    await becomes(() => ann.page.inputValue("#input"), "tea at four");
    await ann.page.fill("#input", "");
    await ann.page.keyboard.press("Enter");
    await ann.page.locator("dialog[open] button", { hasText: "Remove" }).click();
    await becomes(() => ann.texts(), []);
  },
);
