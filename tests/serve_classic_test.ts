/** The classic door, seen from the wire. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { classicFrame, joinClassic, joinEvent, RawPeer, startServer } from "./helpers.ts";

const decoder = new TextDecoder();

Deno.test("a classic client receives exactly the bytes that the seed's server would send", async () => {
  await using server = startServer();
  using ann = await joinClassic(server, "ann");
  using bob = await joinClassic(server, "Bob Lee");
  using zoe = await joinClassic(server, "zoë");
  await ann.send("5         hello");
  await ann.send("0         ", "3         two");
  await bob.send("11        grüß dich");
  const expected = "3         ann5         hello" + "3         ann3         two" +
    "7         Bob Lee11        grüß dich";
  const length = new TextEncoder().encode(expected).length;
  assertEquals(decoder.decode(await zoe.take(length)), expected);
  const forAnn = "7         Bob Lee11        grüß dich";
  assertEquals(decoder.decode(await ann.take(new TextEncoder().encode(forAnn).length)), forAnn);
  const forBob = "3         ann5         hello3         ann3         two";
  assertEquals(decoder.decode(await bob.take(forBob.length)), forBob);
  // Whatever else were on its way would come before the answer to a command.
  for (const peer of [ann, bob, zoe]) {
    await peer.send(classicFrame("/topic"));
    assertEquals(await peer.takePair(), ["server", "lobby has no topic; /topic TEXT sets one."]);
  }
});

Deno.test("a name in the right-justified frame of a silent client stays unknown to the room", async () => {
  await using server = startServer();
  using ann = await joinClassic(server, "ann");
  using silent = await RawPeer.connect(server);
  await silent.send("         3bob");
  assertEquals((await silent.takeEvent()).type, "welcome");
  await ann.send(classicFrame("/who"));
  assertEquals(await ann.takePair(), ["server", "1 person in lobby: ann"]);
});

Deno.test("a client that asked for events and then speaks classic is a classic client", async () => {
  await using server = startServer();
  using ann = await joinClassic(server, "ann");
  using late = await RawPeer.connect(server);
  await late.send("         4late");
  await late.takeEvent();
  await late.send("2         hi");
  assertEquals(await ann.takePair(), ["late", "hi"]);
});

Deno.test("a name that is in use gets a number, and its owner is told", async () => {
  await using server = startServer();
  using _ann = await joinClassic(server, "Ann");
  using second = await RawPeer.connect(server);
  await second.send(classicFrame("ann"));
  assertEquals(await second.takePair(), ["server", "The name ann is in use here; you are ann-2."]);
  using third = await RawPeer.connect(server);
  await third.send(classicFrame("ANN"));
  assertEquals(await third.takePair(), ["server", "The name ANN is in use here; you are ANN-3."]);
});

Deno.test("a classic client's commands are answered by the server alone", async (t) => {
  await using server = startServer();
  using ann = await joinClassic(server, "ann");
  using bob = await joinClassic(server, "bob");
  const answer = async (command: string): Promise<string> => {
    await ann.send(classicFrame(command));
    const [name, text] = await ann.takePair();
    assertEquals(name, "server");
    return text;
  };
  await t.step("/who lists the room", async () => {
    assertEquals(await answer("/who"), "2 people in lobby: ann, bob");
  });
  await t.step("/msg reaches one person and is confirmed", async () => {
    assertEquals(await answer("/msg bob psst"), "Delivered.");
    assertEquals(await bob.takePair(), ["ann", "(to you) psst"]);
    assertEquals(await answer("/msg bob psst"), "Delivered.");
    assertEquals(await bob.takePair(), ["ann", "(to you) psst"]);
  });
  await t.step("/msg to nobody says so", async () => {
    assertEquals(
      await answer("/msg carl hi"),
      "Nobody here is called carl; /who lists who is here.",
    );
  });
  await t.step("// says a slash", async () => {
    await ann.send(classicFrame("//etc/hosts"));
    assertEquals(await bob.takePair(), ["ann", "/etc/hosts"]);
  });
  await t.step("/me is said in the third person", async () => {
    await ann.send(classicFrame("/me waves"));
    assertEquals(await bob.takePair(), ["ann", "* ann waves"]);
  });
  await t.step("an unknown command suggests the nearest", async () => {
    assertStringIncludes(await answer("/jion dev"), "did you mean /join?");
  });
  await t.step("/topic is told to the others too", async () => {
    assertEquals(await answer("/topic tea at four"), "ann set the topic: tea at four");
    assertEquals(await bob.takePair(), ["server", "ann set the topic: tea at four"]);
  });
  await t.step("/nick is told to the others too", async () => {
    assertEquals(await answer("/nick anna"), "You are anna now.");
    assertEquals(await bob.takePair(), ["server", "ann is now anna."]);
  });
  await t.step("/history shows what was said", async () => {
    const first = await answer("/history 2");
    assertStringIncludes(first, "ann: /etc/hosts");
    assertStringIncludes((await ann.takePair())[1], "* ann waves");
  });
  await t.step("/join moves, and the room left behind is heard no more", async () => {
    assertEquals(await answer("/join #dev"), "You are in dev now.");
    await bob.send(classicFrame("still here"));
    assertEquals(await answer("/who"), "1 person in dev: anna");
    assertEquals(await answer("/rooms"), "dev (1)");
    assertEquals((await ann.takePair())[1], "lobby (1): tea at four");
  });
  await t.step("/quit closes", async () => {
    await ann.send(classicFrame("/quit"));
    assertEquals(await ann.takeRest(), "6         server8         Goodbye.");
  });
  await t.step("a room that is empty is gone", async () => {
    await bob.send(classicFrame("/rooms"));
    assertEquals(await bob.takePair(), ["server", "lobby (1): tea at four"]);
  });
});

Deno.test("/help lists every command", async () => {
  await using server = startServer();
  using ann = await joinClassic(server, "ann");
  await ann.send(classicFrame("/help"), classicFrame("/who"));
  const lines: string[] = [];
  for (;;) {
    const [, line] = await ann.takePair();
    if (line.startsWith("1 person")) break;
    lines.push(line);
  }
  for (
    const command of [
      "help",
      "join",
      "leave",
      "rooms",
      "who",
      "msg",
      "me",
      "nick",
      "topic",
      "history",
      "quit",
    ]
  ) {
    assert(lines.some((line) => line.startsWith(`/${command} `)), `/${command} is missing`);
  }
});

Deno.test("classic, event and classic again: everybody in a room sees the same messages", async () => {
  await using server = startServer();
  using ann = await joinClassic(server, "ann");
  using eve = await joinEvent(server, "eve");
  using bob = await joinClassic(server, "bob");
  await ann.send(classicFrame("from ann"));
  const first = await eve.takeType("message");
  assertEquals([first.room, first.seq, first.from, first.text], ["lobby", 1, "ann", "from ann"]);
  assertEquals(await bob.takePair(), ["ann", "from ann"]);
  const ack = await eve.ask({ type: "say", room: "lobby", text: "from eve", id: "m1" });
  assertEquals([ack.type, ack.room, ack.seq], ["ack", "lobby", 2]);
  assertEquals(await ann.takePair(), ["eve", "from eve"]);
  assertEquals(await bob.takePair(), ["eve", "from eve"]);
});

for (
  const [what, sent, told] of [
    [
      "a name that is not UTF-8",
      new Uint8Array([...new TextEncoder().encode("1         "), 0xff]),
      "not valid UTF-8",
    ],
    ["a name of blanks", "3            ", "can't be blank"],
    ["a name with an override of direction", classicFrame("a\u202eb"), "can't contain U+202E"],
    ["the server's name", classicFrame("Server"), "the server's own"],
  ] as const
) {
  Deno.test(`${what} is answered with the reason and the connection closed`, async () => {
    await using server = startServer();
    using ann = await joinClassic(server, "ann");
    using bob = await joinClassic(server, "bob");
    using peer = await RawPeer.connect(server);
    await peer.send(sent);
    const rest = await peer.takeRest();
    assertStringIncludes(rest, "6         server");
    assertStringIncludes(rest, told);
    await ann.send(classicFrame("unharmed"));
    assertEquals(await bob.takePair(), ["ann", "unharmed"]);
  });
}
