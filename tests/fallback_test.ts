/** When a server is taken for a classic one, and when not: no message goes where it was not meant to. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RequestError } from "../lib/client/conversation.ts";
import type { LinkOptions } from "../lib/client/link_options.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { READY, ScriptedServer, WELCOME } from "./fixtures/scripted_server.ts";
import { Told } from "./fixtures/told.ts";
import { classicFrame, eventFrame, joinEvent, startServer, until, within } from "./helpers.ts";
import { Proxy } from "./proxy.ts";

const NEEDS_CLASSIC = "The server speaks the classic protocol only; try again, or use --classic, " +
  "with which nothing tells whether a message has arrived\n";
const FALLBACK = "is taken for one of the classic protocol";

for (
  const [what, options] of [
    ["room ops", { rooms: ["lobby", "ops"] }],
    ["passwords", { secrets: { password: "open sesame" } }],
    ["passwords", { secrets: { login: "correct horse" } }],
  ] as ReadonlyArray<readonly [string, Partial<LinkOptions>]>
) {
  const wanted = Object.keys(options.secrets ?? options)[0];
  Deno.test(`a link with ${wanted} does not fall back to a protocol that has none`, async () => {
    await using server = startServer();
    await using proxy = new Proxy(server);
    using bob = await joinEvent(server, "bob");
    proxy.hold("answers");
    await using ann = new Told(proxy, { ...options, fallbackMs: 10, welcomeMs: 40 });
    const room = options.rooms?.[1] ?? "lobby";
    const secret = ann.link.send({ type: "say", room, text: "the secret of ops" });
    await assertRejects(() => secret, RequestError, `no ${what}`);
    const { cause, text } = await ann.ending();
    assertEquals(cause, "unreachable");
    assertStringIncludes(text, "did not answer within 0.04 s: it hangs, or");
    // What had gone to the lobby would be before this.
    assertEquals((await bob.ask({ type: "say", room: "lobby", text: "hi" })).seq, 1);
  });
}

Deno.test("a server is waited for longer by a link that needs its rooms", async () => {
  await using server = startServer();
  await using proxy = new Proxy(server);
  proxy.delayMs = 60;
  await using ann = new Told(proxy, { rooms: ["ops"], fallbackMs: 10 });
  await ann.ready();
  const ack = await ann.link.send({ type: "say", room: "ops", text: "hi" });
  assertEquals([ann.link.protocol, ack.type === "ack" && ack.room], ["event", "ops"]);
});

Deno.test("a link that fell back says so, asks for events when it comes back, and stays there", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server, { fallbackMs: 500, welcomeMs: 1_000 });
  using first = await server.accept();
  await ann.ready();
  assertEquals(ann.link.protocol, "classic");
  const told = await ann.see("online", (e) => e.type === "status" && e.status === "online");
  assert(told.type === "status" && told.fellBack);
  assertStringIncludes(told.text, FALLBACK);
  first[Symbol.dispose]();
  {
    using second = await server.accept();
    await second.send(eventFrame(WELCOME));
    assertEquals((await second.takeType("hello")).name, "ann");
    assertEquals(ann.link.protocol, "event");
  }
  // It has not been let in, yet it is known now what the server speaks.
  {
    using third = await server.accept();
    assertEquals(await third.takeRest(), "");
  }
  using _fourth = await server.letIn();
  await until("online", () => ann.statuses.filter((status) => status === "online").length === 2);
  assertEquals(ann.link.protocol, "event");
});

Deno.test("what was written for others before the fallback is not told to the lobby", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server, { fallbackMs: 50 });
  using peer = await server.accept();
  const refused = [
    ann.link.send({ type: "say", room: "ops", text: "the secret of ops" }),
    ann.link.send({ type: "direct", to: "bob", text: "between us" }),
  ];
  const said = ann.link.send({ type: "say", room: "Lobby", text: "hello" });
  for (const each of refused) await assertRejects(() => each, RequestError, "to lobby only");
  await said;
  assertEquals(await peer.takeFrame(), "hello");
});

Deno.test("a server that refuses in classic words is not spoken to, and its words are told", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  const own = ann.link.send({ type: "say", room: "lobby", text: "precious" });
  using peer = await server.accept();
  await peer.send(classicFrame("server"), classicFrame("The server is shutting down."));
  await peer.conn.closeWrite();
  await assertRejects(() => own, RequestError, "The server is shutting down.");
  assertEquals(await peer.takeRest(), "");
  const { cause, text } = await ann.ending();
  assertEquals([cause, text], ["unreachable", "The server is shutting down."]);
});

Deno.test("somebody who goes by the name server at a classic one is heard like others", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server, { fallbackMs: 20 });
  using peer = await server.accept();
  await peer.send(...["server", "one", "server", "two", "bob", "three"].map(classicFrame));
  await until("all three", () => ann.texts.length === 3);
  assertEquals([ann.link.protocol, ...ann.texts], ["classic", "one", "two", "three"]);
});

Deno.test("a welcome that has begun to come is waited for", async () => {
  using server = new ScriptedServer();
  const fallbackMs = 500;
  await using ann = new Told(server, { fallbackMs });
  using peer = await server.accept();
  const welcome = eventFrame(WELCOME);
  const began = performance.now();
  await peer.send(welcome.subarray(0, -1));
  await until("longer than it waits for one", () => performance.now() - began > 2 * fallbackMs);
  await peer.send(welcome.subarray(-1));
  await within("hello", peer.takeType("hello"));
  await peer.send(eventFrame(READY));
  await ann.ready();
  assertEquals(ann.link.protocol, "event");
});

for (const subcommand of ["send", "connect", "tail"]) {
  Deno.test(`${subcommand} does not go to a classic server for another room, and says why`, async () => {
    using server = new ScriptedServer();
    const run = chatroom(
      [subcommand, "--name", "ann", "--room", "ops", `127.0.0.1:${server.addr.port}`],
      { input: "the secret of ops\n" },
    );
    using peer = await server.accept();
    await peer.send(classicFrame("bob"), classicFrame("hi"));
    assertEquals(await peer.takeRest(), "");
    const { code, stdout, stderr } = await run;
    assertEquals([code, stdout], [3, ""]);
    assertEquals(
      stderr,
      "The server speaks the classic protocol only; try again, or use --classic, " +
        "which has no room ops\n",
    );
  });

  Deno.test(`${subcommand} speaks the classic protocol with --classic only`, async () => {
    using server = new ScriptedServer();
    const run = (...flags: string[]): ReturnType<typeof chatroom> =>
      chatroom(
        [subcommand, "--name", "ann", ...flags, `127.0.0.1:${server.addr.port}`],
        { input: "hello\n" },
      );
    const refused = run();
    {
      using peer = await server.accept();
      await peer.send(classicFrame("bob"), classicFrame("hi"));
      assertEquals(await peer.takeRest(), "", "nothing may count as delivered");
    }
    const { code, stdout, stderr } = await refused;
    assertEquals([code, stdout, stderr], [3, "", NEEDS_CLASSIC]);
    const classic = run("--classic", ...subcommand === "tail" ? ["--exit-on-disconnect"] : []);
    using peer = await server.accept();
    await peer.send(classicFrame("bob"), classicFrame("hi"));
    if (subcommand !== "tail") assertEquals(await peer.takeFrame(), "hello");
    await peer.conn.closeWrite();
    assertEquals((await classic).code, subcommand === "tail" ? 3 : 0);
  });
}

Deno.test("a server that takes connections and is stopped has got no message of a script", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server, { fallBack: false, fallbackMs: 10, welcomeMs: 40 });
  const sent = ann.link.send({ type: "say", room: "lobby", text: "precious" });
  await assertRejects(() => sent, RequestError, "try again, or if it is classic, use");
  assertEquals((await ann.ending()).cause, "unreachable");
});
