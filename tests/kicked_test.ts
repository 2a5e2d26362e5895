/** Whoever is kicked out of a room is not invited to it any more. */

import { assertEquals } from "@std/assert";
import { MemoryNodes } from "./fixtures/memory_nodes.ts";
import { PLAIN_PASSWORDS } from "./fixtures/people_house.ts";
import { comes, makeRoomHouse } from "./fixtures/room_house.ts";
import { type ServedNode, serveNode } from "./fixtures/served_node.ts";
import { eventFrame, joinEvent, type Json, until } from "./helpers.ts";
import { IrcPeer, PASSWORD, reserve, startIrc } from "./irc_peer.ts";

const none = { permissions: "none" } as const;

const kick = { type: "mod", action: "kick", target: "bob", room: "den", only: true } as const;
const join = { type: "join", room: "den" } as const;

Deno.test("a kick takes the invitation back, and tells of it once", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  const bob = await comes(house, "bob");
  const phone = await comes(house, "bob");
  await ann.ask({ type: "join", room: "den", access: "invite" });
  await ann.ask({ type: "invite", room: "den", name: "bob" });
  assertEquals(await bob.code(join), "joined");
  assertEquals(phone.take("joined").map(({ room }) => room), ["den"]);
  for (const each of [ann, bob, phone]) each.peer.told.splice(0);
  assertEquals(await ann.code(kick), "mod");
  for (const each of [bob, phone]) {
    assertEquals(each.take("left").map(({ room, reason }) => [room, reason]), [["den", "kicked"]]);
    assertEquals(each.take("notice").map(({ text }) => text), [
      "You were sent away from den by ann.",
    ]);
    assertEquals(each.take("uninvite"), [{ type: "uninvite", room: "den" }]);
    assertEquals(await each.code(join), "invite-only");
    assertEquals(await each.code({ type: "history", room: "den" }), "no-such-room");
  }
  const { members } = await ann.ask({ type: "invites", room: "den" });
  assertEquals(members.map(({ name }: { name: string }) => name), ["ann"]);
  // Another invitation is another matter.
  await ann.ask({ type: "invite", room: "den", name: "bob" });
  assertEquals(await bob.code(join), "joined");
});

Deno.test("an invitation from when a room was open goes with a kick, too", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  const bob = await comes(house, "bob");
  await ann.ask({ type: "join", room: "den", access: "invite" });
  await ann.ask({ type: "invite", room: "den", name: "bob" });
  await bob.ask(join);
  await ann.ask({ type: "room", room: "den", access: "open" });
  assertEquals(await ann.code(kick), "mod");
  // He may come again as everybody may, until the room is by invitation once more.
  assertEquals(await bob.code(join), "joined");
  await bob.ask({ type: "leave", room: "den" });
  await ann.ask({ type: "room", room: "den", access: "invite" });
  assertEquals(await bob.code(join), "invite-only");
});

Deno.test(
  "an operator who kicks a host out of a room by invitation leaves it no host",
  none,
  async () => {
    const house = makeRoomHouse();
    const ann = await comes(house, "ann");
    const otto = await comes(house, "otto");
    await ann.ask({ type: "join", room: "den", access: "invite" });
    await ann.ask({ type: "invite", room: "den", name: "otto" });
    await otto.ask(join);
    assertEquals(await otto.code({ ...kick, target: "ann" }), "mod");
    assertEquals(house.state.people.isHost("ann", "den"), false);
    assertEquals(await ann.code(join), "invite-only");
  },
);

Deno.test("a guest who came by a link is gone with a kick out of its only room", none, async () => {
  const house = makeRoomHouse();
  const ann = await comes(house, "ann");
  await ann.ask({ type: "join", room: "den", access: "invite" });
  const { token } = await ann.ask({ type: "invite", room: "den", link: {} });
  const gil = await comes(house, "gil", { invite: token });
  assertEquals(await ann.code({ ...kick, target: "gil" }), "mod");
  assertEquals(gil.take("bye").map(({ reason }) => reason), ["uninvited"]);
  assertEquals(house.state.rooms.members("den").length, 1);
});

Deno.test("irc: whoever is kicked out of a channel with +i needs another INVITE", async () => {
  await using server = startIrc();
  for (const name of ["ann", "bob"]) await reserve(server, name);
  using ann = await IrcPeer.enter(server, "ann", { pass: PASSWORD, rooms: ["#den"] });
  using bob = await IrcPeer.enter(server, "bob", { pass: PASSWORD });
  await ann.ask("MODE #den +i", "INVITE bob #den");
  await bob.ask("JOIN #den");
  await ann.sync();
  await ann.ask("KICK #den bob :out");
  const told = await bob.sync();
  assertEquals(told.filter((line) => / KICK | PART /.test(line)), [
    ":ann!~ann@ann.member KICK #den bob out",
  ]);
  assertEquals((await bob.ask("JOIN #den")).map((line) => line.split(" ")[1]), ["473"]);
  await ann.ask("INVITE bob #den");
  await bob.sync();
  assertEquals((await bob.ask("JOIN #den"))[0], ":bob!~bob@bob.member JOIN #den");
});

Deno.test("on all nodes alike a kick takes the invitation back, and is told once", async () => {
  await using stack = new AsyncDisposableStack();
  const nodes = stack.use(await MemoryNodes.make());
  const serve = async (name: string): Promise<ServedNode> =>
    await serveNode(stack, nodes, name, await nodes.directory(), { passwords: PLAIN_PASSWORDS });
  const [one, two] = [await serve("n1"), await serve("n2")];
  const houses = [one, two].map(({ server }) => server.host.shared.house);
  for (const name of ["ann", "bob"]) {
    await houses[0]?.console({ type: "user", action: "add", name, role: "member", proof: "p" });
  }
  const login = { login: "p", features: ["people"] };
  using ann = await joinEvent(one.server, "ann", login);
  using bob = await joinEvent(two.server, "bob", login);
  await ann.ask({ type: "join", room: "den", access: "invite" });
  await ann.ask({ type: "invite", room: "den", name: "bob" });
  await bob.takeType("invite");
  assertEquals((await bob.ask(join)).type, "joined");
  assertEquals((await ann.ask(kick)).type, "mod");
  await bob.send(eventFrame({ ...join, id: "again" }));
  const told: Json[] = [];
  do told.push(await bob.takeEvent()); while (told.at(-1)?.id !== "again");
  assertEquals(told.flatMap(({ type, reason }) => type === "left" ? reason : []), ["kicked"]);
  assertEquals(told.at(-1)?.code, "invite-only");
  for (const { state } of houses) {
    await until("the kick", () => state.registry.room("den")?.members.size === 1);
    assertEquals(state.rooms.members("den").length, 1);
  }
});
