/** Whom Tab offers first at the terminal. */

import { assertEquals } from "@std/assert";
import { sees, viewed } from "./fixtures/full_view.ts";
import { WITH_ANN } from "./fixtures/terminal_account.ts";
import { RequestError } from "../lib/client/conversation.ts";
import { Setup } from "./fixtures/terminal_setup.ts";

/** Says that these are in every room. */
function members(setup: Setup, ...names: string[]): void {
  const { conversation } = setup;
  conversation.tell(...names.map((name) => ({ type: "joined", room: "lobby", name }) as const));
}

Deno.test("Tab offers first who spoke last in what is looked at, and then who spoke elsewhere", async () => {
  using setup = await viewed();
  const { io, conversation } = setup;
  members(setup, "carol", "carla", "carol-2");
  conversation.message("carol", "one", "lobby");
  conversation.message("carla", "two", "lobby");
  conversation.message("carol-2", "elsewhere", "dev");
  await sees(setup, /<carla> two/);
  await sees(setup, /^2 dev +1 │/);
  for (const name of ["carla", "carol", "carol-2"]) {
    io.type(name === "carla" ? "car\t" : "\t");
    await sees(setup, new RegExp(`lobby> ${name}:`));
  }
});

Deno.test("somebody with whom there is a conversation is offered as one who is here", async () => {
  using setup = await viewed({ ready: { chats: [{ ...WITH_ANN, with: "carol" }] } });
  const { io, conversation } = setup;
  members(setup, "carol");
  conversation.message("carol-2", "a script", "dev");
  conversation.message("carol", "one", "lobby");
  await sees(setup, /<carol> one/);
  io.type("car\t");
  await sees(setup, /lobby> carol:/);
});

Deno.test("who is here is offered before a script that spoke here last", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  members(setup, "carol");
  conversation.message("carol", "one");
  conversation.message("carol-2", "two");
  await io.expect("<carol-2> two");
  io.type("car\t");
  await io.until(
    () => io.screen.cursorRow.includes("car") && io.screen.cursorRow.includes(":"),
    "a name",
  );
  assertEquals(io.screen.cursorRow.trimEnd(), "lobby> carol:");
});

Deno.test("who is refused a reserved name is told what takes it, and who has it what changes it", async () => {
  using setup = await Setup.online();
  const { io, conversation } = setup;
  conversation.answer = (request) =>
    request.type === "rename"
      ? new RequestError("name-reserved", "The name jo is reserved; it needs its password")
      : new RequestError("already-registered", "me is reserved for you");
  io.type("/nick jo\r");
  await io.expect("it needs its password: /login PASSWORD");
  io.type("/register something\r");
  await io.expect("me is reserved for you; /passwd NEWPASSWORD changes its password");
});
