/** Rooms that are not for everybody, as people type it and on the command line. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { formatAddress } from "../lib/cli/values.ts";
import { CHEAP, LOGIN, logWith, WAYS } from "./fixtures/guests.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { joinEvent, startServer } from "./helpers.ts";

const [, CLASSIC] = WAYS;

Deno.test("a host changes a room and invites people by typing, with a client of the original too", async () => {
  assert(CLASSIC?.name === "classic");
  const factLog = await logWith({ ann: "member", bob: "member" });
  await using server = startServer({ factLog, passwords: CHEAP });
  using ann = await CLASSIC.enter(server, "ann", { login: LOGIN });
  const joined = [await ann.types("/join ops --invite"), await ann.told()];
  assertEquals(joined.sort(), ["You are a host of ops now.", "You are in ops now."]);
  const host = "ops is for those only who were invited; its hosts: ann.";
  assertEquals(await ann.types("/room"), host);
  assertStringIncludes(await ann.types("/room slow 10s"), "a message every 10 s from each");
  assertEquals(await ann.types("/invite bob"), "bob may enter ops now.");
  assertStringIncludes(await ann.types("/invites"), "bob");
  using bob = await CLASSIC.enter(server, "bob", { login: LOGIN });
  assertEquals(await bob.types("/join ops"), "You are in ops now.");
  using eve = await CLASSIC.enter(server, "eve");
  assertStringIncludes(await eve.types("/join ops"), "invit");
});

Deno.test("connect --invite comes in by a link, as an address or alone, and by nothing else", async () => {
  const factLog = await logWith({ ann: "member" });
  await using server = startServer({ factLog, passwords: CHEAP });
  using ann = await joinEvent(server, "ann", { login: LOGIN, room: "lobby" });
  await ann.ask({ type: "join", room: "ops", access: "invite" });
  await ann.ask({ type: "say", room: "ops", text: "welcome" });
  const { token } = await ann.ask({ type: "invite", room: "ops", link: {} });
  const args = ["connect", formatAddress(server.addr), "--name", "guest", "--room", "ops"];
  for (const link of [token, `https://chat.example.org/#invite=${token}`]) {
    const came = await chatroom([...args, "--invite", link], { input: "hello\n" });
    assertEquals([came.code, came.stderr], [0, ""]);
    assertEquals((await ann.takeType("message")).text, "hello");
  }
  const wrong = await chatroom([...args, "--invite", "https://chat.example.org/"], { input: "" });
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "--invite needs a link with #invite=");
  const cut = await chatroom([...args, "--invite", `https://chat.example.org/#invite=${token} `]);
  assertEquals([cut.code, cut.stderr.includes(token ?? "?")], [2, false]);
  const unknown = await chatroom([...args, "--invite", "unknown"], { input: "" });
  assertEquals(unknown.code, 4);
});
