/** Links that invite to a room, and the guests who come by them. */

import { assertEquals, assertRejects } from "@std/assert";
import type { House } from "../lib/chat/house.ts";
import type { HouseLimits } from "../lib/chat/house_limits.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import type { Hello } from "../lib/chat/sessions/peer.ts";
import type { RequestOf } from "../lib/wire/requests.ts";
import { comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";
import { STILL_DATE } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

type Link = NonNullable<RequestOf<"invite">["link"]>;

/** A server with a password, a room by invitation, and a link to it. */
class Den {
  readonly house: House;
  now = 0;

  constructor(limits: Partial<HouseLimits> = {}) {
    this.house = makeRoomHouse({
      limits,
      opens: (password) => password === "open",
      hashOf: (secret) => [...secret].reverse().join(""),
      now: () => this.now,
      date: () => STILL_DATE + this.now,
    });
  }

  come(name: string, hello: Partial<Hello> = { password: "open" }): Promise<Somebody> {
    return comes(this.house, name, hello);
  }

  /** Ann, in the room, and the token of a link. */
  async open(link: Link = {}): Promise<{ ann: Somebody; invite: string; id: string }> {
    const ann = await this.come("ann");
    await ann.ask({ type: "join", room: "Den", access: "invite" });
    await ann.ask({ type: "say", room: "den", text: "tea at four" });
    const made = await ann.ask({ type: "invite", room: "den", link });
    return { ann, invite: made.token, id: made.link };
  }

  /** Why nobody comes in like that. */
  async refused(name: string, hello: Partial<Hello>): Promise<string> {
    return (await assertRejects(() => this.come(name, hello), Refusal)).code;
  }
}

Deno.test(
  "a link is made once, listed without its token, and says how much can be read",
  none,
  async () => {
    const den = new Den();
    const ann = await den.come("ann");
    await ann.ask({ type: "join", room: "Den", access: "invite" });
    await ann.ask({ type: "say", room: "den", text: "tea" });
    const link = { forMs: 60_000, uses: 3, register: true };
    const { token, link: id, ...rest } = await ann.ask({ type: "invite", room: "den", link });
    const until = new Date(STILL_DATE + 60_000).toISOString();
    assertEquals(rest, { type: "invite", room: "Den", by: "ann", until, uses: 3, messages: 1 });
    const { links } = await ann.ask({ type: "invites", room: "den" });
    assertEquals(links, [{ link: id, by: "ann", until, uses: 3, used: 0, register: true }]);
    assertEquals(JSON.stringify(den.house.state.rooms.all).includes(token), false);
  },
);

Deno.test("a guest who comes by a link is in its room, and in no other", none, async () => {
  const den = new Den();
  const { ann, invite } = await den.open();
  assertEquals(await den.refused("gus", {}), "password-needed");
  const gus = await den.come("gus", { invite });
  const [ready] = gus.take("ready");
  assertEquals([ready.room, ready.confined], ["Den", true]);
  assertEquals((await gus.ask({ type: "history", room: "den" })).messages.length, 1);
  assertEquals(await ann.code({ type: "join", room: "hall" }), "joined");
  for (const room of ["lobby", "hall", "new"]) {
    assertEquals(await gus.code({ type: "join", room }), "no-such-room");
    assertEquals(await gus.code({ type: "who", room }), "no-such-room");
  }
  assertEquals(await gus.code({ type: "rooms" }), "not-allowed");
  assertEquals(await gus.code({ type: "register", password: "a long password" }), "not-allowed");
  const login = { type: "login", name: "bob", password: "password of bob" } as const;
  assertEquals(await gus.code(login), "not-allowed");
});

Deno.test("a confined guest meets those in its room, and nobody else", none, async () => {
  const den = new Den();
  const { ann, invite } = await den.open();
  const bob = await den.come("bob");
  const gus = await den.come("gus", { invite });
  const toBob = await gus.ask({ type: "direct", to: "bob", text: "hi" });
  assertEquals(toBob, await gus.ask({ type: "direct", to: "bob", text: "hi" }));
  const toNobody = await gus.ask({ type: "direct", to: "zoe", text: "hi" });
  assertEquals([toBob.code, toBob.text.replace("bob", "zoe")], [toNobody.code, toNobody.text]);
  assertEquals(await bob.code({ type: "direct", to: "gus", text: "hi" }), "no-such-name");
  assertEquals(await gus.code({ type: "direct", to: "ann", text: "hi" }), "ack");
  assertEquals(await ann.code({ type: "direct", to: "gus", text: "hi" }), "ack");
});

Deno.test("a link counts once for each session, and is over when it says", none, async () => {
  const den = new Den();
  const { ann, invite } = await den.open({ uses: 1, forMs: 60_000 });
  const gus = await den.come("gus", { invite });
  const { session } = gus.peer;
  den.house.gone(gus.peer, false);
  assertEquals(await den.refused("eve", { invite }), "bad-invite");
  assertEquals(await den.refused("eve", { invite: "guessed" }), "bad-invite");
  den.now = 61_000;
  // A client that comes back says its link again, and need not.
  for (const hello of [{ session, invite }, { session }]) {
    const back = await den.come("gus", hello);
    assertEquals(back.take("ready").map(({ room, confined }) => [room, confined]), [["Den", true]]);
    den.house.gone(back.peer, false);
  }
  const { links } = await ann.ask({ type: "invites", room: "den" });
  assertEquals(links.map(({ used }: { used: number }) => used), [1]);
});

Deno.test(
  "a guest who opens a link that lets it reserve a name may do so, and keeps its place",
  none,
  async () => {
    const den = new Den();
    const { ann, invite } = await den.open();
    const better = (await ann.ask({ type: "invite", room: "den", link: { register: true } })).token;
    const gus = await den.come("gus", { invite });
    const register = { type: "register", password: "correct horse battery" } as const;
    assertEquals(await gus.code(register), "not-allowed");
    const { session } = gus.peer;
    den.house.gone(gus.peer, false);
    // A client says its link again whenever it comes back; neither counts twice, nor takes that away.
    for (const link of [better, better, invite]) {
      const back = await den.come("gus", { session, invite: link });
      assertEquals(back.take("ready").map(({ room, confined }) => [room, confined]), [[
        "Den",
        true,
      ]]);
      den.house.gone(back.peer, false);
    }
    const { members, links } = await ann.ask({ type: "invites", room: "den" });
    assertEquals(members.map(({ name }: { name: string }) => name), ["ann", "gus"]);
    assertEquals(links.map(({ used }: { used: number }) => used), [1, 1]);
    const back = await den.come("gus", { session });
    assertEquals(await back.code(register), "account");
  },
);

Deno.test("a name that is taken costs no use of the link", none, async () => {
  const den = new Den();
  const { invite } = await den.open({ uses: 1 });
  assertEquals(await den.refused("ann", { invite, login: undefined } as object), "name-reserved");
  assertEquals((await den.come("gus", { invite })).take("ready").length, 1);
});

Deno.test("a ban in the room costs no use of the link", none, async () => {
  const den = new Den();
  const { ann, invite } = await den.open({ uses: 1 });
  await ann.ask({ type: "mod", action: "ban", target: "gus", room: "den" });
  await ann.ask({ type: "mod", action: "ban", target: "bob", room: "den" });
  assertEquals(await den.refused("gus", { invite }), "banned");
  // Somebody with an account would be in another room then, with the invitation gone.
  assertEquals(await den.refused("bob", { invite }), "banned");
  assertEquals((await den.come("eve", { invite })).take("ready").length, 1);
  const { members, links } = await ann.ask({ type: "invites", room: "den" });
  assertEquals(members.map(({ name }: { name: string }) => name), ["ann", "eve"]);
  assertEquals(links.map(({ used }: { used: number }) => used), [1]);
});

Deno.test("to take a link back sends nobody away; to uninvite does", none, async () => {
  const den = new Den();
  const { ann, invite, id } = await den.open();
  const gus = await den.come("gus", { invite });
  assertEquals(await ann.code({ type: "uninvite", room: "den", link: id }), "uninvite");
  assertEquals(await ann.code({ type: "uninvite", room: "den", link: id }), "no-such-link");
  assertEquals(await den.refused("eve", { invite }), "bad-invite");
  assertEquals(await gus.code({ type: "say", room: "den", text: "still here" }), "ack");
  const { members } = await ann.ask({ type: "invites", room: "den" });
  assertEquals(members.map(({ name }: { name: string }) => name), ["ann", "gus"]);
  const { session } = gus.peer;
  assertEquals(await ann.code({ type: "uninvite", room: "den", name: "gus" }), "uninvite");
  assertEquals(gus.take("bye").map(({ reason }) => reason), ["uninvited"]);
  assertEquals(await den.refused("gus", { session }), "password-needed");
});

Deno.test("a guest's other tabs are confined as the first one is", none, async () => {
  const den = new Den();
  const { ann, invite } = await den.open();
  const gus = await den.come("gus", { invite });
  const { session } = gus.peer;
  const tab = await den.come("gus", { session, beside: true });
  assertEquals(tab.take("ready").map(({ room, confined, name }) => [room, confined, name]), [
    ["Den", true, "gus"],
  ]);
  assertEquals(await tab.code({ type: "join", room: "lobby" }), "no-such-room");
  // Also when the server does not know any more whose they are.
  assertEquals(den.house.state.rooms.guests().length, 2);
  const { members } = await ann.ask({ type: "invites", room: "den" });
  assertEquals(members.map(({ name }: { name: string }) => name), ["ann", "gus"]);
  await ann.ask({ type: "uninvite", room: "den", name: "gus" });
  for (const each of [gus, tab]) {
    assertEquals(each.take("bye").map(({ reason }) => reason), ["uninvited"]);
  }
  assertEquals(den.house.state.rooms.guests(), []);
});

Deno.test(
  "where a link lets a guest reserve a name it belongs to the room with that",
  none,
  async () => {
    const den = new Den();
    const { invite } = await den.open({ register: true });
    const gus = await den.come("gus", { invite });
    assertEquals(await gus.code({ type: "register", password: "a long password" }), "account");
    assertEquals(await gus.code({ type: "rooms" }), "rooms");
    assertEquals(await gus.code({ type: "say", room: "den", text: "hi" }), "ack");
    assertEquals(await gus.code({ type: "join", room: "lobby" }), "joined");
    const again = await den.come("gus", {
      password: "open",
      login: "a long password",
      room: "den",
    });
    assertEquals(again.take("ready").map(({ room, confined }) => [room, confined]), [
      ["Den", undefined],
    ]);
  },
);

Deno.test(
  "whoever comes by a link with an account becomes a member, and is not confined",
  none,
  async () => {
    const den = new Den();
    const { invite } = await den.open({ uses: 1 });
    const bob = await den.come("bob", { invite });
    assertEquals(bob.take("ready").map(({ room, confined }) => [room, confined]), [
      ["Den", undefined],
    ]);
    assertEquals(await bob.code({ type: "rooms" }), "rooms");
    const later = await den.come("bob", { password: "open", room: "den" });
    assertEquals(later.take("ready").map(({ room }) => room), ["Den"]);
  },
);

Deno.test(
  "guests of links take no member's place, and an address has a share of them",
  none,
  async () => {
    const den = new Den({ roomMembers: 2, invitationsPerHour: 3 });
    const { ann, invite } = await den.open();
    for (const name of ["gus", "eve"]) await den.come(name, { invite });
    assertEquals(await den.refused("zoe", { invite }), "too-many-members");
    assertEquals(await den.refused("zoe", { invite }), "try-later");
    assertEquals(await ann.code({ type: "invite", room: "den", name: "bob" }), "invite");
  },
);

Deno.test("only operators make links, and only so many", none, async () => {
  const den = new Den({ roomLinks: 2 });
  const { ann } = await den.open();
  await ann.ask({ type: "invite", room: "den", name: "bob" });
  const bob = await den.come("bob", { password: "open", room: "den" });
  assertEquals(await bob.code({ type: "invite", room: "den", link: {} }), "not-allowed");
  assertEquals(await ann.code({ type: "invite", room: "den", link: {} }), "invite");
  assertEquals(await ann.code({ type: "invite", room: "den", link: {} }), "too-many-links");
});

Deno.test("when its room is removed, a confined guest has no place any more", none, async () => {
  const den = new Den();
  const { ann, invite } = await den.open();
  const olga = await den.come("olga");
  await ann.ask({ type: "invite", room: "den", name: "olga" });
  const gus = await den.come("gus", { invite });
  await olga.ask({ type: "room", room: "den", remove: true });
  assertEquals(gus.take("bye").map(({ reason }) => reason), ["removed"]);
});

Deno.test("guests who do not come back are members of nothing any more", none, async () => {
  const den = new Den();
  const { invite } = await den.open();
  const gus = await den.come("gus", { invite });
  await gus.ask({ type: "quit" });
  assertEquals(den.house.state.rooms.guests().length, 1);
  for (let i = 0; i < 3; i++) {
    den.now += 61_000;
    den.house.expire();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }
  assertEquals(den.house.state.rooms.guests(), []);
});
