/** Emphasis, quotes, lists and code on the page, and what it shows where that part does not come. */

import { assertEquals } from "@std/assert";
import { joinEvent } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { violations } from "./axe.ts";
import { becomes, browserTest, Person } from "./browser.ts";

const TEXT = "so *bold* and _it *is*_ `a*b*c`\n> quoted\n> twice\n- one\n2. two\n" +
  "```js\nlet *a*;\n```\nthat was all";

browserTest("what is written with signs is shown by what they mean", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  using bob = await joinEvent(web.server, "bob");
  await bob.ask({ type: "say", room: "lobby", text: TEXT });
  await ann.sees("that was all");
  const said = ann.page.locator("#list .said .text").last();
  const of = (css: string): Promise<string[]> => said.locator(css).allTextContents();
  await becomes(() => of("strong"), ["bold", "is"]);
  await becomes(() => of("em"), ["it ", "is"]);
  await becomes(() => of("blockquote"), ["quoted\ntwice\n"]);
  await becomes(() => of("li"), ["• one\n", "2. two"]);
  await becomes(() => of("code"), ["a*b*c", "\nlet *a*;\n"]);
  await becomes(() => said.locator("code.block").getAttribute("title"), "js");
  // What is seen has no empty lines between the blocks.
  assertEquals(
    await said.innerText(),
    [
      "so bold and it is a*b*c\nquoted\ntwice\n• one\n2. two\nlet *a*;\nthat was all",
    ].join(),
  );
  assertEquals(await violations(ann), []);
});

browserTest(
  "where the part that shows them does not come, text is shown as it was written",
  async (people) => {
    await using web = await startWeb();
    const page = await people.page(web.door);
    await page.route("**/text_view.js", (route) => route.abort());
    await page.reload();
    const ann = new Person(page);
    await ann.joinAs("ann");
    await ann.say("so *bold*");
    await ann.hasSent("so *bold*");
  },
);
