/// <reference lib="dom" />
/** What is told to whoever is at the page, who may look at something else: answers to commands and what went wrong. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Locator } from "playwright-core";
import { Proxy } from "../proxy.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest, type Person } from "./browser.ts";

const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };

/** What lies over what is looked at. */
function box({ page }: Person): Locator {
  return page.locator(".toast:not(.unseen)");
}

/** Goes up to where the end is not in sight. */
async function scrollUp(person: Person): Promise<void> {
  await person.page.evaluate("document.querySelector('#scroller').scrollTop = 0");
  await person.page.locator("#jump").waitFor();
}

async function talk(person: Person): Promise<void> {
  await person.say(Array.from({ length: 80 }, (_, n) => `line ${n}`).join("\n"));
  await person.hasSent("line 79");
  // What tells comes late.
  await person.page.waitForSelector(".toast", { state: "attached" });
}

/** Whether nothing else lies over the middle of an element. */
function isOnTop(element: Locator): Promise<boolean> {
  return element.evaluate((node) => {
    const { left, top, width, height } = node.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    return node.contains(hit);
  });
}

for (const [where, options] of [["a desk", {}], ["a phone", PHONE]] as const) {
  browserTest(`whoever has scrolled up sees what answers a command at ${where}`, async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann", options);
    await talk(ann);
    // At the end it stands in the list, and nowhere else.
    await ann.say("/whois nobody");
    const inList = ann.page.locator("#list .told.error", { hasText: "nobody" });
    await inList.waitFor();
    assertEquals(await box(ann).count(), 0);
    await scrollUp(ann);
    await ann.say("/whois nobody2");
    await box(ann).waitFor();
    assertMatch(await ann.page.getByRole("alert").last().textContent() ?? "", /nobody2/);
    assert(await isOnTop(box(ann)), "something lies over what is told");
    const { x = 0, width = 0 } = await box(ann).boundingBox() ?? {};
    const { width: whole } = ann.page.viewportSize() ?? { width: 0 };
    assert(x >= 0 && x + width <= whole, `from ${x}, ${width} wide`);
    // The way to the end is still there, and who writes goes on writing.
    assert(await isOnTop(ann.page.locator("#jump")));
    assertEquals(await ann.page.evaluate("document.activeElement?.id"), "input");
    await ann.page.keyboard.press("Escape");
    await box(ann).waitFor({ state: "detached" });
    assertEquals(await ann.page.locator("#jump").isVisible(), true);
  });
}

browserTest("an answer is told as a status, and closed with its button", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  await talk(ann);
  await scrollUp(ann);
  await ann.say("/topic");
  await box(ann).waitFor();
  assertMatch(
    await ann.page.locator(".toast [role=status]").textContent() ?? "",
    /lobby has no topic/,
  );
  // It is reached with Tab, and gives back the focus.
  const close = ann.page.getByRole("button", { name: "Close what is told" });
  await close.focus();
  await ann.page.keyboard.press("Enter");
  await box(ann).waitFor({ state: "detached" });
  assertEquals(await ann.page.evaluate("document.activeElement?.id"), "input");
});

browserTest("what goes wrong behind a dialog is told all the same", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  await talk(ann);
  await ann.page.click("#search-open");
  await ann.page.fill("#dialog input", "after:never x");
  await ann.page.keyboard.press("Enter");
  await ann.page.locator("dialog .toast:not(.unseen)").waitFor();
  assert(await isOnTop(box(ann)), "the dialog lies over what is told");
  await ann.page.keyboard.press("Escape");
  await ann.page.waitForSelector("#dialog:not([open])", { state: "attached" });
  // It stays until it was read, or closed.
  await box(ann).waitFor();
  await ann.page.keyboard.press("Escape");
  await box(ann).waitFor({ state: "detached" });
});

browserTest(
  "what goes wrong while a drawer lies over the messages is told over that",
  async (people) => {
    await using web = await startWeb();
    await using proxy = new Proxy({ addr: { transport: "tcp", ...web.door.addr } });
    const ann = await people.join(proxy, "ann", PHONE);
    await ann.page.waitForSelector(".toast", { state: "attached" });
    proxy.refusing = true;
    proxy.cut();
    await ann.offline();
    await ann.page.click("#side-open");
    await ann.page.click("#rooms-open");
    await box(ann).filter({ hasText: "There is no connection" }).waitFor();
    assert(await isOnTop(box(ann)), "the drawer lies over what is told");
  },
);

browserTest("what was told in one place does not stay over another", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  await talk(ann);
  await ann.say("/join dev");
  await ann.page.locator("#title", { hasText: "# dev" }).waitFor();
  await ann.page.keyboard.press("Alt+1");
  await ann.page.locator("#title", { hasText: "# lobby" }).waitFor();
  await scrollUp(ann);
  await ann.say("/whois nobody");
  await box(ann).waitFor();
  await ann.page.keyboard.press("Alt+2");
  await box(ann).waitFor({ state: "detached" });
  // Nor does it come back with the place.
  await ann.page.keyboard.press("Alt+1");
  await ann.page.locator("#title", { hasText: "# lobby" }).waitFor();
  await ann.settled();
  assertEquals(await box(ann).count(), 0);
});

browserTest(
  "what was told first goes first, and what was told last stands last",
  async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann");
    const { page } = ann;
    await talk(ann);
    await scrollUp(ann);
    await page.clock.install();
    await ann.say("/whois nobody");
    await box(ann).waitFor();
    await page.clock.fastForward(10_000);
    await ann.say("/topic");
    const lines = box(ann).locator("p");
    await lines.filter({ hasText: "lobby has no topic" }).waitFor();
    const tops = await lines.evaluateAll((all) =>
      all.map((line) => [line.getBoundingClientRect().top, line.textContent ?? ""] as const)
        .sort(([one], [other]) => one - other).map(([, text]) => text.slice(0, 6))
    );
    assertEquals(tops, ["Nobody", "lobby "]);
    // It looks as the last of them is meant.
    assertEquals(await page.locator(".toast.error").count(), 0);
    await page.clock.fastForward(5_000);
    await becomes(() => lines.count(), 1);
    assertMatch(await lines.first().textContent() ?? "", /lobby has no topic/);
  },
);
