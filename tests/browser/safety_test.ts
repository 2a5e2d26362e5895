/// <reference lib="dom" />
/** What others send is text, wherever it is shown. */

import { assertEquals } from "@std/assert";
import { joinEvent } from "../helpers.ts";
import { startWeb } from "../web_peer.ts";
import { becomes, browserTest, type Person } from "./browser.ts";

const MARKUP = "<img/src=x onerror=alert(1)>";
const SCRIPT = "<script>alert(1)</script>";

/** Elements and dialogs that only markup from outside can have made. */
async function assertNothingRan(person: Person): Promise<void> {
  const strange =
    "img:not([src$='/icon.svg']), iframe, object, #chat script, #dialog script, style";
  assertEquals(await person.page.locator(strange).count(), 0);
}

browserTest("markup in a name, a room, a topic and a message is shown as it is", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  ann.page.on("dialog", (dialog) => people.complaints.push(`a dialog: ${dialog.message()}`));
  using bob = await joinEvent(web.server, "<b>bob</b><script>");
  const room = "<i>room</i>";
  await bob.ask({ type: "join", room });
  await ann.say(`/join ${room}`);
  await ann.page.locator("#title", { hasText: `# ${room}` }).waitFor();
  await bob.ask({ type: "topic", room, text: MARKUP });
  await ann.page.locator("#topic", { hasText: MARKUP }).waitFor();
  for (const text of [MARKUP, SCRIPT, `\`${MARKUP}\``, `https://example.org/"onclick=alert(1)//`]) {
    await bob.ask({ type: "say", room, text });
  }
  await bob.ask({ type: "say", room, text: `@ann ${SCRIPT}`, action: true });
  await bob.ask({ type: "direct", to: "ann", text: SCRIPT });
  await bob.ask({ type: "rename", name: "<u>eve</u>" });
  await ann.page.locator("#list .told", { hasText: "is now <u>eve</u>" }).waitFor();
  await becomes(async () => (await ann.texts()).slice(0, 3), [MARKUP, SCRIPT, MARKUP]);
  assertEquals(
    await ann.page.locator("#list a:not(.when)").evaluateAll((links) =>
      links.map((a) => a.outerHTML)
    ),
    ['<a href="https://example.org/" target="_blank" rel="noopener noreferrer">https://example.org/</a>'],
  );
  await assertNothingRan(ann);
  await ann.say("/rooms");
  await ann.page.locator("#dialog .pick", { hasText: MARKUP }).waitFor();
  await assertNothingRan(ann);
  await ann.page.keyboard.press("Escape");
  await ann.page.locator("#input").pressSequentially("@<");
  await ann.page.locator("#choices li", { hasText: "<u>eve</u>" }).waitFor();
  await ann.page.keyboard.press("Escape");
  // The conversation goes on with whoever has another name now.
  await ann.page.locator("#directs button", { hasText: "<u>eve</u>" }).click();
  await ann.sees(SCRIPT);
  await assertNothingRan(ann);
  await ann.page.reload();
  await ann.online();
  await ann.sees(SCRIPT);
  await assertNothingRan(ann);
});

browserTest(
  "what hides or turns the order of letters is shown, and text keeps to its own direction",
  async (people) => {
    await using web = await startWeb();
    const ann = await people.join(web.door, "ann");
    using bob = await joinEvent(web.server, "שלום");
    await bob.ask({ type: "say", room: "lobby", text: "a\u202eb\u200bc\x1b[31md\u2028" });
    await ann.sees("a<U+202E>b<U+200B>c␛[31md<U+2028>");
    // Rows are made anew when what can be done about messages has come.
    await ann.until(
      `getComputedStyle([...document.querySelectorAll("#list .name")].at(-1)).unicodeBidi === "isolate"`,
    );
    await bob.ask({ type: "say", room: "lobby", text: "שלום, hello" });
    await ann.sees("hello");
    await ann.until(
      `getComputedStyle([...document.querySelectorAll("#list .text")].at(-1)).direction === "rtl"`,
    );
  },
);

browserTest("the policy of the page keeps out what is not its own", async (people) => {
  await using web = await startWeb();
  const ann = await people.join(web.door, "ann");
  const ran = await ann.page.evaluate(`new Promise((resolve) => {
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = true";
    document.body.append(script);
    setTimeout(() => resolve(globalThis.ran ?? false), 50);
  })`);
  assertEquals(ran, false);
  assertEquals(people.complaints.length, 1);
  people.complaints.length = 0;
});
