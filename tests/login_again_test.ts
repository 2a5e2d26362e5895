/** Whoever has taken a name by its password, in the middle of a session, comes back under that name. */

import { assertEquals, assertNotEquals } from "@std/assert";
import { CHEAP, LOGIN, reserve } from "./fixtures/guests.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { Setup } from "./fixtures/terminal_setup.ts";
import { Told } from "./fixtures/told.ts";
import { until } from "./helpers.ts";
import { Proxy } from "./proxy.ts";

/** The names that the server has let `told` in under. */
function namesOf({ events }: Told): string[] {
  return events.flatMap((event) => event.type === "ready" ? [event.name] : []);
}

Deno.test("a login that took a name back holds after a restart of the server, with its role", async () => {
  await using dir = await makeDir();
  const old = await startStored(dir.path, { passwords: CHEAP });
  await using proxy = new Proxy(old);
  await using gil = new Told(proxy, { name: "gil" });
  await gil.ready();
  await reserve(old.host.shared.house, { gil: "owner" });
  await gil.see("the other name", (e) => e.type === "renamed" && e.from === "gil");
  assertNotEquals(gil.link.name, "gil");
  const account = await gil.link.send({ type: "login", password: LOGIN });
  assertEquals(account.type === "account" && [account.name, account.role], ["gil", "owner"]);
  assertEquals(gil.link.name, "gil");
  await old[Symbol.asyncDispose]();
  await using server = await startStored(dir.path, { passwords: CHEAP });
  proxy.retarget(server);
  await until("gil's return", () => namesOf(gil).length === 2);
  assertEquals(namesOf(gil), ["gil", "gil"]);
  // Only an owner or an operator may see it.
  const trail = await gil.link.send({ type: "audit" });
  assertEquals(trail.type, "audit");
});

Deno.test("a login to another name that was typed holds after the connection is cut", async () => {
  await using dir = await makeDir();
  await using server = await startStored(dir.path, { passwords: CHEAP });
  await reserve(server.host.shared.house, { annie: "owner" });
  await using proxy = new Proxy(server);
  await using ann = new Told(proxy, { name: "ann" });
  await ann.ready();
  await ann.link.send({ type: "login", name: "annie", password: LOGIN });
  proxy.cut();
  await until("ann's return", () => namesOf(ann).length === 2);
  assertEquals(namesOf(ann), ["ann", "annie"]);
});

Deno.test("a terminal knows what is said under the name that a login gave", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  const { answer } = conversation;
  conversation.answer = (request) =>
    request.type === "login"
      ? { type: "account", action: "login", name: "annie", role: "member" }
      : answer(request);
  io.type("/login secret\r");
  await io.expect("You are annie.");
  io.type("hi\r");
  await io.expect("<annie> hi");
});
