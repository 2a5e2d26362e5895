/** Everything that can be done about messages, with keys alone: what each does, and where the focus is after it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { CHEAP, LOGIN, logWith } from "../fixtures/guests.ts";
import { joinEvent } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { controlsOf, focusOf } from "./accessibility.ts";
import { becomes, browserTest, type People, Person } from "./browser.ts";

const ROOM = { room: "lobby" };
const FEATURES = { features: ["people", "life"] } as const;

/** An operator at a page, who touches no mouse, and somebody who says things. */
interface Desk extends AsyncDisposable {
  readonly ann: Person;
  readonly bob: Awaited<ReturnType<typeof joinEvent>>;
}

async function openDesk(people: People, texts: readonly string[]): Promise<Desk> {
  const factLog = await logWith({ ann: "operator" });
  const web = await startWeb({}, { passwords: CHEAP, factLog });
  const bob = await joinEvent(web.server, "bob", FEATURES);
  const permissions = ["clipboard-read", "clipboard-write"];
  const ann = new Person(await people.page(web.door, { permissions }));
  await ann.until(`document.activeElement.id === "join-name"`);
  await press(ann, "Enter", "ann");
  await ann.until(`document.activeElement.id === "join-login-password"`);
  await press(ann, "Enter", LOGIN);
  await ann.online();
  for (const text of texts) await bob.ask({ type: "say", ...ROOM, text });
  await ann.sees(texts.at(-1) ?? "");
  await ann.page.waitForSelector(".tools", { state: "attached" });
  await ann.until(`document.activeElement.id === "input"`);
  return {
    ann,
    bob,
    async [Symbol.asyncDispose](): Promise<void> {
      bob[Symbol.dispose]();
      await web[Symbol.asyncDispose]();
    },
  };
}

/** Types, and presses a key. */
async function press({ page }: Person, key: string, text = ""): Promise<void> {
  await page.keyboard.type(text);
  await page.keyboard.press(key);
}

/** Waits until the focus is where it should be; says where it is otherwise. */
async function focusIs(person: Person, wanted: RegExp | string): Promise<void> {
  const is = (focus: string): boolean =>
    typeof wanted === "string" ? focus === wanted : wanted.test(focus);
  await becomes(async () => {
    const focus = await focusOf(person);
    return is(focus) ? String(wanted) : focus;
  }, String(wanted));
}

/** Waits until a screen reader was told something. */
async function hears(person: Person, text: string): Promise<void> {
  await person.page.locator("#live p, [role=status] p, [role=alert] p", { hasText: text }).first()
    .waitFor({ state: "attached" });
}

/** From where one writes to the message that was said last, and up from there. */
async function goUp(person: Person, rows: number): Promise<void> {
  await press(person, "Control+ArrowUp");
  for (let n = 0; n < rows; n++) await press(person, "ArrowUp");
}

/** Chooses from the menu of the row that has the focus, by the arrows alone. */
async function choose(person: Person, action: string): Promise<void> {
  await press(person, "Enter");
  for (let n = 0; n < 12 && await focusOf(person) !== `menuitem ${action}`; n++) {
    await press(person, "ArrowDown");
  }
  await focusIs(person, `menuitem ${action}`);
  await press(person, "Enter");
}

browserTest(
  "keys alone answer a message, edit an answer, and go to what it answers",
  async (people) => {
    await using desk = await openDesk(people, ["lunch?", "or not"]);
    const { ann, bob } = desk;
    await goUp(ann, 1);
    await focusIs(ann, /^listitem bob, \d\d:\d\d: lunch\?$/);
    await press(ann, "Enter");
    await focusIs(ann, "menuitem Reply");
    // The menu says whose message it is about.
    const menu = (await controlsOf(ann)).filter(({ role }) => role.startsWith("menuitem"));
    for (const { within } of menu) assert(within.includes("bob: lunch?"), within.join());
    await press(ann, "Escape");
    await focusIs(ann, /^listitem bob, .*lunch/);
    await choose(ann, "Reply");
    await focusIs(ann, "textbox Message to lobby");
    await becomes(() => ann.page.textContent("#mode-text"), "Answering bob: lunch?");
    // Given up, it is something new, and one is where one was.
    await press(ann, "Escape");
    await focusIs(ann, "textbox Message to lobby");
    await becomes(() => ann.page.locator("#mode").isVisible(), false);
    await goUp(ann, 1);
    await press(ann, "r");
    await ann.until(`document.activeElement.id === "input"`);
    await press(ann, "Enter", "yes");
    await ann.page.locator("#list .quote").waitFor();
    await focusIs(ann, "textbox Message to lobby");
    // Up edits what was said last, Escape leaves it as it was.
    await press(ann, "ArrowUp");
    await becomes(() => ann.page.inputValue("#input"), "yes");
    await press(ann, "Escape", "!");
    await becomes(() => ann.page.inputValue("#input"), "");
    await goUp(ann, 0);
    await press(ann, "e");
    await press(ann, "Enter", ", gladly");
    await ann.page.locator("#list .edited .text", { hasText: "yes, gladly" }).waitFor();
    await hears(ann, "Edited.");
    await focusIs(ann, "textbox Message to lobby");
    for (let n = 0; n < 40; n++) await bob.ask({ type: "say", ...ROOM, text: `line ${n}` });
    await ann.sees("line 39");
    await goUp(ann, 40);
    await focusIs(ann, /^listitem ann, .*yes, gladly; answers bob: lunch\?; edited$/);
    await press(ann, "Tab");
    await focusIs(ann, "button Go to what this answers: bob lunch?");
    await press(ann, "Enter");
    await focusIs(ann, /^listitem bob, \d\d:\d\d: lunch\?$/);
    await ann.page.locator("#list .pointed .text", { hasText: "lunch?" }).waitFor();
  },
);

browserTest(
  "keys alone react, take it back, choose any emoji, and see who reacted",
  async (people) => {
    await using desk = await openDesk(people, ["lunch?"]);
    const { ann, bob } = desk;
    await bob.ask({ type: "react", ...ROOM, re: 1, key: "👍" });
    await ann.page.waitForSelector(".chip");
    await goUp(ann, 0);
    await focusIs(ann, /^listitem bob, .*; reactions: 👍 1$/);
    await press(ann, "Tab");
    await focusIs(ann, "button React with thumbs up, 1 person");
    const chip = async (): Promise<unknown> =>
      (await controlsOf(ann)).find(({ name }) => name.startsWith("React with thumbs up"));
    const around = { role: "button", name: "React with thumbs up, 1 person" };
    const { states, within, ...shown } = await chip() as Awaited<ReturnType<typeof controlsOf>>[0];
    assertEquals([shown, states.pressed, within.at(-1)], [
      around,
      "false",
      "Reactions to bob: lunch?",
    ]);
    await press(ann, "Enter");
    await hears(ann, "Reacted with thumbs up.");
    await focusIs(ann, "button React with thumbs up, 2 people");
    const pressed = await chip() as Awaited<ReturnType<typeof controlsOf>>[0];
    assertEquals(pressed.states.pressed, "true");
    // Taken back with the same key, it is still there for the others.
    await press(ann, " ");
    await hears(ann, "Took thumbs up back.");
    await focusIs(ann, "button React with thumbs up, 1 person");
    await press(ann, "Tab");
    await focusIs(ann, "button Another reaction");
    await press(ann, "Enter");
    await focusIs(ann, "textbox Look for an emoji");
    const opener = (await controlsOf(ann)).find(({ name }) => name === "Another reaction");
    // What lies behind it is out of reach, and says that it is open.
    assert(opener === undefined || opener.states.expanded === true);
    await press(ann, "Escape");
    await focusIs(ann, "button Another reaction");
    await press(ann, "Enter");
    // The arrows go into the emoji and back, Tab does as well, and a letter goes on with the search.
    await press(ann, "ArrowDown");
    await focusIs(ann, "button thumbs up");
    await press(ann, "ArrowRight");
    await focusIs(ann, "button heart");
    await press(ann, "Shift+Tab");
    await focusIs(ann, "textbox Look for an emoji");
    await press(ann, "Tab");
    await focusIs(ann, "button heart");
    await ann.page.keyboard.type("pizza");
    await focusIs(ann, "textbox Look for an emoji");
    await press(ann, "Enter");
    await focusIs(ann, "button Another reaction");
    await ann.page.locator(".chip[aria-pressed=true]", { hasText: "🍕" }).waitFor();
    // The last of its kind is taken back, and its button is gone: one stays at the message.
    await press(ann, "Shift+Tab");
    await focusIs(ann, "button React with pizza, only you");
    await press(ann, "Enter");
    await focusIs(ann, /^listitem bob, .*lunch/);
    await choose(ann, "Who reacted");
    await ann.page.locator("#dialog .setting", { hasText: "bob" }).waitFor();
    await press(ann, "Escape");
    await focusIs(ann, /^listitem bob, .*lunch/);
    // Above the menu are those that are used most.
    await press(ann, "Enter");
    await focusIs(ann, "menuitem Reply");
    await press(ann, "ArrowUp");
    await focusIs(ann, "menuitemcheckbox React with pizza");
    await press(ann, "ArrowRight");
    await focusIs(ann, "menuitemcheckbox React with thumbs up");
    await press(ann, "Enter");
    await focusIs(ann, /^listitem bob, .*; reactions: 👍 2$/);
  },
);

browserTest("keys alone pin, go by the bar of pins, and unpin", async (people) => {
  await using desk = await openDesk(people, ["one", "two", "three"]);
  const { ann } = desk;
  await goUp(ann, 2);
  await choose(ann, "Pin to this room");
  await hears(ann, "Pinned.");
  await focusIs(ann, /^listitem bob, .*one; pinned$/);
  await press(ann, "ArrowDown");
  await press(ann, "p");
  await ann.page.locator("#pins", { hasText: "All 2" }).waitFor();
  await focusIs(ann, /^listitem bob, .*two; pinned$/);
  // The bar stands before the messages.
  for (let n = 0; n < 6 && !/^button Go to/.test(await focusOf(ann)); n++) {
    await press(ann, "Shift+Tab");
  }
  await focusIs(ann, "button Go to what is pinned: bob: two");
  await press(ann, "Enter");
  await focusIs(ann, /^listitem bob, .*two; pinned$/);
  for (let n = 0; n < 6 && !/^button Show/.test(await focusOf(ann)); n++) {
    await press(ann, "Shift+Tab");
  }
  await focusIs(ann, "button Show all 2 that are pinned here");
  await press(ann, "Enter");
  await ann.page.locator("#dialog .pinned").waitFor();
  for (let n = 0; n < 6 && !/^button Unpin/.test(await focusOf(ann)); n++) await press(ann, "Tab");
  await focusIs(ann, "button Unpin bob: two");
  await press(ann, "Enter");
  // Its row is gone, and one is at the next; when all are, one is told so.
  await focusIs(ann, "button Unpin bob: one");
  await press(ann, "Enter");
  await focusIs(ann, /Pinned to lobby$/);
  await ann.page.locator("#dialog .none", { hasText: "Nothing is pinned" }).waitFor();
  await hears(ann, "Unpinned.");
  await press(ann, "Escape");
  await ann.page.locator("#pins").waitFor({ state: "hidden" });
  // What opened the dialog is gone as well.
  await focusIs(ann, /^(textbox Message to lobby|region Messages in lobby)$/);
});

browserTest(
  "keys alone copy, count as unread, and remove; the row stays where one is",
  async (people) => {
    await using desk = await openDesk(people, ["one", "two", "three"]);
    const { ann, bob } = desk;
    const clip = (): Promise<unknown> => ann.page.evaluate("navigator.clipboard.readText()");
    await goUp(ann, 1);
    await choose(ann, "Copy link");
    await hears(ann, "The link was copied.");
    assertMatch(String(await clip()), /#lobby\/2$/);
    await focusIs(ann, /^listitem bob, .*two$/);
    await press(ann, "c");
    await hears(ann, "The text was copied.");
    await becomes(() => clip(), "two");
    await focusIs(ann, /^listitem bob, .*two$/);
    await choose(ann, "Mark unread from here");
    await hears(ann, "It counts as unread from here.");
    await ann.page.locator(".unread-line").waitFor();
    await focusIs(ann, /^listitem bob, .*two$/);
    // Asked first, and not removed after all.
    await press(ann, "Delete");
    await focusIs(ann, "textbox Why");
    await press(ann, "Escape");
    await focusIs(ann, /^listitem bob, .*two$/);
    await press(ann, "Delete");
    await focusIs(ann, "textbox Why");
    await press(ann, "Enter", "off topic");
    await ann.page.locator(".gone", { hasText: "removed by ann" }).waitFor();
    await hears(ann, "Removed.");
    await focusIs(ann, /^listitem bob, \d\d:\d\d: a message that was removed$/);
    // Nothing can be done about it, and the arrows go on from it.
    await press(ann, "Enter");
    await becomes(() => ann.page.locator(".menu").count(), 0);
    await press(ann, "ArrowDown");
    await focusIs(ann, /^listitem bob, .*three$/);
    // Its writer removes it while its menu is open: the menu goes.
    await press(ann, "Enter");
    await focusIs(ann, "menuitem Reply");
    await bob.ask({ type: "remove", ...ROOM, re: 3 });
    await ann.page.waitForSelector(".menu", { state: "detached" });
    await focusIs(ann, /^listitem bob, \d\d:\d\d: a message that was removed$/);
    await hears(ann, "bob removed their message of");
  },
);

browserTest(
  "what others do is told once, and a removed text never; what one writes about it stays",
  async (people) => {
    await using desk = await openDesk(people, ["one secret", "two"]);
    const { ann, bob } = desk;
    await press(ann, "Enter", "mine");
    await ann.hasSent("mine");
    await goUp(ann, 2);
    await press(ann, "r");
    await ann.page.locator("#mode", { hasText: "Answering bob" }).waitFor();
    await ann.page.keyboard.type("that is");
    await bob.ask({ type: "remove", ...ROOM, re: 1 });
    await hears(ann, "The message that you were answering was removed.");
    await focusIs(ann, "textbox Message to lobby");
    await becomes(() => ann.page.inputValue("#input"), "that is");
    await ann.page.locator("#mode", { hasText: "removed" }).waitFor();
    assertEquals(await ann.page.locator("#room", { hasText: "secret" }).count(), 0);
    // It is a message of its own then.
    await ann.page.keyboard.press("Escape");
    await becomes(() => ann.page.locator("#mode").isVisible(), false);
    await becomes(() => ann.page.inputValue("#input"), "that is");
    // Of several edits at once the last is told; others' reactions to others are not.
    await bob.tell({ type: "revise", ...ROOM, re: 2, text: "two!" });
    await bob.tell({ type: "revise", ...ROOM, re: 2, text: "two!!" });
    await bob.tell({ type: "react", ...ROOM, re: 2, key: "🎉" });
    await bob.ask({ type: "react", ...ROOM, re: 3, key: "👍" });
    await hears(ann, "bob reacted with thumbs up to: mine");
    const told = (await ann.page.locator("#live p").allTextContents())
      .filter((text) => /edited|reacted/.test(text));
    assertEquals(told, ["bob edited: two!!", "bob reacted with thumbs up to: mine"]);
    // What is refused is told, too.
    await ann.page.keyboard.press("Control+A");
    await press(ann, "Enter", "/edit 1 x");
    await hears(ann, "The message that you edited was removed");
  },
);
