/** What becomes of messages on the page: answers, edits, removals, reactions and pins, with a mouse and a finger. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { CHEAP, logWith } from "../fixtures/guests.ts";
import { joinEvent } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest } from "./browser.ts";
import { choose, PHONE, ROOM, rowOf, signIn } from "./life.ts";

browserTest(
  "an answer quotes what it answers and leads there; an edit changes both where they stand",
  async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann");
    const bob = await people.join(web.door, "bob");
    await bob.say("shall we have lunch?");
    await ann.sees("shall we have lunch?");
    await rowOf(ann, "lunch").hover();
    await ann.page.getByRole("button", { name: "Reply" }).click();
    assertEquals(
      await ann.page.textContent("#mode-text"),
      "Answering bob: shall we have lunch?",
    );
    await ann.page.keyboard.type("yes");
    await ann.page.keyboard.press("Enter");
    const quote = rowOf(bob, "yes").locator(".quote");
    await quote.waitFor();
    assertMatch(await quote.textContent() ?? "", /bob shall we have lunch\?/);
    await becomes(() => ann.page.locator("#mode").isVisible(), false);
    // So far away that the quote leads to something.
    for (let n = 0; n < 40; n++) await bob.say(`line ${n}`);
    await bob.hasSent("line 39");
    await quote.click();
    await bob.page.locator("#list .pointed .text", { hasText: "lunch" }).waitFor();
    await choose(bob, "shall we have lunch?", "Edit");
    await becomes(() => bob.page.inputValue("#input"), "shall we have lunch?");
    await bob.page.fill("#input", "shall we have dinner?");
    await bob.page.keyboard.press("Enter");
    await bob.page.locator("#list .edited .text", { hasText: "dinner" }).waitFor();
    await ann.page.locator("#list .edited .text", { hasText: "dinner" }).waitFor();
    await ann.page.locator("#list .quote", { hasText: "dinner" }).waitFor();
    assertEquals(await ann.page.locator("#list", { hasText: "lunch" }).count(), 0);
    // It was said once, and is still in its place.
    await becomes(
      async () => (await ann.texts()).filter((text) => text.includes("shall we")).length,
      1,
    );
  },
);

browserTest(
  "Up edits what was said last, and leaves alone what was being written",
  async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann");
    const { page } = ann;
    await ann.say("//me too");
    await ann.hasSent("/me too");
    await page.waitForSelector(".tools");
    await page.keyboard.press("ArrowUp");
    // As it was typed: with one slash it would be a command.
    await becomes(() => page.inputValue("#input"), "//me too");
    await page.keyboard.type(", please");
    await page.keyboard.press("Enter");
    await page.locator("#list .edited .text", { hasText: "/me too, please" }).waitFor();
    await becomes(() => page.inputValue("#input"), "");
    // What is written elsewhere waits there.
    await page.keyboard.type("a draft");
    await choose(ann, "/me too", "Edit");
    await page.keyboard.type("!");
    await page.keyboard.press("Escape");
    await becomes(() => page.inputValue("#input"), "a draft");
    await becomes(() => ann.texts(), ["/me too, please"]);
  },
);

browserTest(
  "what is removed is gone for everybody, also from what quotes it, and its writer is asked first",
  async (people) => {
    const factLog = await logWith({ ann: "operator" });
    await using web = await startWeb({}, { passwords: CHEAP, factLog });
    const ann = await signIn(people, web.door, "ann");
    const bob = await people.join(web.door, "bob");
    await bob.say("a secret");
    await bob.hasSent("a secret");
    await bob.say("something else");
    await rowOf(ann, "a secret").hover();
    await ann.page.getByRole("button", { name: "Reply" }).click();
    await ann.page.keyboard.type("oh");
    await ann.page.keyboard.press("Enter");
    await rowOf(bob, "oh").locator(".quote").waitFor();
    await choose(bob, "a secret", "Remove");
    await bob.page.getByRole("button", { name: "Keep it" }).click();
    assertEquals(await bob.page.locator(".gone").count(), 0);
    await choose(bob, "a secret", "Remove");
    await bob.page.getByRole("button", { name: "Remove", exact: true }).click();
    for (const person of [ann, bob]) {
      await person.page.locator(".gone", { hasText: "This message was removed at" }).waitFor();
      await person.page.locator(".answers", { hasText: "was removed or is gone" }).waitFor();
      assertEquals(await person.page.locator("#room", { hasText: "a secret" }).count(), 0);
    }
    // Who keeps order says why.
    await choose(ann, "something else", "Remove");
    await ann.page.getByLabel("Why").fill("off topic");
    await ann.page.keyboard.press("Enter");
    await bob.page.locator(".gone", { hasText: "removed by ann at" }).waitFor();
    assertMatch(await bob.page.locator(".gone").last().textContent() ?? "", /: off topic$/);
    await bob.page.reload();
    await bob.online();
    await bob.page.locator(".gone", { hasText: "removed by ann at" }).waitFor();
    assertEquals(await bob.page.locator("#room", { hasText: "secret" }).count(), 0);
  },
);

browserTest(
  "reactions are counted once, taken back, chosen by name, and tell whose",
  async (people) => {
    await using web = await startWeb();
    using bob = await joinEvent(web.server, "bob", { features: ["people", "life"] });
    const ann = await people.join(web.door, "ann");
    const { page } = ann;
    const { seq: re } = await bob.ask({ type: "say", ...ROOM, text: "lunch?" });
    await ann.sees("lunch?");
    const row = rowOf(ann, "lunch?");
    await row.hover();
    await page.getByRole("button", { name: "React to bob: lunch?", exact: true }).click();
    await page.getByLabel("Look for an emoji").fill("pizza");
    await page.keyboard.press("Enter");
    const chip = row.locator(".chip", { hasText: "🍕" });
    await chip.waitFor();
    await becomes(() => chip.getAttribute("aria-label"), "React with pizza, only you");
    await becomes(() => chip.getAttribute("aria-pressed"), "true");
    const { reactions } = await bob.ask({ type: "reactions", ...ROOM, re });
    assertEquals(reactions, [{ key: "🍕", names: ["ann"], count: 1 }]);
    await chip.click();
    await chip.waitFor({ state: "detached" });
    // Chosen once, it is among those that are offered first.
    await row.locator(".more").click();
    await page.getByRole("menuitemcheckbox", { name: "React with pizza" }).click();
    await chip.waitFor();
    // The menu has what can be done by now, though its row stands as it was made.
    await row.locator(".more").click();
    await page.getByRole("menuitem", { name: "Who reacted" }).waitFor();
    await page.getByRole("menuitemcheckbox", { name: "Take back pizza" }).waitFor();
    await page.keyboard.press("Escape");
    await page.reload();
    await ann.online();
    await chip.waitFor();
    await becomes(() => chip.getAttribute("aria-label"), "React with pizza, only you");
    await choose(ann, "lunch?", "Who reacted");
    await page.locator("#dialog .setting", { hasText: "🍕" }).locator(".name", { hasText: "ann" })
      .waitFor();
  },
);

browserTest("what is pinned stands above the messages, and leads to them", async (people) => {
  const factLog = await logWith({ ann: "operator" });
  await using web = await startWeb({}, { passwords: CHEAP, factLog });
  const ann = await signIn(people, web.door, "ann");
  const bob = await people.join(web.door, "bob");
  for (const text of ["the first", "the second"]) {
    await bob.say(text);
    await ann.sees(text);
    await choose(ann, text, "Pin to this room");
    await rowOf(bob, text).locator(".pin").waitFor();
  }
  for (let n = 0; n < 40; n++) await bob.say(`line ${n}`);
  await bob.hasSent("line 39");
  // Nobody else is offered what hosts and operators do.
  const row = rowOf(bob, "line 39");
  await row.hover();
  await row.locator(".more").click();
  assertEquals(await bob.page.getByRole("menuitem", { name: "Pin to this room" }).count(), 0);
  await bob.page.keyboard.press("Escape");
  assertMatch(await bob.page.textContent("#pins .pinned-last") ?? "", /bob: the second$/);
  await bob.page.click("#pins .pinned-last");
  await bob.page.locator("#list .pointed .text", { hasText: "the second" }).waitFor();
  await ann.page.locator("#pins button", { hasText: "All 2" }).click();
  const first = ann.page.locator("#dialog li", { hasText: "the first" });
  await first.locator("button", { hasText: "Unpin" }).click();
  await first.waitFor({ state: "detached" });
  await bob.page.locator("#pins button", { hasText: "Show" }).waitFor();
  await rowOf(bob, "the first").locator(".pin").waitFor({ state: "detached" });
});

browserTest(
  "the link to a message is copied, and so is its text, also without a clipboard",
  async (people) => {
    await using web = await startWeb();
    const permissions = ["clipboard-read", "clipboard-write"];
    const ann = await people.join(web.door, "ann", { permissions });
    const { page } = ann;
    await ann.say("look *here*");
    await ann.hasSent("look here");
    await choose(ann, "look here", "Copy link");
    await page.locator(".toast", { hasText: "The link was copied." }).waitFor();
    await becomes(() => page.evaluate("navigator.clipboard.readText()"), `${page.url()}/1`);
    // As pages are that come without TLS from another machine.
    await page.evaluate(
      "Object.defineProperty(navigator.clipboard, 'writeText', { value: undefined })",
    );
    await choose(ann, "look here", "Copy text");
    await page.locator(".toast", { hasText: "The text was copied." }).waitFor();
    await becomes(() => page.evaluate("navigator.clipboard.readText()"), "look *here*");
  },
);

browserTest(
  "what is marked as unread from a message on stays so on all devices",
  async (people) => {
    const factLog = await logWith({ ann: "member" });
    await using web = await startWeb({}, { passwords: CHEAP, factLog });
    using bob = await joinEvent(web.server, "bob");
    const ann = await signIn(people, web.door, "ann");
    for (const text of ["one", "two", "three"]) await bob.ask({ type: "say", ...ROOM, text });
    await ann.sees("three");
    const other = await signIn(people, web.door, "ann");
    await other.sees("three");
    await other.say("/join dev");
    await other.page.locator("#title", { hasText: "# dev" }).waitFor();
    await choose(ann, "two", "Mark unread from here");
    await ann.page.locator(".unread-line").waitFor();
    await becomes(() => ann.page.locator(".unread-line ~ .said .text").allTextContents(), [
      "two",
      "three",
    ]);
    await other.page.locator("#rooms button", { hasText: "lobby" }).locator(".badge", {
      hasText: "2",
    }).waitFor();
    await ann.page.locator("#rooms button", { hasText: "lobby" }).locator(".badge", {
      hasText: "2",
    })
      .waitFor();
  },
);

browserTest(
  "a row is painted in place: nothing jumps, what is selected stays, and the focus does",
  async (people) => {
    // Guests of one address react once, all of them.
    const factLog = await logWith({ ann: "member" });
    await using web = await startWeb({}, { passwords: CHEAP, factLog });
    using bob = await joinEvent(web.server, "bob", { features: ["people", "life"] });
    const ann = await signIn(people, web.door, "ann");
    const { page } = ann;
    for (let n = 0; n < 60; n++) await bob.ask({ type: "say", ...ROOM, text: `line ${n}.` });
    await ann.sees("line 59.");
    await page.waitForSelector(".tools");
    await page.evaluate("scroller.scrollTop = scroller.scrollHeight / 2");
    const place = `(() => {
      const top = scroller.getBoundingClientRect().top;
      const row = [...document.querySelectorAll("#list .said")]
        .find((each) => each.getBoundingClientRect().top > top);
      return [row.querySelector(".text").textContent, row.getBoundingClientRect().top];
    })()`;
    const before = await page.evaluate(place) as [string, number];
    const seen = Number(/\d+/.exec(before[0])?.[0]);
    // Somebody selects a text, on which others react.
    await page.evaluate(`(() => {
      const row = [...document.querySelectorAll("#list .said .text")]
        .find((each) => each.textContent === "line ${seen + 2}.");
      getSelection().selectAllChildren(row);
    })()`);
    const react = (n: number, key: string): Promise<unknown> =>
      bob.ask({ type: "react", ...ROOM, re: n + 1, key });
    // Above what is in sight, at its edge, and in it.
    for (const n of [0, seen - 3, seen - 1, seen + 2]) await react(n, "👍");
    await bob.ask({ type: "revise", ...ROOM, re: seen - 4, text: "so\nmany\nmore\nlines" });
    await rowOf(ann, `line ${seen + 2}.`).locator(".chip").first().waitFor();
    await ann.until(`[...document.querySelectorAll("#list .edited")].length === 1`);
    const after = await page.evaluate(place) as [string, number];
    assertEquals(after[0], before[0]);
    assert(Math.abs(after[1] - before[1]) <= 1, `${before} became ${after}`);
    await becomes(() => page.evaluate("getSelection().toString()"), `line ${seen + 2}.`);
    // Whoever is at a chip stays there, when it counts more, and in the row when it is gone.
    await rowOf(ann, `line ${seen + 2}.`).locator(".chip").first().focus();
    await page.keyboard.press("Enter");
    const focused = "document.activeElement.dataset.act";
    await ann.until(`document.activeElement.ariaPressed === "true"`);
    await becomes(() => page.evaluate(focused), "react 👍");
    await bob.ask({ type: "react", ...ROOM, re: seen + 3, key: "👍", off: true });
    await page.keyboard.press("Enter");
    await ann.until(`document.activeElement.matches("#list > .said")`);
  },
);

browserTest(
  "a finger that stays on a message opens what can be done, from below",
  async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann", PHONE);
    const { page } = ann;
    await ann.say("hold on, see http://example.org/");
    await ann.hasSent("hold on");
    await page.waitForSelector(".tools", { state: "attached" });
    const touch = await page.context().newCDPSession(page);
    const hold = async (selector: string, moves = 0): Promise<void> => {
      const { x, y } = await page.locator(selector).first().boundingBox() ?? { x: 0, y: 0 };
      const at = { x: Math.round(x) + 8, y: Math.round(y) + 8 };
      await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [at] });
      if (moves > 0) {
        const touchPoints = [{ ...at, y: at.y - moves }];
        await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints });
      }
      await new Promise((resolve) => setTimeout(resolve, 700));
      await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    };
    // One that scrolls, or is on a link, wants something else.
    await hold("#list .said .text", 40);
    await hold("#list .said a[target]");
    await becomes(() => page.locator(".menu").count(), 0);
    await hold("#list .said .text");
    await page.waitForSelector(".menu.sheet");
    const { y = 0, height = 0 } = await page.locator(".menu").boundingBox() ?? {};
    assert(Math.abs(y + height - 780) <= 1, `it ends at ${y + height}`);
    await page.getByRole("menuitem", { name: "Select text" }).tap();
    assertMatch(await page.evaluate("getSelection().toString()") as string, /^hold on/);
    await page.evaluate("getSelection().removeAllRanges()");
    await hold("#list .said .text");
    await page.getByRole("menuitemcheckbox").first().tap();
    await page.waitForSelector(".chip");
    // What is pressed is large enough for a finger.
    await hold("#list .said .text");
    const small = await page.evaluate(
      `[...document.querySelectorAll(".menu button")].filter((each) => each.offsetHeight < 44).length`,
    );
    assertEquals(small, 0);
    await page.touchscreen.tap(20, 100);
    await page.waitForSelector(".menu", { state: "detached" });
  },
);
