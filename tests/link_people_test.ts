/** A link to a server that knows people with several devices, and to one that does not. */

import { assertEquals } from "@std/assert";
import { ScriptedServer } from "./fixtures/scripted_server.ts";
import { Told } from "./fixtures/told.ts";
import { until } from "./helpers.ts";

const PEOPLE = { features: ["people"] };

Deno.test("a link names the feature and its device, and takes up the session that was kept", async () => {
  using server = new ScriptedServer();
  const earlier = { secret: "kept", beside: true };
  await using ann = new Told(server, { label: "terminal on ada", earlier });
  using peer = await server.letIn(PEOPLE);
  const { features, label, session, beside, room, resume } = peer.hello;
  assertEquals([features, label, session, beside], [["people"], "terminal on ada", "kept", true]);
  assertEquals([room, resume], [undefined, undefined]);
  await ann.ready();
  peer.conn.close();
  using again = await server.letIn(PEOPLE);
  assertEquals([again.hello.session, again.hello.beside], ["secret", undefined]);
});

Deno.test("a server of the first version is asked for nothing that it does not know", async () => {
  using server = new ScriptedServer();
  const earlier = { secret: "kept", beside: false };
  await using ann = new Told(server, { label: "terminal on ada", earlier });
  using peer = await server.letIn();
  await ann.ready();
  assertEquals(peer.hello, { type: "hello", name: "ann" });
});

Deno.test("a device that is signed out says so and does not come back by itself", async () => {
  using server = new ScriptedServer();
  await using ann = new Told(server);
  using peer = await server.letIn(PEOPLE);
  await ann.ready();
  const text = "You have signed out here on another device.";
  await peer.tell({ type: "bye", reason: "signed-out", text });
  peer.conn.close();
  const { cause, code } = await ann.ending();
  assertEquals([cause, code], ["dismissed", "signed-out"]);
  await until("the end", () => ann.statuses.at(-1) === "ended");
});
