/** Messages in several lines over IRC that go wrong: nothing of them is said, and each is answered. */

import { assertEquals, assertMatch } from "@std/assert";
import { IrcPeer, startIrc } from "./irc_peer.ts";

const CAPS = ["message-tags", "batch", "draft/multiline", "labeled-response"];

Deno.test("irc: a batch within another is refused, and so are its lines; the other one goes on", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { caps: CAPS, rooms: ["#a"] });
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#a"] });
  const none = ":irc.test FAIL BATCH MULTILINE_INVALID :There is no such batch";
  await ann.sync();
  assertEquals(
    await ann.ask(
      "@label=outer BATCH +1 draft/multiline #a",
      "@batch=1 PRIVMSG #a :one",
      "@label=inner BATCH +2 draft/multiline #a",
      "@batch=2 PRIVMSG #a :never",
      "BATCH -2",
      "@batch=1 PRIVMSG #a :two",
      "BATCH -1",
      "BATCH -1",
    ),
    [
      "@label=inner :irc.test FAIL BATCH MULTILINE_INVALID :The batch 1 is not ended",
      none,
      none,
      none,
      "@label=outer :irc.test ACK",
    ],
  );
  assertEquals(await bob.sync(), [
    ":ann!~ann@guest PRIVMSG #a :one",
    ":ann!~ann@guest PRIVMSG #a :two",
  ]);
});

Deno.test("irc: a batch is nothing where a line of it could not be taken, or does something else", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { caps: CAPS, rooms: ["#a"] });
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#a"] });
  await ann.sync();
  const wrongs: ReadonlyArray<readonly [string | Uint8Array, RegExp]> = [
    [`@batch=1 PRIVMSG #a :${"x".repeat(600)}`, / 417 [^]*FAIL BATCH MULTILINE_INVALID :A line/],
    [Uint8Array.of(0xff), /INVALID_UTF8 [^]*FAIL BATCH MULTILINE_INVALID :A line/],
    ["@batch=1 JOIN #b", /FAIL BATCH MULTILINE_INVALID_TARGET #a #b :/],
    ["@batch=1 BATCH -1", /FAIL BATCH MULTILINE_INVALID_TARGET #a -1 :/],
    ["@batch=1 BATCH +2 draft/multiline #a", /FAIL BATCH MULTILINE_INVALID_TARGET #a \+2 :/],
    ["@batch=1 PRIVMSG bob :x", /FAIL BATCH MULTILINE_INVALID_TARGET #a bob :/],
    ["@batch=1 NOTICE #a :x", /FAIL BATCH MULTILINE_INVALID_TARGET #a #a :/],
    ["@batch=1;draft/multiline-concat PRIVMSG #a :", /FAIL BATCH MULTILINE_INVALID :A line that/],
  ];
  for (const [wrong, answer] of wrongs) {
    await ann.send("BATCH +1 draft/multiline #a", "@batch=1 PRIVMSG #a :first");
    if (typeof wrong === "string") await ann.send(wrong);
    else await ann.raw.send("@batch=1 PRIVMSG #a :", wrong, "\r\n");
    await ann.send("@batch=1 PRIVMSG #a :last");
    assertMatch((await ann.ask("BATCH -1")).join("\n"), answer, String(wrong));
  }
  for (const wrong of ["+ draft/multiline #a", "+1", "+1 chathistory #a", "1 draft/multiline #a"]) {
    assertMatch(
      (await ann.ask(`BATCH ${wrong}`)).join(),
      /^:irc\.test FAIL BATCH MULTILINE_INVALID/,
    );
  }
  assertEquals(await bob.sync(), []);
});

Deno.test("irc: a batch that has no end keeps nothing that grows, and is not said when its client leaves", async () => {
  await using server = startIrc();
  using ann = await IrcPeer.enter(server, "ann", { caps: CAPS, rooms: ["#a"] });
  using bob = await IrcPeer.enter(server, "bob", { rooms: ["#a"] });
  await ann.sync();
  await ann.send("BATCH +1 draft/multiline #a");
  for (let i = 0; i < 150; i++) await ann.send(`@batch=1 PRIVMSG #a :${"x".repeat(300)}`);
  // Other commands are answered meanwhile.
  await ann.expect("TOPIC #a", ":irc.test 331 ann #a :There is no topic");
  await ann.expect(
    "BATCH -1",
    ":irc.test FAIL BATCH MULTILINE_MAX_LINES 100 :Those are too many lines",
  );
  await ann.send("BATCH +2 draft/multiline #a", "@batch=2 PRIVMSG #a :unsaid", "QUIT :x");
  await ann.rest();
  assertEquals(await bob.until(/./), ":ann!~ann@guest QUIT :Quit: x");
});
