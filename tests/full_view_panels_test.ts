/** What is chosen for a message stands below it, and says which one it is. */

import { assert, assertEquals } from "@std/assert";
import { loadEmoji } from "../lib/client/terminal/emoji.ts";
import { AT, room } from "./fixtures/terminal_account.ts";
import { LIFE, sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";

for (const columns of [80, 60]) {
  Deno.test(`what to do with a message stands below it on a screen of ${columns}`, async () => {
    await loadEmoji();
    using setup = await viewed({ columns, mendsMs: [] });
    const { io, conversation } = setup;
    conversation.welcome = LIFE;
    conversation.message("bob", "see https://example.org/a and say\nwhat you think");
    await sees(setup, /<bob> see/);
    const hasWhole = (hint: RegExp): boolean => shown(setup).some((row) => hint.test(row));
    for (
      const [keys, title, hint] of [
        ["\r", "What to do with <bob> see https://exa", /│Enter takes it · .*Escape leaves$/],
        ["+", "React to <bob> see https://exa", /│Enter takes it · .*· Esc$/],
        ["l", "Links of <bob> see https://exa", /│Enter copies · a Ctrl-click .*Escape$/],
      ] as const
    ) {
      io.type(`\x1b[1;3A${keys}`);
      await io.until(() => shown(setup).some((row) => row.includes(`│─ ${title}`)), title);
      assert(hasWhole(/<bob> see/) && hasWhole(/what you think/), "the message stays");
      assert(hasWhole(hint), `${hint}`);
      io.type("\x1b");
      await seesNo(setup, new RegExp(title.slice(0, 8)));
    }
    // What stands far above the panel does not move.
    const at = shown(setup).findIndex((row) => row.includes("lobby number 1"));
    io.type("\x1b[1;3A" + "\x1b[A".repeat(9) + "\r");
    await sees(setup, /What to do with <ann> lobby number 1/);
    assertEquals(shown(setup).findIndex((row) => row.includes("lobby number 1")), at);
  });
}

Deno.test("what one reacts with is found by a name or a part of it, and nothing is offered that is refused", async () => {
  await loadEmoji();
  using setup = await viewed({ mendsMs: [] });
  const { io, conversation } = setup;
  conversation.welcome = LIFE;
  const seq = conversation.message("bob", "hello");
  await sees(setup, /<bob> hello/);
  for (
    const [typed, offered, key] of [
      ["tada", /> 🎉.*tada/, "🎉"],
      [":thu", /> 👍/, "👍"],
      ["thumbs up", /> 👍/, "👍"],
      ["🧀", /> 🧀/, "🧀"],
    ] as const
  ) {
    io.type(`\x1b[1;3A+${typed}`);
    await sees(setup, offered);
    io.type("\r");
    await seesNo(setup, /react>/);
    const reacts = (): boolean =>
      setup.sent.some((each) => each.type === "react" && each.re === seq && each.key === key);
    await io.until(reacts, key);
  }
  io.type("\x1b[1;3A+zzzz nothing");
  await sees(setup, /nothing of that kind/);
  io.type("\r");
  io.type("\x7f".repeat(12));
  await sees(setup, /> 👍/);
});

Deno.test("on an empty line the switcher begins with what is new, and then where one was last", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io, conversation } = setup;
  io.type("\x1b3");
  await sees(setup, /│ ops {2}about/);
  io.type("\x1b2");
  await sees(setup, /│ dev {2}about/);
  io.type("\x1bk");
  await sees(setup, /> ops/);
  io.type("\r");
  await sees(setup, /│ ops {2}about/);
  io.type("\x1bk");
  await sees(setup, /> dev/);
  io.type("\x1b");
  await seesNo(setup, /go to>/);
  conversation.message("ann", "me: look", "lobby");
  conversation.message("ann", "more", "lobby");
  await sees(setup, /^1 lobby +2! │/);
  io.type("\x1bk");
  await sees(setup, /> lobby\s+2 new, 1 for you/);
});

Deno.test("what comes below tells how much of it is for the reader", async () => {
  using setup = await viewed({ rows: 12, said: 60, mendsMs: [] });
  const { io, conversation } = setup;
  await sees(setup, /lobby number 60/);
  io.type("\x1b[5~\x1b[5~");
  await sees(setup, /End returns/);
  conversation.message("ann", "all: look");
  await sees(setup, /─ 1 new ↓ ─/);
  conversation.message("ann", "me: look");
  await sees(setup, /─ 2 new, 1 for you ↓ ─/);
  io.type("\x1b2");
  await sees(setup, /^1 lobby +2! │/);
  conversation.message("ann", "me: look", "ops");
  conversation.message("ann", "all: look", "ops");
  await sees(setup, /^3 ops +2 1! │/);
});

Deno.test("a letter of the menu does what it stands beside, and a removal says what Enter does", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io, conversation } = setup;
  conversation.welcome = LIFE;
  conversation.message("bob", "hello");
  const own = conversation.message("me", "mine");
  await sees(setup, /<me> mine/);
  io.type("\x1b[1;3A");
  await sees(setup, /─ Enter: menu · R reply · \+ react · Escape ─/);
  io.type("\r");
  await sees(setup, /What to do with <me> mine/);
  io.type("c");
  await sees(setup, /Copied, if your terminal/);
  io.type("\x1b[1;3A\r");
  await sees(setup, /What to do with <me> mine/);
  io.type("d");
  await sees(setup, new RegExp(`lobby> /remove ${own}$`));
  await sees(setup, /─ Enter removes it for everybody; Escape leaves it ─/);
  io.type("\x1b");
  await sees(setup, /│lobby>$/);
  assertEquals(setup.sent.filter(({ type }) => type === "remove"), []);
});

Deno.test("where nothing else is to go to the switcher says how to find more, and finds the room one is in", async () => {
  using setup = await viewed({ mendsMs: [], ready: { rooms: [room("lobby")] } });
  const { io } = setup;
  io.type("\x1bk");
  await sees(setup, /no other room is yours; \/rooms lists them/);
  await sees(setup, /Escape leaves/);
  io.type("lob");
  await sees(setup, /> lobby {2}here/);
});

Deno.test("the line below says that one is away, until one is back", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io, conversation } = setup;
  conversation.tell({ type: "away", name: "me", text: "lunch" });
  await sees(setup, /─ me \(away\) · here:1234 ·/);
  conversation.tell({ type: "away", name: "me" });
  await sees(setup, /─ me · here:1234 ·/);
  io.type("x");
});

Deno.test("how much that is new stands above the screen is told until one has gone up to it", async () => {
  using setup = await viewed({ rows: 12, said: 60, mendsMs: [] });
  const { io, conversation } = setup;
  for (let n = 0; n < 30; n++) conversation.message("bob", `news ${n}`, "dev");
  await sees(setup, /^2 dev +30 │/);
  io.type("\x1ba");
  await sees(setup, /<bob> news 29/);
  await sees(setup, /─ 2\d new ↑ ─/);
  for (let n = 0; !shown(setup).some((row) => row.includes("---- new ----")); n++) {
    assert(n < 9);
    const before = shown(setup).join();
    io.type("\x1b[5~");
    await io.until(() => shown(setup).join() !== before, "another page");
  }
  io.type("\x1b");
  await sees(setup, /<bob> news 29/);
  await seesNo(setup, /new ↑|End returns/);
});

Deno.test("the switcher finds a room that one is not in, and says where nothing is called so", async () => {
  const open = { access: "open", members: 1, topic: "" } as const;
  using setup = await viewed({
    mendsMs: [],
    answer: (request) =>
      request.type === "rooms"
        ? { type: "rooms", rooms: [{ room: "marketing", ...open }, { room: "lobby", ...open }] }
        : undefined,
  });
  const { io } = setup;
  const asked = (type: string): number => setup.sent.filter((each) => each.type === type).length;
  io.type("\x1bkmark");
  await sees(setup, /> marketing {2}join/);
  assertEquals(asked("rooms"), 1);
  io.type("\r");
  await io.until(
    () => setup.sent.some((each) => each.type === "join" && each.room === "marketing"),
    "it",
  );
  // A room that nobody has is made when Enter is pressed once more.
  io.type("\x1bkmarzipan");
  await sees(setup, /> Nothing here is called marzipan {2}\/join marzipan makes it/);
  io.type("\r");
  await sees(setup, /> \/join marzipan$/);
  await sees(setup, /─ Enter makes the room ─/);
  assertEquals(asked("join"), 1);
  io.type("\x15\x1bk/rooms");
  await sees(setup, /│ {2}Nothing here is called \/rooms$/);
  await sees(setup, /Escape leaves/);
  await seesNo(setup, /Enter takes it/);
});

for (
  const [panel, prompt, opens] of [
    ["what to do", /Enter takes it/, "\x1b[1;3A\r"],
    ["a reaction", /react>/, "\x1b[1;3A+"],
    ["an invitation", /answer>/, "\x1b4"],
    ["where to go", /go to>/, "\x1bk"],
  ] as const
) {
  Deno.test(`whoever goes elsewhere by a key leaves what is chosen: ${panel}`, async () => {
    for (
      const [goes, shows] of [
        ["\x1ba", /│ops>/],
        ["\x18a", /│ops>/],
        ["\x1b2", /│dev>/],
        ["\x1bk", /│go to>$/],
      ] as const
    ) {
      using setup = await viewed({
        mendsMs: [],
        ready: { invited: [{ room: "secret", by: "bob", at: AT }] },
      });
      const { io, conversation } = setup;
      conversation.welcome = LIFE;
      conversation.message("bob", "hello");
      await sees(setup, /<bob> hello/);
      conversation.message("bob", "me: there?", "ops");
      await sees(setup, /^3 ops +1!/);
      io.type(opens);
      await sees(setup, prompt);
      io.type("x");
      io.type(goes);
      await sees(setup, shows);
      if (goes !== "\x1bk") await seesNo(setup, prompt);
    }
  });
}

Deno.test("Alt-A at an invitation goes on to what else is new, and says so where nothing is", async () => {
  using setup = await viewed({
    mendsMs: [],
    ready: { invited: [{ room: "secret", by: "bob", at: AT }] },
  });
  const { io, conversation } = setup;
  conversation.message("bob", "more", "ops");
  await sees(setup, /^3 ops +1 /);
  conversation.tell({ type: "invite", room: "secret", by: "bob" });
  await sees(setup, /^4 secret join\?/);
  io.type("\x1ba");
  await sees(setup, /answer>/);
  io.type("\x1ba");
  await sees(setup, /│ops>/);
  io.type("\x1b4");
  await sees(setup, /answer>/);
  io.type("\x1ba");
  await sees(setup, /Nothing new anywhere/);
  await seesNo(setup, /answer>/);
});
