/** What a house makes of edits, removals, answers, reactions and pins. */

import { assertEquals } from "@std/assert";
import type { Request } from "../lib/wire/requests.ts";
import { told } from "./fixtures/life_told.ts";
import { accountOf, comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";
import { asks, someFiles } from "./fixtures/sending.ts";
import { keeping } from "./fixtures/still.ts";

const room = "lobby";
const LIFE = ["message", "direct", "revised", "removed", "reacted", "pinned", "emptied"] as const;

function forget(...people: readonly Somebody[]): void {
  for (const { peer } of people) peer.told.length = 0;
}

Deno.test("those in the room are told what is done about a message, and who did it gets an ack", async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  const beside = await comes(house, "ann");
  const bob = await comes(house, "bob");
  await ann.ask({ type: "say", room, text: "lunch at on?" });
  const requests: Request[] = [
    { type: "revise", room, re: 1, text: "lunch at one?" },
    { type: "react", room, re: 1, key: "👍" },
    { type: "remove", room, re: 1 },
  ];
  forget(ann, beside, bob);
  const answers: unknown[] = [];
  for (const request of requests) answers.push((await ann.ask(request)).seq);
  assertEquals(answers, [2, 3, 4]);
  assertEquals(told(ann), []);
  const expected = ["2 ann revised 1: lunch at one?", "3 ann 👍 1", "4 ann removed 1"];
  assertEquals(told(bob), expected);
  assertEquals(told(beside), expected.map((each) => `${each} (own)`));
});

Deno.test("an answer brings how that begins which it answers", async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  const bob = await comes(house, "bob");
  await ann.ask({ type: "say", room, text: "lunch?\nor not" });
  assertEquals((await bob.ask({ type: "say", room, text: "yes", re: 1 })).seq, 2);
  const [event] = ann.take("message").slice(-1);
  assertEquals([event.re, event.quote], [1, { from: "ann", text: "lunch?" }]);
  assertEquals(await bob.code({ type: "say", room, text: "yes", re: 3 }), "no-such-message");
  const page = await bob.ask({ type: "history", room });
  assertEquals(page.messages[1].quote, { from: "ann", text: "lunch?" });
  assertEquals(page.upTo, 2);
});

Deno.test("who may not speak does nothing about messages either", async () => {
  const house = makeRoomHouse();
  const olga = await comes(house, "olga");
  const ann = await comes(house, "ann");
  const eve = await comes(house, "eve");
  await olga.ask({ type: "say", room, text: "hello" });
  await eve.ask({ type: "say", room, text: "hi" });
  const about = { room, re: 2 };
  const all: Request[] = [
    { type: "revise", ...about, text: "hey" },
    { type: "react", ...about, key: "👍" },
    { type: "remove", ...about },
    { type: "pin", ...about },
  ];
  const codes = async (who: Somebody): Promise<string[]> => {
    const found: string[] = [];
    for (const request of all) found.push(await who.code(request));
    return found;
  };
  await olga.ask({ type: "mod", action: "mute", target: "eve", only: true, room });
  assertEquals(await codes(eve), ["muted", "muted", "muted", "muted"]);
  assertEquals(await codes(ann), ["not-yours", "ack", "not-allowed", "not-allowed"]);
  await olga.ask({ type: "mod", action: "unmute", target: "eve", only: true, room });
  await olga.ask({ type: "room", room, quiet: true });
  assertEquals(await eve.code({ type: "revise", ...about, text: "hey" }), "not-allowed");
  assertEquals(await eve.code({ type: "react", ...about, key: "👍" }), "ack");
  await olga.ask({ type: "room", room, quiet: false, slow: 60 });
  assertEquals(await eve.code({ type: "revise", ...about, text: "hey" }), "ack");
  assertEquals(await eve.code({ type: "revise", ...about, text: "hey" }), "try-later");
  assertEquals(await eve.code({ type: "revise", ...about, text: "/login secret" }), "try-later");
  await eve.ask({ type: "leave", room });
  assertEquals(await codes(eve), Array(4).fill("not-in-room"));
});

Deno.test("in a slow room nobody pauses after what was not said", async () => {
  const house = makeRoomHouse();
  const olga = await comes(house, "olga");
  const eve = await comes(house, "eve");
  await olga.ask({ type: "room", room, slow: 3_600 });
  await olga.ask({ type: "say", room, text: "hello" });
  assertEquals(await eve.code({ type: "say", room, text: "yes", re: 9 }), "no-such-message");
  assertEquals(await eve.code({ type: "revise", room, re: 1, text: "hey" }), "not-yours");
  assertEquals(await eve.code({ type: "say", room, text: "yes", re: 1 }), "ack");
  assertEquals(await eve.code({ type: "say", room, text: "no" }), "try-later");
});

Deno.test("an edit is looked at as what is said", async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await ann.ask({ type: "say", room, text: "hello" });
  const revise = (text: string): Promise<string> => ann.code({ type: "revise", room, re: 1, text });
  assertEquals(await revise(""), "empty-text");
  assertEquals(await revise("\n\n"), "empty-text");
  assertEquals(await revise("/login my password"), "may-be-secret");
  assertEquals(await revise("x".repeat(9_000_000)), "too-large");
});

Deno.test("a reaction is one emoji or another character, written in one way", async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await ann.ask({ type: "say", room, text: "hello" });
  const key = async (key: string): Promise<unknown> => {
    const answer = await ann.ask({ type: "react", room, re: 1, key });
    return answer.code ?? answer.seq;
  };
  const bad = "bad-reaction";
  assertEquals(await Promise.all(["", " ", "ab", "👍👍", "\u200b", "\u0301", "\ud800"].map(key)), [
    ...Array(7).fill(bad),
  ]);
  const unshown = [
    ...["e" + "\u0301".repeat(6), "\u2800", "\ufdfd", "\ufffd", "\u1100".repeat(9)],
    ...["\u{1f3f4}" + "\u{e0061}".repeat(28), "a\u{e0061}", Array(6).fill("👍").join("\u200d")],
  ];
  assertEquals(await Promise.all(unshown.map(key)), Array(unshown.length).fill(bad));
  assertEquals(await key("\u2764"), 2);
  assertEquals(await key("\u2764\ufe0f"), 2, "the same heart");
  assertEquals(await key("👩‍👩‍👧‍👦"), 3);
  assertEquals(await key("é".normalize("NFD")), 4);
  assertEquals(await key("é"), 4);
  const { messages: [message] } = await ann.ask({ type: "history", room });
  assertEquals(message.reactions.map(({ key }: { key: string }) => key), [
    ...["\u2764\ufe0f", "👩‍👩‍👧‍👦", "é"],
  ]);
});

Deno.test("guests of one address count once, an account on all its devices", async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  const beside = await comes(house, "ann");
  await ann.ask({ type: "say", room, text: "hello" });
  const eve = await comes(house, "eve");
  const zoe = await comes(house, "zoe");
  const far = await comes(house, "far", {}, { address: "192.0.2.77" });
  for (const each of [ann, beside, eve, zoe, far]) {
    await each.ask({ type: "react", room, re: 1, key: "👍" });
  }
  const seen = async (who: Somebody): Promise<unknown> =>
    (await who.ask({ type: "history", room })).messages[0].reactions;
  assertEquals(await seen(zoe), [{ key: "👍", count: 3, mine: true }]);
  const carl = await comes(house, "carl");
  assertEquals(await seen(carl), [{ key: "👍", count: 3 }]);
  const { reactions } = await carl.ask({ type: "reactions", room, re: 1 });
  assertEquals(reactions, [{ key: "👍", count: 3, names: ["ann", "eve", "far"] }]);
  assertEquals(await carl.code({ type: "reactions", room, re: 7 }), "no-such-message");
});

Deno.test("hosts and operators remove what others said, which the trail tells without the text", async () => {
  const moderated: unknown[] = [];
  const house = makeRoomHouse({ onModerated: (line) => moderated.push(line) });
  const ann = await comes(house, "ann");
  const otto = await comes(house, "otto");
  await ann.ask({ type: "say", room, text: "marmalade" });
  await otto.ask({ type: "say", room, text: "mine" });
  assertEquals(await otto.code({ type: "remove", room, re: 2 }), "ack");
  assertEquals(moderated, [], "one's own is no moderation");
  assertEquals(await otto.code({ type: "remove", room, re: 1, reason: "spam\nspam" }), "bad-field");
  assertEquals(await otto.code({ type: "remove", room, re: 1, reason: "spam" }), "ack");
  assertEquals(ann.take("removed").map(({ from, re, reason }) => [from, re, reason]), [
    ...[["otto", 2, undefined], ["otto", 1, "spam"]],
  ]);
  const { entries } = await otto.ask({ type: "audit" });
  const { at: _, ...line } = entries.at(-1);
  const expected = {
    ...{ by: "otto", action: "remove", target: "ann", room },
    detail: "message 1: spam",
  };
  assertEquals(line, expected);
  assertEquals(moderated.length, 1);
  assertEquals(JSON.stringify([entries, moderated]).includes("marmalade"), false);
  const { messages } = await otto.ask({ type: "history", room });
  assertEquals(
    messages.map(({ text, removed }: { text: string; removed: unknown }) => [
      text,
      (removed as { by: string }).by,
    ]),
    [["", "otto"], ["", "otto"]],
  );
});

Deno.test("operators pin messages, and everybody sees which", async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  const otto = await comes(house, "otto");
  for (const text of ["one", "two", "three"]) await ann.ask({ type: "say", room, text });
  for (const re of [3, 1]) assertEquals(await otto.code({ type: "pin", room, re }), "ack");
  const pins = async (): Promise<number[]> =>
    (await ann.ask({ type: "pins", room })).messages.map(({ seq }: { seq: number }) => seq);
  assertEquals(await pins(), [3, 1]);
  assertEquals(await ann.code({ type: "pin", room, re: 3, off: true }), "not-allowed");
  await otto.ask({ type: "pin", room, re: 3, off: true });
  await ann.ask({ type: "remove", room, re: 1 });
  assertEquals(await pins(), []);
});

Deno.test("in a conversation both are told, and nobody else can ask", async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  const beside = await comes(house, "ann");
  const bob = await comes(house, "bob");
  const carl = await comes(house, "carl");
  const { chat } = await ann.ask({ type: "direct", to: "bob", text: "psst" });
  forget(ann, beside, bob, carl);
  await bob.ask({ type: "react", chat, re: 1, key: "👍" });
  assertEquals(await ann.code({ type: "revise", chat, re: 1, text: "hey" }), "ack");
  await bob.ask({ type: "direct", chat, text: "what?", re: 1 });
  assertEquals(told(ann), ["2 bob 👍 1", "4 bob: what?"]);
  assertEquals(told(beside), ["2 bob 👍 1", "3 ann revised 1: hey (own)", "4 bob: what?"]);
  assertEquals(told(bob), ["3 ann revised 1: hey"]);
  assertEquals(ann.take("direct")[0].quote, { from: "ann", text: "hey" });
  assertEquals(told(carl), []);
  for (const type of ["remove", "reactions"] as const) {
    assertEquals(await carl.code({ type, chat, re: 1 }), "no-such-chat");
  }
  assertEquals(await bob.code({ type: "remove", chat, re: 1 }), "not-allowed");
  const page = await bob.ask({ type: "history", chat });
  assertEquals(page.messages[0].text, "hey");
  assertEquals(page.messages[0].reactions, [{ key: "👍", count: 1, mine: true }]);
  await bob.ask({ type: "block", name: "ann" });
  assertEquals(await ann.code({ type: "revise", chat, re: 1, text: "hey!" }), "blocked");
  assertEquals(await ann.code({ type: "react", chat, re: 4, key: "👍" }), "blocked");
  assertEquals(await ann.code({ type: "remove", chat, re: 1 }), "ack");
});

Deno.test("a client that knows no conversations is told of an edit, and counts no more than was said", async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  const old = await comes(house, "eve", { features: [] });
  const { chat } = await ann.ask({ type: "direct", to: "eve", text: "psst" });
  await ann.ask({ type: "revise", chat, re: 1, text: "hey\nyou" });
  await ann.ask({ type: "react", chat, re: 1, key: "👍" });
  assertEquals(old.take("direct").map(({ text, n }) => [text, n]), [["psst", 1]]);
  assertEquals(old.take("notice").map(({ text }) => text), ["ann (to you): * hey↵you"]);
  assertEquals(LIFE.flatMap((type) => old.take(type)), []);
  // What it missed it gets as it reads now.
  house.gone(old.peer, false);
  await ann.ask({ type: "direct", chat, text: "are you there" });
  await ann.ask({ type: "revise", chat, re: 4, text: "are you there?" });
  const { epoch } = house.index;
  const back = await comes(house, "eve", {
    features: [],
    session: old.peer.session || "",
    resume: { epoch, seq: {}, direct: 1 },
  });
  assertEquals(back.take("direct").map(({ text, n }) => [text, n]), [["are you there?", 2]]);
  // Of what was removed it is told nothing, though it may know removals in rooms.
  house.gone(back.peer, false);
  await ann.ask({ type: "remove", chat, re: 4 });
  await ann.ask({ type: "direct", chat, text: "no?" });
  const again = await comes(house, "eve", {
    features: ["life"],
    session: old.peer.session || "",
    resume: { epoch, seq: {}, direct: 1 },
  });
  assertEquals(again.take("direct").map(({ text, n }) => [text, n]), [["no?", 3]]);
});

Deno.test("a file goes with the message that brought it", async () => {
  const files = someFiles();
  const house = makeRoomHouse({ files });
  const ann = await comes(house, "ann");
  await asks(house, ann.peer, { type: "put", name: "a.txt", room });
  for (let i = 0; i < 50 && house.index.last("room lobby") === 0; i++) await Promise.resolve();
  const { messages: [message] } = await ann.ask({ type: "history", room });
  const { id } = message.file;
  assertEquals((await house.index.file(id))?.name, "a.txt");
  const gone: string[] = [];
  house.index.onLetGo = (blobs) => void gone.push(...blobs);
  await ann.ask({ type: "remove", room, re: message.seq });
  assertEquals(await house.index.file(id), undefined);
  assertEquals(gone, [message.file.sha256]);
  assertEquals(await ann.code({ type: "get", file: id, offset: 0, credit: 1 }), "no-such-file");
  const { messages: [left] } = await ann.ask({ type: "history", room });
  assertEquals([left.text, left.file], ["", undefined]);
});

Deno.test("@all from an operator rings everybody in a room that is not too large", async () => {
  const house = makeRoomHouse({ limits: { roomsPerSession: 9 } });
  const otto = await comes(house, "otto");
  const ann = await comes(house, "ann");
  const bob = await comes(house, "bob");
  const eve = await comes(house, "eve");
  const mentions = async (who: Somebody): Promise<number> =>
    (await who.ask({ type: "read", room, seq: 0, back: true })).mentions;
  await bob.ask({ type: "block", name: "otto" });
  for (const text of ["all: not that", "not @allan", "@ALL: tea!"]) {
    await otto.ask({ type: "say", room, text });
  }
  assertEquals(eve.take("message").map(({ all }) => all), [undefined, undefined, true]);
  assertEquals([await mentions(ann), await mentions(bob), await mentions(otto)], [1, 0, 0]);
  await ann.ask({ type: "say", room, text: "@all me too" });
  assertEquals(eve.take("message").map(({ all }) => all), [undefined]);
  for (let i = 0; i < 96; i++) await comes(house, `guest${i}`);
  const more = await comes(house, "one-more");
  await otto.ask({ type: "say", room, text: "@all" });
  assertEquals(eve.take("message").map(({ all }) => all), [undefined]);
  house.gone(more.peer, true);
  await otto.ask({ type: "say", room, text: "@all" });
  assertEquals(bob.take("message").at(-1).all, true);
});

Deno.test("an account that takes a name writes nobody else's messages", async () => {
  const house = makeRoomHouse({}, keeping({ accounts: [accountOf("olga", "owner")] }));
  const guest = await comes(house, "zoe");
  await guest.ask({ type: "say", room, text: "mine" });
  house.gone(guest.peer, true);
  const other = await comes(house, "zoe");
  assertEquals(await other.code({ type: "revise", room, re: 1, text: "yours" }), "not-yours");
  await other.ask({ type: "register", password: "a long password" });
  assertEquals(await other.code({ type: "revise", room, re: 1, text: "yours" }), "not-yours");
  assertEquals(await other.code({ type: "remove", room, re: 1 }), "not-allowed");
});
