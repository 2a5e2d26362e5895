/** A message is picked in the full-screen view, and something done about it. */

import { assert, assertEquals } from "@std/assert";
import type { Event } from "../lib/wire/events.ts";
import type { Request } from "../lib/wire/requests.ts";
import { loadEmoji } from "../lib/client/terminal/emoji.ts";
import { LIFE, pageOf, sees, seesNo, shown, viewed } from "./fixtures/full_view.ts";

Deno.test("a message is picked by Alt-Up, and something done about it", async () => {
  using setup = await viewed();
  const { io, conversation } = setup;
  conversation.welcome = LIFE;
  const seq = conversation.message("bob", "see https://example.org/a ❤️");
  await sees(setup, /example/);
  const picked = (): string =>
    io.screen.cells.slice(1, -2).flatMap((row) =>
      row.slice(13).filter(({ inverse }) => inverse).map(({ text }) => text)
    ).join("").trim();
  for (const open of ["\x1b[1;3A", "\x18\x1b[A", "/pick\r"]) {
    io.type(open);
    await io.until(() => picked().includes("example.org"), "the last one");
    io.type("\x1b");
    await io.until(() => picked() === "", "none");
  }
  io.type("\x1b[1;3A\x1b[A");
  await io.until(() => picked().includes("lobby number 9"), "the one before");
  io.type("\x1b[Bc");
  await sees(setup, /Copied, if your terminal/);
  const copied = new TextEncoder().encode("see https://example.org/a ❤️").toBase64();
  assertEquals(io.screen.acts.filter((act) => act.startsWith("osc 52")), [`osc 52;c;${copied}`]);
  io.type("\x1b[1;3Ar");
  await sees(setup, new RegExp(`lobby> /re ${seq}`));
  io.type("yes\r");
  await io.until(() => setup.sent.some((each) => each.type === "say" && each.re === seq), "it");
  await sees(setup, /<me> yes/);
  io.type("\x1b[1;3A\x1b[A\r");
  await sees(setup, /What to do with </);
  io.type("reac\r");
  await sees(setup, /react>/);
  io.type("\x1b[B\r");
  await io.until(() => setup.sent.some((each) => each.type === "react" && each.key === "❤️"), "it");
});

Deno.test("one goes from an answer to what it answers, and back", async () => {
  for (const open of ["g", "\rgo to\r"]) {
    const quote = { from: "ann", text: "lobby number 100" };
    const answers = new Map([[901, { re: 899, quote }], [902, { re: 100, quote }]]);
    const answer = (request: Request): Event | undefined => {
      if (request.type !== "history" || request.before === undefined) return undefined;
      const page = pageOf({ ...request, before: Math.min(request.before, 903) }, 902);
      if (page.type !== "page") return undefined;
      const messages = page.messages.map((each) => ({ ...each, ...answers.get(each.seq) }));
      return { ...page, messages };
    };
    using setup = await viewed({ mendsMs: [], said: 900, answer });
    const { io, conversation } = setup;
    conversation.welcome = LIFE;
    const near = conversation.message("bob", "near", "lobby", answers.get(901));
    const far = conversation.message("bob", "far", "lobby", answers.get(902));
    await sees(setup, /<bob> far$/);
    await sees(setup, /↳ 100 ann: lobby number 100$/);
    // One that is not loaded stands in the middle of the screen then.
    io.type(`\x1b[1;3A${open}`);
    await sees(setup, /100 <ann> lobby number 100$/);
    await sees(setup, new RegExp(`Alt-Left goes back to ${far}`));
    await seesNo(setup, /<bob> far/);
    io.type("\x1b[1;3D");
    await sees(setup, /902 <ann> lobby number 902$/);
    await sees(setup, /Enter: menu/);
    // One that is on the screen is picked alone.
    io.type(`\x1b[A${open}`);
    await sees(setup, new RegExp(`Alt-Left goes back to ${near}`));
    io.type("\rr");
    await sees(setup, /lobby> \/re 899$/);
    io.type("\x03\x1b");
    await sees(setup, /lobby>$/);
  }
});

Deno.test("a picked message counts as unread again with all after it", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io, conversation } = setup;
  conversation.welcome = LIFE;
  conversation.message("bob", "plain");
  await sees(setup, /plain/);
  io.type("\x1b[1;3A\x1b[A\x1b[Au");
  await sees(setup, /From the last 3 messages on it counts as unread again/);
  await io.until(
    () => setup.sent.some((each) => each.type === "read" && each.back === true && each.seq === 7),
    "the mark",
  );
});

Deno.test("what answers nothing, or what is removed, leads nowhere", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io, conversation } = setup;
  conversation.welcome = LIFE;
  conversation.message("bob", "gone", "lobby", { re: 3 });
  conversation.message("bob", "plain");
  await sees(setup, /plain/);
  for (const move of ["", "\x1b[A"]) {
    io.type(`\x1b[1;3A${move}\r`);
    await sees(setup, /copy the text/);
    await seesNo(setup, /what this answers/);
    io.type("\x1b");
    await seesNo(setup, /copy the text/);
  }
});

Deno.test("a draft comes back when the line about a picked message is sent or left", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io, conversation } = setup;
  conversation.welcome = LIFE;
  const own = conversation.message("me", "mine");
  const seq = conversation.message("bob", "hello");
  await sees(setup, /hello/);
  const reply = new RegExp(`lobby> /re ${seq} my draft$`);
  io.type("my draft");
  for (const leave of ["\x1b", "\x03"]) {
    // The draft may be meant as the answer.
    io.type("\x1b[1;3Ar");
    await sees(setup, reply);
    io.type(leave);
    await sees(setup, /lobby> my draft$/);
  }
  io.type("\x1b[1;3Ad");
  await sees(setup, new RegExp(`lobby> /remove ${seq}$`));
  io.type("\r");
  await sees(setup, /lobby> my draft$/);
  await io.until(() => setup.sent.some(({ type }) => type === "remove"), "the removal");
  // Another answer than the draft was meant.
  io.type("\x1b[1;3Ar");
  await sees(setup, new RegExp(`lobby> /re ${own} my draft$`));
  io.type("\x15/re " + own + " no\r");
  await sees(setup, /lobby> my draft$/);
  await io.until(() => setup.sent.some((each) => each.type === "say" && each.re === own), "it");
  io.type("\x1b[1;3A");
  await sees(setup, /Enter: menu/);
  io.type("e");
  await sees(setup, /lobby> \/edit \d+ no$/);
  io.type("\x1b");
  await sees(setup, /lobby> my draft$/);
  io.type("\x1b[1;3Ar");
  await sees(setup, /lobby> \/re \d+ my draft$/);
  io.type("\r");
  await sees(setup, /<me> my draft/);
  await sees(setup, /lobby>$/);
});

Deno.test("what only hosts may do about a message is offered to hosts alone", async () => {
  for (
    const [role, hosts, may] of [
      ["member", ["Ann"], false],
      ["member", ["Ann", "Me"], true],
      ["operator", [], true],
    ] as const
  ) {
    const answer = (request: Request): Event | undefined =>
      request.type === "room"
        ? { type: "room", room: request.room, access: "open", hosts: [...hosts] }
        : undefined;
    using setup = await viewed({ mendsMs: [], ready: { role }, answer });
    const { io, conversation } = setup;
    conversation.welcome = LIFE;
    conversation.message("me", "mine");
    conversation.message("bob", "hello");
    await sees(setup, /hello/);
    io.type("\x1b[1;3A\r");
    await sees(setup, /What to do with </);
    await sees(setup, /copy the text/);
    const offers = (what: string): boolean => shown(setup).some((row) => row.includes(what));
    assertEquals([offers("pin  P"), offers("remove  D")], [may, may]);
    io.type("\x1b");
    await seesNo(setup, /What to do/);
    io.type("\x1b[1;3A\x1b[A\r");
    await sees(setup, /remove {2}D/);
    assertEquals(offers("pin  P"), may);
  }
});

Deno.test("the links of a picked message are there to be clicked and copied", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io, conversation } = setup;
  const long = `https://example.org/${"long/".repeat(40)}end`;
  conversation.message("bob", `see ${long}, and (https://example.com/b_(c)).`);
  await sees(setup, /<bob> see/);
  io.type("\x1b[1;3Al");
  await sees(setup, /> https:\/\/example\.org\/long.*…/);
  await sees(setup, /^\S* +\S* *│ {2}https:\/\/example\.com\/b_\(c\)$/);
  // The row is cut, and what it links to is not.
  const written = io.written.split("\x1b]8;id=");
  assert(written.some((part) => part.slice(part.indexOf(";") + 1).startsWith(`${long}\x1b\\`)));
  io.type("\x1b[B\r");
  await sees(setup, /Copied, if/);
  const copied = new TextEncoder().encode("https://example.com/b_(c)").toBase64();
  assertEquals(io.screen.acts.filter((act) => act.startsWith("osc 52")), [`osc 52;c;${copied}`]);
});

Deno.test("an emoji is found by its name where one reacts, by Tab as in the line", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io, conversation } = setup;
  conversation.welcome = LIFE;
  conversation.message("bob", "hello");
  await sees(setup, /hello/);
  const reacts = async (typed: string, key: string): Promise<void> => {
    io.type("\x1b[1;3A+");
    await sees(setup, /react>/);
    io.type(typed);
    await seesNo(setup, /react>/);
    await io.until(() => setup.sent.some((each) => each.type === "react" && each.key === key), key);
  };
  await loadEmoji();
  io.type("\x1b[1;3A+:thu");
  await sees(setup, /react> :thu/);
  io.type("\t");
  await sees(setup, /react> 👍/);
  io.type("\x1b");
  await seesNo(setup, /react>/);
  await reacts(":thu\t\r", "👍");
  await reacts(":tada\r", "🎉");
  await reacts(":thu\t\t\r", "👎");
  await reacts("\t\r", "❤️");
});

for (
  const [what, open, mark, key] of [
    ["picked", "", /Enter: menu/, "r"],
    ["chosen for a picked message", "+", /React to <ann> dev number 9/, "\r"],
  ] as const
) {
  Deno.test(`what is ${what} is left when the room changes, and is done nowhere else`, async () => {
    using setup = await viewed();
    const { io, conversation } = setup;
    conversation.welcome = LIFE;
    const left = Promise.withResolvers<Event>();
    const asked = Promise.withResolvers<void>();
    const usual = conversation.answer;
    conversation.answer = (request) => {
      if (request.type !== "leave") return usual(request);
      asked.resolve();
      return left.promise;
    };
    io.type("\x1b3");
    await sees(setup, /ops number 9/);
    io.type("half a line");
    await sees(setup, /ops> half a line/);
    io.type("\x1b2");
    await sees(setup, /dev number 9/);
    io.type("/leave\r");
    await asked.promise;
    io.type("\x1b[1;3A");
    await sees(setup, /Enter: menu/);
    io.type(open);
    await sees(setup, mark);
    left.resolve({ type: "left", id: "1", room: "dev", name: "me" });
    await sees(setup, /ops> half a line/);
    await seesNo(setup, mark);
    const { bells } = io.screen;
    io.type(key);
    await io.until(() => io.screen.bells > bells, "the bell");
    io.type(" more");
    await sees(setup, /ops> half a line more$/);
    assertEquals(setup.sent.filter(({ type }) => type === "react" || type === "say"), []);
  });
}

Deno.test("a removal that nobody has confirmed does not come back behind an answer", async () => {
  using setup = await viewed({ mendsMs: [] });
  const { io, conversation } = setup;
  conversation.welcome = LIFE;
  const row = async (text: string): Promise<void> =>
    await io.until(() => io.screen.cursorRow.trimEnd().endsWith(text), text);
  const own = conversation.message("me", "mine", "lobby", { own: true });
  const seq = conversation.message("bob", "hello");
  await sees(setup, /<bob> hello/);
  io.type("\x1b[1;3A\x1b[A");
  await sees(setup, /Enter: menu/);
  io.type("d");
  await row(`lobby> /remove ${own}`);
  io.type("\x1b[1;3A");
  await sees(setup, /Enter: menu/);
  io.type("r");
  await row(`lobby> /re ${seq}`);
  io.type("fine\r");
  await sees(setup, /<me> fine/);
  io.type("!");
  await row("lobby> !");
});

Deno.test("a question that is picked offers its choices, as long as one may answer", async () => {
  using setup = await viewed();
  const { io, conversation } = setup;
  conversation.welcome = { ...LIFE, features: ["life", "ask"] };
  const ask = { choices: ["pizza", "Ramen", "no, thanks"] };
  const asked = (): string[] =>
    setup.sent.flatMap((each) => each.type === "answer" ? [`${each.re} ${each.choice}`] : []);
  const menu = async (word: RegExp): Promise<void> => {
    await sees(setup, word);
    io.type("\x1b[1;3A\r");
    await sees(setup, /What to do with </);
  };
  const re = conversation.message("bob", "lunch?", "lobby", { ask });
  await menu(/lunch\?/);
  assertEquals(shown(setup).filter((row) => row.includes("answer: ")).length, 3);
  assert(shown(setup).some((row) => /answer: no, thanks +3$/.test(row)), shown(setup).join("\n"));
  io.type("ramen\r");
  await io.until(() => asked().length === 1, "the answer");
  await sees(setup, /me: Ramen/);
  assertEquals(asked(), [`${re} Ramen`]);
  // Each person has one answer, and who asks all others has none.
  const open = conversation.message("bob", "tea?", "lobby", { ask: { choices: ["yes", "no"] } });
  conversation.about(open, "me", { type: "answered", choice: "no" });
  await menu(/me: no/);
  assert(!shown(setup).some((row) => row.includes("answer: ")));
  io.type("\x1b");
  conversation.message("me", "cake?", "lobby", { ask: { choices: ["yes", "no"] } });
  await menu(/cake\?/);
  assert(!shown(setup).some((row) => row.includes("answer: ")));
  io.type("\x1b");
  const last = conversation.message("ann", "go?", "lobby", { ask: { choices: ["yes", "no"] } });
  await sees(setup, /go\?/);
  io.type("\x1b[1;3A2");
  await io.until(() => asked().length === 2, "by its number");
  assertEquals(asked()[1], `${last} no`);
});
