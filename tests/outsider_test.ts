/**
 * Whoever may not enter a room can't tell whether there is one: all answers, sentences, counts and orders
 * are those of a house without it.
 */

import { assertEquals } from "@std/assert";
import { COMMANDS } from "../lib/words/commands/table.js";
import { parseLine } from "../lib/words/parse.js";
import { CHEAP, LOGIN, reserve } from "./fixtures/guests.ts";
import type { HousePeer } from "./fixtures/house_peer.ts";
import { comes } from "./fixtures/room_house.ts";
import { LINES, makeTwin, OUTSIDERS, tried, walk } from "./fixtures/outsider_walk.ts";
import { tries } from "./fixtures/thorough.ts";
import { joinWeb, request, startWeb } from "./web_peer.ts";

const none = { permissions: "none" } as const;

for (const who of OUTSIDERS) {
  Deno.test(`no request tells ${who} of a room by invitation`, none, async () => {
    // Every third in the gate, others each time.
    const every = tries(3, 1);
    const requests = walk().filter((_, index) => (index + OUTSIDERS.indexOf(who)) % every === 0);
    for (const request of requests) {
      const [hiding, plain] = [await makeTwin(true, who), await makeTwin(false, who)];
      const text = JSON.stringify(request);
      assertEquals(await tried(hiding, request), await tried(plain, request), text);
    }
  });

  Deno.test(`no command tells ${who} of a room by invitation`, none, async () => {
    for (const line of COMMANDS.flatMap(({ name }) => LINES[name] as readonly string[])) {
      const parsed = parseLine(line, { room: "hall", names: [] });
      if (parsed.kind !== "request") continue;
      const [hiding, plain] = [await makeTwin(true, who), await makeTwin(false, who)];
      assertEquals(await tried(hiding, parsed.request), await tried(plain, parsed.request), line);
    }
  });

  Deno.test(`that a name is taken is all that ${who} learns by joining`, none, async () => {
    for (const room of ["den", "DEN", "d\u0435n"]) {
      const [empty, full] = await Promise.all([makeTwin(true, who), makeTwin(true, who)]);
      const ann = empty.house.state.registry.named("ann");
      if (ann === undefined) throw new Error("Ann is not there");
      await empty.house.request(ann.peer as HousePeer, { type: "leave", room: "den" });
      const answer = await full.ask({ type: "join", room });
      assertEquals(await empty.ask({ type: "join", room }), answer);
      const codes = who === "confined" ? ["no-such-room"] : ["invite-only", "room-taken"];
      assertEquals(codes.includes(answer.code), true, answer.code);
    }
  });
}

Deno.test("every command has lines to be tried", none, () => {
  assertEquals(COMMANDS.map(({ name }) => name).filter((name) => LINES[name] === undefined), []);
});

Deno.test(
  "whoever was uninvited and comes back is told nothing of what was missed",
  none,
  async () => {
    const bob = await makeTwin(true, "uninvited");
    const { session } = (await comes(bob.house, "bob", { password: "open" })).peer;
    const back = await comes(bob.house, "bob", {
      session,
      resume: { epoch: bob.house.index.epoch, seq: { lobby: 0, Den: 1 } },
    });
    assertEquals(back.take("left").map(({ room }) => room), ["Den"]);
    assertEquals(JSON.stringify(back.peer.told).includes("marmalade"), false);
  },
);

/** All that is served at one of these, or at none: the page, its files, reports, and what there is not. */
const ADDRESSES = [
  ...["/", "/app.js", "/icon.svg", "/healthz", "/readyz", "/ws", "/den", "/rooms", "/rooms/den"],
  ...["/file/", "/file/den/marmalade.txt", "/file/den/x?for=cm9vbSBkZW4&until=9999999999999&key=x"],
  ...["/?room=den", "/den?access=open", "/search?query=marmalade", "/metrics/den", "/%64en"],
];

Deno.test("no HTTP address tells of a room by invitation", async () => {
  const answers: unknown[] = [];
  for (const isHiding of [true, false]) {
    await using web = await startWeb({}, { passwords: CHEAP });
    await reserve(web.server.host.shared.house, { ann: "member" });
    using ann = await joinWeb(web.door, "ann", { login: LOGIN });
    if (isHiding) {
      const joined = await ann.ask({ type: "join", room: "den", access: "invite" });
      assertEquals(joined.type, "joined");
      await ann.ask({ type: "say", room: "den", text: "marmalade" });
    }
    const found = ADDRESSES.map(async (path) => {
      const { status, body } = await request(web.door, `GET ${path}`);
      return { path, status, body };
    });
    answers.push(await Promise.all(found));
  }
  assertEquals(answers[0], answers[1]);
});
