/** What can be done about messages, for whoever sees little or nothing: in each state of each part. */

import { assert, assertEquals } from "@std/assert";
import type { Locator } from "playwright-core";
import { CHEAP, LOGIN, logWith } from "../fixtures/guests.ts";
import { joinEvent } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { controlsOf } from "./accessibility.ts";
import { violations } from "./axe.ts";
import { browserTest, Person } from "./browser.ts";

const ROOM = { room: "lobby" };
const FEATURES = { features: ["people", "life"] } as const;
const SCREENS = {
  "a phone": { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  "a desk": { viewport: { width: 1440, height: 900 } },
};

function rowOf({ page }: Person, text: string): Locator {
  return page.locator("#list .said", { has: page.locator(".text", { hasText: text }) });
}

/** Looks at the page with axe, and goes through what can be pressed in it. */
async function look(person: Person, state: string): Promise<void> {
  assertEquals(await violations(person), [], state);
  const controls = await controlsOf(person);
  assert(controls.length > 0, `${state}: there is nothing that could be pressed`);
  const nameless = controls.filter(({ name }) => !/[\p{L}\p{N}]/u.test(name));
  assertEquals(nameless, [], `${state}: what has no name that can be spoken`);
  // One control can't be told from another by its role and its name alone, and where it stands.
  const known = controls.filter(({ within }) => within.some((name) => name.startsWith("Messages")))
    .filter(({ role }) => role === "button");
  const names = known.map(({ name, within }) => `${within.at(-1)} > ${name}`);
  assertEquals(names.filter((name, n) => names.indexOf(name) !== n), [], `${state}: named alike`);
}

for (const [device, screen] of Object.entries(SCREENS)) {
  for (const colorScheme of ["light", "dark"] as const) {
    browserTest(
      `axe and the accessibility tree find nothing wrong in what is done about messages, ` +
        `on ${device} in ${colorScheme} colours`,
      async (people) => {
        const factLog = await logWith({ ann: "operator" });
        await using web = await startWeb({}, { passwords: CHEAP, factLog });
        using bob = await joinEvent(web.server, "bob", FEATURES);
        const options = { ...screen, colorScheme, reducedMotion: "reduce" as const };
        const ann = new Person(await people.page(web.door, options));
        await signIn(ann);
        const { page } = ann;
        for (const text of ["lunch?", "at noon?", "or dinner?"]) {
          await bob.ask({ type: "say", ...ROOM, text });
        }
        await ann.sees("or dinner?");
        await page.waitForSelector(".tools", { state: "attached" });
        await look(ann, "nothing done yet");
        const row = rowOf(ann, "lunch?");
        await row.focus();
        await look(ann, "a row with the focus, and its actions");
        await page.keyboard.press("Enter");
        await page.waitForSelector(".menu");
        await look(ann, "the menu");
        await page.keyboard.press("Escape");
        await lookAtReactions(ann, bob, row);
        await lookAtWriting(ann, row);
        await lookAtRemoved(ann, bob);
        await lookAtPins(ann);
      },
    );
  }
}

async function signIn({ page }: Person): Promise<void> {
  await page.fill("#join-name", "ann");
  await page.press("#join-name", "Enter");
  await page.fill("#join-login-password", LOGIN);
  await page.press("#join-login-password", "Enter");
  await new Person(page).online();
}

type Peer = Awaited<ReturnType<typeof joinEvent>>;

/** Opens the menu of a row with keys, and chooses from it. */
async function choose({ page }: Person, row: Locator, action: string): Promise<void> {
  await row.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: action, exact: true }).press("Enter");
}

/** Writes and sends, without the Escape that would give up an answer or an edit. */
async function send({ page }: Person, text: string): Promise<void> {
  await page.fill("#input", text);
  await page.click("#send");
}

async function lookAtReactions(ann: Person, bob: Peer, row: Locator): Promise<void> {
  const { page } = ann;
  await choose(ann, row, "React");
  await page.waitForSelector(".picker");
  await look(ann, "the picker");
  await page.keyboard.type("qxqx");
  await page.locator(".picker .none", { hasText: "None has this name" }).waitFor();
  await look(ann, "the picker with nothing found");
  await page.keyboard.press("Escape");
  await bob.ask({ type: "react", ...ROOM, re: 1, key: "👍" });
  await bob.ask({ type: "react", ...ROOM, re: 1, key: "🎉" });
  await row.locator(".chip", { hasText: "👍" }).press("Enter");
  await row.locator(".chip[aria-pressed=true]").waitFor();
  await look(ann, "reactions, of which one is ours");
  await choose(ann, row, "Who reacted");
  await page.waitForSelector("dialog[open]");
  await look(ann, "who reacted");
  await page.keyboard.press("Escape");
}

async function lookAtWriting(ann: Person, row: Locator): Promise<void> {
  const { page } = ann;
  await choose(ann, row, "Reply");
  await page.locator("#mode", { hasText: "Answering bob" }).waitFor();
  await look(ann, "answering");
  await send(ann, "yes");
  await rowOf(ann, "yes").locator(".quote").waitFor();
  await look(ann, "an answer with what it answers");
  await choose(ann, rowOf(ann, "yes"), "Edit");
  await page.locator("#mode", { hasText: "Editing" }).waitFor();
  await look(ann, "editing");
  await send(ann, "yes, gladly");
  await page.locator("#list .edited .text", { hasText: "gladly" }).waitFor();
  await look(ann, "edited");
}

async function lookAtRemoved(ann: Person, bob: Peer): Promise<void> {
  const { page } = ann;
  await bob.ask({ type: "remove", ...ROOM, re: 1 });
  await page.locator(".gone").waitFor();
  await page.locator(".answers", { hasText: "was removed or is gone" }).waitFor();
  await look(ann, "what was removed, and an answer to it");
  await choose(ann, rowOf(ann, "at noon?"), "Remove");
  await page.waitForSelector("dialog[open]");
  await look(ann, "whether to remove it");
  await page.keyboard.press("Escape");
}

async function lookAtPins(ann: Person): Promise<void> {
  const { page } = ann;
  for (const text of ["at noon?", "or dinner?"]) {
    await choose(ann, rowOf(ann, text), "Pin to this room");
    await rowOf(ann, text).locator(".pin").waitFor();
  }
  await page.locator("#pins", { hasText: "All 2" }).waitFor();
  await look(ann, "the bar of pins");
  await page.locator("#pins .quiet").press("Enter");
  await page.locator("#dialog .pinned").waitFor();
  await look(ann, "what is pinned");
  await page.keyboard.press("Escape");
  await choose(ann, rowOf(ann, "at noon?"), "Mark unread from here");
  await page.waitForSelector(".toast");
  await look(ann, "a line that says what was done, and what is unread");
}
