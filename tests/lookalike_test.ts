/** Names that look alike: which those are, and that one keeps the other out, through both doors. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { CONFUSABLES } from "../lib/chat/names/confusables.ts";
import { nameKey } from "../lib/words/names.js";
import { NameTable } from "../lib/chat/names/name_tables.ts";
import { looksOf, mappedSkeleton, skeleton } from "../lib/chat/names/skeleton.ts";
import { classicFrame, joinClassic, joinEvent, RawPeer, startServer, until } from "./helpers.ts";

const none = { permissions: "none" } as const;

/** `alice` with a Cyrillic first letter, and so on. */
const [ALICE, DEV, LOBBY] = ["\u0430lice", "d\u0435v", "l\u043ebby"];

for (
  const [one, other] of [
    ["alice", ALICE],
    ["alice", "aIice"],
    ["paypal", "раураl"],
    ["user10", "userlO"],
    ["modern", "rnodern"],
    ["scope", "ѕсоре"],
    ["bob", "bοb"],
    ["Zoë", "Zoe\u0308"],
    ["علیرضا", "علی\u200cرضا"],
  ] as const
) {
  Deno.test(`${one} and ${JSON.stringify(other)} have one skeleton`, none, () => {
    assertEquals(skeleton(other), skeleton(one));
  });
}

Deno.test("ordinary names have skeletons of their own", none, () => {
  const names = [
    "alice",
    "Alice",
    "alina",
    "bob",
    "Bob",
    "dob",
    "ann",
    "anna",
    "Zoë",
    "Zoe",
    "李雷",
    "李蕾",
    "user1",
    "user2",
  ];
  assertEquals(new Set(names.map(skeleton)).size, names.length);
});

Deno.test("the skeleton of a skeleton is itself", none, () => {
  // By half of what looks like something else, as other characters rarely do.
  const points = CONFUSABLES.trim().split(/[\s:+]+/).filter((word) => word !== "");
  const alike = fc.constantFrom(...points).map((point) =>
    String.fromCodePoint(parseInt(point, 16))
  );
  const text = fc.array(fc.oneof(alike, fc.string({ unit: "binary", maxLength: 1 })), {
    maxLength: 12,
  });
  fc.assert(fc.property(text.map((parts) => parts.join("")), (name) => {
    const [once, key] = [skeleton(name), nameKey(name)];
    assertEquals(skeleton(once), once);
    assertEquals(skeleton(name.normalize("NFD")), skeleton(name.normalize("NFC")));
    assertEquals(looksOf(key, key).folded, looksOf(name, key).folded);
  }));
});

Deno.test("the short way to the skeleton of an ASCII name leads to the same", none, () => {
  for (let code = 0x20; code < 0x7f; code++) {
    const char = String.fromCharCode(code);
    assertEquals(skeleton(char), mappedSkeleton(char), char);
  }
  fc.assert(fc.property(fc.string({ unit: "grapheme-ascii" }), (name) => {
    assertEquals(skeleton(name), mappedSkeleton(name));
  }));
});

Deno.test(
  "a name that was given to another is not lost when its first holder is forgotten",
  none,
  () => {
    const names = new NameTable<string>();
    const find = (name: string): string | undefined => names.find(name, nameKey(name), () => true);
    names.set("alice", "alice", "first");
    names.set(ALICE, nameKey(ALICE), "second");
    names.delete("alice", "alice", "first");
    assertEquals([find("alice"), find(ALICE), names.get("alice")], ["second", "second", undefined]);
    names.delete(ALICE, nameKey(ALICE), "second");
    assertEquals([find("alice"), find(ALICE)], [undefined, undefined]);
  },
);

Deno.test("an event client can't take what passes for another's name", async (t) => {
  await using server = startServer();
  using alice = await joinEvent(server, "Alice");
  using _zoe = await joinEvent(server, "Zoë");
  using bob = await joinEvent(server, "bob");
  for (
    const [name, part] of [
      [ALICE, `The name ${ALICE} (with U+0430) looks like Alice, which is in use here; choose`],
      ["\u0410lice", "(with U+0410) looks like Alice"],
      ["\u0410LICE", "(with U+0410) looks like Alice"],
      ["AIice", "(with U+0049) looks like Alice"],
      ["alice  ", "The name alice   is in use here"],
      ["Zoe\u0308", "is in use here; choose another"],
    ] as const
  ) {
    await t.step(JSON.stringify(name), async () => {
      using other = await joinEvent(server, name);
      assertEquals([other.ready.type, other.ready.code], ["error", "name-taken"]);
      assertStringIncludes(other.ready.text, part);
      assertEquals((await bob.ask({ type: "rename", name })).code, "name-taken");
    });
  }
  assertEquals((await alice.ask({ type: "rename", name: ALICE })).type, "renamed", "her own");
  assertEquals((await bob.ask({ type: "rename", name: "alice" })).code, "name-taken");
});

Deno.test("a name that is kept for who was cut off is kept from those that look like it", async () => {
  await using server = startServer({ limits: { silenceMs: 300, pingMs: 200 } });
  using alice = await joinEvent(server, "alice");
  await alice.takeType("bye");
  await until("the end of its connection", () => server.connections === 0);
  using other = await joinEvent(server, ALICE);
  assertEquals(other.ready.code, "name-taken");
  using again = await joinEvent(server, ALICE, { session: alice.ready.session });
  assertEquals(again.ready.name, ALICE, "the owner may");
});

Deno.test("a classic client whose name looks like another's gets a number after it", async () => {
  await using server = startServer();
  using alice = await joinClassic(server, "alice");
  using other = await RawPeer.connect(server);
  await other.send(classicFrame(ALICE));
  const [from, text] = await other.takePair();
  assertEquals(from, "server");
  assertStringIncludes(text, `you are ${ALICE}-2.`);
  await other.send(classicFrame("hi"));
  assertEquals(await alice.takePair(), [`${ALICE}-2`, "hi"]);
});

Deno.test("a room that looks like one that is open can't be had until that is gone", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  using bob = await joinEvent(server, "bob");
  using cat = await joinClassic(server, "cat");
  await ann.ask({ type: "join", room: "dev" });
  const text = `The room ${DEV} (with U+0435) looks like dev, which is open; ` +
    "join that, or choose another name.";
  const refused = await bob.ask({ type: "join", room: DEV });
  assertEquals([refused.type, refused.code, refused.text], ["error", "room-taken", text]);
  await cat.send(classicFrame(`/join ${DEV}`));
  assertEquals(await cat.takePair(), ["server", text]);
  using dan = await joinEvent(server, "dan", { room: DEV });
  assertEquals(dan.ready.code, "room-taken");
  assertEquals((await bob.ask({ type: "join", room: LOBBY })).code, "room-taken");
  assertEquals((await bob.ask({ type: "join", room: "DEV" })).room, "dev", "the same room");
  await bob.ask({ type: "leave", room: "dev" });
  await ann.ask({ type: "leave", room: "dev" });
  assertEquals((await bob.ask({ type: "join", room: DEV })).room, DEV);
  assertEquals((await ann.ask({ type: "join", room: "dev" })).code, "room-taken");
});
