/** Whoever reads at the end of the list stays there while the line below it grows. */

import { assertEquals } from "@std/assert";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest, type Person } from "./browser.ts";

const FROM_END = "Math.round(scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight)";

async function isAtEnd({ page }: Person): Promise<void> {
  // Not only for a moment.
  await page.waitForTimeout(300);
  await becomes(() => page.evaluate(FROM_END), 0);
}

browserTest(
  "who reads at the end stays there while a draft grows or a message is edited",
  async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann", { viewport: { width: 1200, height: 500 } });
    const bob = await people.join(web.door, "bob");
    for (let n = 1; n <= 20; n++) await ann.say(`line ${n}`);
    await ann.hasSent("line 20");
    await isAtEnd(ann);
    await ann.page.press("#input", "ArrowUp");
    await ann.until(`document.querySelector("#input").value === "line 20"`);
    await isAtEnd(ann);
    await ann.page.press("#input", "Escape");
    await isAtEnd(ann);
    await ann.page.focus("#input");
    for (const word of ["a", "b", "c", "d", "e"]) {
      await ann.page.keyboard.type(word);
      await ann.page.keyboard.press("Shift+Enter");
      await isAtEnd(ann);
    }
    await bob.say("news");
    await ann.sees("news");
    await isAtEnd(ann);
    assertEquals(
      await ann.page.evaluate("document.scrollingElement.scrollHeight - innerHeight"),
      0,
    );
  },
);

browserTest(
  "what is typed goes into the line, also where nothing has the focus",
  async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann", { viewport: { width: 1200, height: 400 } });
    for (let n = 1; n <= 20; n++) await ann.say(`line ${n}`);
    await ann.hasSent("line 20");
    await ann.page.evaluate("scroller.scrollTop = 0");
    await ann.page.click("#jump");
    await isAtEnd(ann);
    await ann.page.keyboard.type("after the button");
    await becomes(() => ann.page.inputValue("#input"), "after the button");
    await ann.page.evaluate("document.activeElement.blur()");
    await ann.page.keyboard.type(", and from nowhere");
    await becomes(() => ann.page.inputValue("#input"), "after the button, and from nowhere");
  },
);
