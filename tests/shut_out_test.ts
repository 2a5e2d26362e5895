/** Whoever is uninvited while something is on its way gets no further part of it. */

import { assertEquals } from "@std/assert";
import type { House } from "../lib/chat/house.ts";
import type { MemoryLog } from "../lib/chat/log/memory_log.ts";
import type { Hello } from "../lib/chat/sessions/peer.ts";
import type { Request } from "../lib/wire/requests.ts";
import { ACCOUNTS, comes, makeRoomHouse, type Somebody } from "./fixtures/room_house.ts";
import { keeping } from "./fixtures/still.ts";

const none = { permissions: "none" } as const;

/** A log whose answers come when it is told to. */
class Held {
  readonly log: MemoryLog = keeping({ accounts: ACCOUNTS });
  #waiting: Array<() => void> = [];
  isHolding = false;

  constructor() {
    const { log } = this;
    const [page, search, entries] = [
      log.page.bind(log),
      log.search.bind(log),
      log.entries.bind(log),
    ];
    const held = <Found>(found: Found | Promise<Found>): Promise<Found> =>
      new Promise((resolve) => {
        if (this.isHolding) this.#waiting.push(() => resolve(found));
        else resolve(found);
      });
    Object.assign(log, {
      page: (...asked: Parameters<typeof page>) => held(page(...asked)),
      search: (...asked: Parameters<typeof search>) => held(search(...asked)),
      entries: (...asked: Parameters<typeof entries>) => held(entries(...asked)),
    });
  }

  /** How many answers wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  release(): void {
    this.isHolding = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

async function rest(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

/** Ann's room, in which bob is, and a log that holds back what is asked for from now on. */
async function den(
  hello: Partial<Hello> = {},
): Promise<{ house: House; held: Held; ann: Somebody; bob: Somebody }> {
  const held = new Held();
  const house = makeRoomHouse({ limits: { scrollback: 50 } }, held.log);
  const ann = await comes(house, "ann");
  const bob = await comes(house, "bob", hello);
  await ann.ask({ type: "join", room: "Den", access: "invite" });
  await ann.ask({ type: "invite", room: "den", name: "bob" });
  for (let i = 0; i < 3; i++) await ann.ask({ type: "say", room: "den", text: `marmalade ${i}` });
  return { house, held, ann, bob };
}

const PAGES: ReadonlyArray<Request & { readonly room: string }> = [
  { type: "history", room: "den" },
  { type: "search", query: "marmalade", room: "den" },
];

for (const request of PAGES) {
  Deno.test(
    `a page of ${request.type} that is looked up meanwhile does not come`,
    none,
    async () => {
      const { held, ann, bob } = await den();
      await bob.ask({ type: "join", room: "den" });
      bob.peer.told.length = 0;
      held.isHolding = true;
      const answer = bob.ask(request);
      await rest();
      assertEquals(held.waiting, 1);
      assertEquals(await ann.code({ type: "uninvite", room: "den", name: "bob" }), "uninvite");
      held.release();
      await answer;
      assertEquals(JSON.stringify(bob.peer.told).includes("marmalade"), false);
    },
  );
}

Deno.test(
  "what was said before does not come to whoever is uninvited as it comes",
  none,
  async () => {
    const { held, ann, bob } = await den();
    held.isHolding = true;
    const joined = bob.ask({ type: "join", room: "den", scrollback: 3 });
    await rest();
    assertEquals(held.waiting, 1);
    await ann.code({ type: "uninvite", room: "den", name: "bob" });
    held.release();
    await joined;
    assertEquals(JSON.stringify(bob.peer.told).includes("marmalade"), false);
  },
);

Deno.test("a search in all rooms leaves out the one that was shut meanwhile", none, async () => {
  const { held, ann, bob } = await den();
  await bob.ask({ type: "join", room: "den" });
  await bob.ask({ type: "say", room: "lobby", text: "no marmalade" });
  held.isHolding = true;
  const answer = bob.ask({ type: "search", query: "marmalade" });
  await rest();
  await ann.code({ type: "uninvite", room: "den", name: "bob" });
  held.release();
  const { messages } = await answer;
  assertEquals(messages.map(({ room }: { room: string }) => room), ["lobby"]);
});

Deno.test("whoever goes on as somebody who is not invited is out at once", none, async () => {
  for (
    const [request, left] of [
      [{ type: "rename", name: "zoe" }, { name: "zoe", reason: "invite-only" }],
      // That one takes no rooms of another account along.
      [{ type: "login", name: "carl", password: "password of carl" }, { name: "bob" }],
    ] as const
  ) {
    // A client that knows of people keeps its account's name.
    const { house, ann, bob } = await den({ features: [] });
    await bob.ask({ type: "join", room: "den" });
    bob.peer.told.length = 0;
    await bob.ask(request);
    assertEquals(bob.take("left"), [{ type: "left", room: "Den", ...left }]);
    await ann.ask({ type: "say", room: "den", text: "more marmalade" });
    assertEquals(JSON.stringify(bob.peer.told).includes("marmalade"), false);
    assertEquals([...house.state.registry.room("den")?.members ?? []].length, 1);
  }
});

Deno.test(
  "a session that comes back as somebody who is not invited is out of the room",
  none,
  async () => {
    const { house, ann, bob } = await den();
    await bob.ask({ type: "join", room: "den" });
    const { session } = bob.peer;
    house.gone(bob.peer, false);
    const zoe = await comes(house, "zoe", { session, features: [] });
    await ann.ask({ type: "say", room: "den", text: "more marmalade" });
    assertEquals(JSON.stringify(zoe.peer.told).includes("marmalade"), false);
    assertEquals(await zoe.code({ type: "history", room: "den" }), "no-such-room");
  },
);
