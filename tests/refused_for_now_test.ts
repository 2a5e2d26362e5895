/** What programs and links send again that a server refuses for now (`try-later`). */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import { formatAddress } from "../lib/cli/values.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { READY, ScriptedServer } from "./fixtures/scripted_server.ts";
import { Told } from "./fixtures/told.ts";
import { type Json, type RawPeer, until, within } from "./helpers.ts";

const AWAY = "The cluster can't be reached; it was not sent, try again in a moment";
const at = "2026-01-02T03:04:05.000Z";

function refuse(peer: RawPeer, { id }: Json, retryAfterMs = 300): Promise<void> {
  return peer.tell({ type: "error", id, code: "try-later", text: AWAY, retryAfterMs });
}

function ack(peer: RawPeer, { id }: Json, seq: number): Promise<void> {
  return peer.tell({ type: "ack", id, room: "lobby", seq, at });
}

/** The next messages that come, and nothing else with them. */
async function says(peer: RawPeer, ...texts: string[]): Promise<Json[]> {
  const all: Json[] = [];
  for (const text of texts) {
    const said = await within(text, peer.takeEvent());
    assertEquals([said.type, said.text], ["say", text]);
    all.push(said);
  }
  return all;
}

/** What a message comes to. */
function outcome(sent: Promise<Json>): Promise<string> {
  return sent.then(({ type }) => type, (error: RequestError) => error.code);
}

Deno.test("a program's messages that are refused for now are sent again, in order, the first of them alone", async () => {
  using server = new ScriptedServer();
  const told: string[] = [];
  await using ann = new Told(server, {
    persistMs: 3_600_000,
    onWaiting: (text) => told.push(text),
  });
  using peer = await server.letIn();
  await ann.ready();
  const say = (text: string) => outcome(ann.link.send({ type: "say", room: "lobby", text }));
  const sent = ["one", "two", "three"].map(say);
  const first = await says(peer, "one", "two", "three");
  for (const each of first) await refuse(peer, each);
  const [again] = await says(peer, "one");
  assertEquals(again?.id, first[0]?.id);
  // What is said now waits behind those, and what is no message does not.
  sent.push(say("four"));
  ann.link.send({ type: "rooms" }).catch(() => {});
  assertEquals((await within("the question", peer.takeEvent())).type, "rooms");
  await refuse(peer, again ?? {});
  const [third] = await says(peer, "one");
  await ack(peer, third ?? {}, 1);
  const rest = await says(peer, "two", "three", "four");
  assertEquals(rest.slice(0, 2).map(({ id }) => id), first.slice(1).map(({ id }) => id));
  for (const [n, each] of rest.entries()) await ack(peer, each, n + 2);
  assertEquals(await within("the acks", Promise.all(sent)), ["ack", "ack", "ack", "ack"]);
  assertEquals(told, [AWAY]);
  // It is over: the next one goes at once.
  const next = say("five");
  const [five] = await says(peer, "five");
  await ack(peer, five ?? {}, 5);
  assertEquals(await within("the ack", next), "ack");
});

Deno.test("a program's patience has an end, also for what waits behind, and begins anew after that", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server, { persistMs: 1_000 });
  using peer = await server.letIn();
  await ann.ready();
  const say = (text: string) => outcome(ann.link.send({ type: "say", room: "lobby", text }));
  for (const round of [1, 2]) {
    const sent = ["one", "two"].map(say);
    for (const each of await says(peer, "one", "two")) await refuse(peer, each, 600);
    const [again] = await says(peer, "one");
    sent.push(say("three"));
    await refuse(peer, again ?? {}, 600);
    const codes = await within(`the end of round ${round}`, Promise.all(sent));
    assertEquals(codes, ["try-later", "try-later", "try-later"]);
  }
  const late = say("late");
  const [refused] = await says(peer, "late");
  await refuse(peer, refused ?? {}, 60_000);
  assertEquals(await within("the refusal", late), "try-later");
});

Deno.test("what a person says that is refused for now is told, and not sent again", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  using peer = await server.letIn();
  await ann.ready();
  const sent = ann.link.send({ type: "say", room: "lobby", text: "one" });
  const [one] = await says(peer, "one");
  await refuse(peer, one ?? {}, 1);
  const error = await within("the refusal", assertRejects(() => sent, RequestError, AWAY));
  assertEquals([error.code, error.retryAfterMs], ["try-later", 1]);
});

Deno.test("after a lost connection all that waits goes out, in order", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server, { persistMs: 3_600_000 });
  const sent: Promise<string>[] = [];
  {
    using peer = await server.letIn();
    await ann.ready();
    for (const text of ["one", "two"]) {
      sent.push(outcome(ann.link.send({ type: "say", room: "lobby", text })));
    }
    for (const each of await says(peer, "one", "two")) await refuse(peer, each, 3_000_000);
  }
  using peer = await server.letIn();
  for (const [n, each] of (await says(peer, "one", "two")).entries()) await ack(peer, each, n + 1);
  assertEquals(await within("the acks", Promise.all(sent)), ["ack", "ack"]);
});

Deno.test("a room that a link can't come into for now is asked for again", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server, { rooms: ["lobby", "dev"] });
  using peer = await server.letIn();
  for (let tries = 1; tries <= 3; tries++) {
    const join = await within("the request", peer.takeEvent());
    assertEquals([join.type, join.room], ["join", "dev"]);
    if (tries < 3) await refuse(peer, join, 1);
    else await peer.tell({ type: "joined", id: join.id, room: "dev", name: "ann", seq: 0 });
  }
  await ann.see("the room", (event) => event.type === "joined");
  assertEquals(ann.events.filter(({ type }) => type === "error"), []);
});

for (const how of ["send", "connect"] as const) {
  const args = (server: ScriptedServer): string[] => {
    const address = formatAddress(server.addr);
    return how === "send"
      ? [how, address, "--name", "bot", "hello"]
      : [how, address, "--name", "bot"];
  };
  const given = { input: how === "connect" ? "hello\n" : "" };

  Deno.test(`${how} sends again what is refused for now, and says so`, async () => {
    using server = new ScriptedServer();
    const run = chatroom(args(server), given);
    using peer = await server.letIn({}, { ...READY, name: "bot" });
    const ids = new Set<string>();
    for (let tries = 1; tries <= 3; tries++) {
      const said = await within("the message", peer.takeType("say"));
      ids.add(said.id);
      if (tries < 3) await refuse(peer, said, 1);
      else await ack(peer, said, 1);
    }
    assertEquals(ids.size, 1);
    await until("the goodbye", async () => await peer.takeSome() === undefined);
    const { code, stderr } = await within("the end", run);
    assertEquals([code, stderr], [0, `Not taken yet, trying again: ${AWAY}\n`]);
  });

  Deno.test(`${how} gives up what is refused for longer than it waits`, async () => {
    using server = new ScriptedServer();
    const run = chatroom(args(server), given);
    using peer = await server.letIn({}, { ...READY, name: "bot" });
    await refuse(peer, await within("the message", peer.takeType("say")), 60_000);
    await until("the goodbye", async () => await peer.takeSome() === undefined);
    const { code, stderr } = await within("the end", run);
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /^(The message|Line 1) was not sent: The cluster can't be reached/,
    );
    assertEquals(stderr.split("\n").length, 2);
  });
}
