/**
 * Whoever may not read a file can't tell whether there is one: every request about it, and every HTTP
 * address, is answered word for word as for a file that never was.
 */

import { assertEquals } from "@std/assert";
import { whoIsSession } from "../lib/chat/judge/parties.ts";
import type { LinkOwner } from "../lib/chat/sessions/file_link.ts";
import type { SentFile } from "../lib/wire/events.ts";
import { CHEAP, LOGIN, reserve } from "./fixtures/guests.ts";
import { memoryFiles, pathTo, sendsFile, textOf } from "./fixtures/sent_files.ts";
import { joinEvent, type Json, type RawPeer, until } from "./helpers.ts";
import { request, startWeb, type WebServer } from "./web_peer.ts";

const SECRET = "marmalade";
/** Of the form of an id, and that of nothing. */
const NEVER = "AAAAAAAAAAAAAAAA";

type Peer = Awaited<ReturnType<typeof joinEvent>>;

/** A server with people in it, and a file. */
interface Scene {
  readonly web: WebServer;
  readonly ann: Peer;
  readonly bob: Peer;
  /** In a room by invitation, where ann and bob are. */
  readonly inDen: SentFile;
  /** In an open room, where ann is. */
  readonly inHall: SentFile;
  /** Between ann and bob. */
  readonly direct: SentFile;
  /** The token of a link into the hall. */
  readonly token: string;
}

/** For everybody in an open room, as classic clients get it. */
const ALL_IN_HALL = { reader: "room hall" } as const;

const ACCOUNTS = {
  ann: "member",
  bob: "member",
  carl: "member",
  otto: "operator",
  olga: "owner",
} as const;

async function setScene(web: WebServer): Promise<Scene> {
  await reserve(web.server.host.shared.house, ACCOUNTS);
  const hello = { login: LOGIN, features: ["people"] };
  const ann = await joinEvent(web.server, "ann", hello);
  const bob = await joinEvent(web.server, "bob", hello);
  await ann.ask({ type: "join", room: "hall" });
  await ann.ask({ type: "join", room: "den", access: "invite" });
  await ann.ask({ type: "invite", room: "den", name: "bob" });
  assertEquals((await bob.ask({ type: "join", room: "den" })).type, "joined");
  const { token } = await ann.ask({ type: "invite", room: "hall", link: {} });
  const sent = { name: `${SECRET}.txt`, data: textOf(100_000) };
  const inDen = await sendsFile(ann, { ...sent, room: "den" });
  const inHall = await sendsFile(ann, { ...sent, room: "hall" });
  const direct = await sendsFile(ann, { ...sent, to: "bob" });
  return { web, ann, bob, inDen, inHall, direct, token };
}

/** Every request about a file or an upload with that id. */
function requestsAbout(id: string): Json[] {
  return [
    { type: "get", file: id, offset: 0, credit: 100_000 },
    { type: "get", file: id, offset: 99_999_999, credit: 1 },
    { type: "credit", file: id, credit: 100_000 },
    { type: "cancel", file: id },
    { type: "link", file: id },
    { type: "chunk", file: id, offset: 0, data: "eA==" },
    { type: "done", file: id, text: "mine" },
    { type: "done", file: id, sha256: "0".repeat(64) },
    { type: "put", file: id, name: `${SECRET}.txt`, size: 100_000, room: "lobby" },
  ];
}

/** What somebody is answered about a file; ids that are new each time are left out. */
async function answersAbout(peer: RawPeer, id: string): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const asked of requestsAbout(id)) {
    const { id: _, ...answer } = await peer.ask(asked);
    const shown = answer.type === "slot" ? { ...answer, file: "new" } : answer;
    answers.push(JSON.parse(JSON.stringify(shown).replaceAll(id, "ID")));
    if (answer.type === "slot") await peer.ask({ type: "cancel", file: answer.file });
  }
  return answers;
}

/** Everything that HTTP answers to a link for that reader, by every method and header that it knows. */
async function fetchedAbout(
  { web }: Scene,
  { id, name }: { readonly id: string; readonly name: string },
  owner: LinkOwner,
  more: Json = {},
): Promise<unknown[]> {
  const { links } = web.server.host.shared;
  const path = links?.link({ id, name }, owner).path ?? "";
  const answers: unknown[] = [];
  for (
    const [line, headers] of [
      [`GET ${path}`, {}],
      [`HEAD ${path}`, {}],
      [`GET ${path}`, { Range: "bytes=0-1" }],
      [`GET ${path}`, { Range: "bytes=99999999-" }],
      [`GET ${path}`, { "If-None-Match": "*" }],
      [`GET ${path}`, { "If-Match": '"x"' }],
      [`GET ${path.split("?")[0]}`, {}],
    ] as const
  ) {
    const answer = await request(web.door, line, { ...headers, ...more });
    const told = [...answer.headers].filter(([name]) => name !== "date");
    answers.push([line.split(" ")[0], answer.status, told, answer.body]);
  }
  return answers;
}

/** By what the links go of somebody who is here. */
function readerNamed({ web }: Scene, name: string): LinkOwner {
  const { state } = web.server.host.shared.house;
  const session = state.registry.named(name);
  if (session === undefined) throw new Error(`${name} is not here`);
  return { reader: whoIsSession(state, session), device: session.device };
}

/** Asserts that a file is nothing to somebody who is here, by any request and by HTTP. */
async function assertNothing(
  scene: Scene,
  peer: Peer,
  name: string,
  file: SentFile,
): Promise<void> {
  assertEquals(await answersAbout(peer, file.id), await answersAbout(peer, NEVER));
  for (const asked of requestsAbout(file.id).filter(({ type }) => type !== "put")) {
    assertEquals((await peer.ask(asked)).code, "no-such-file", JSON.stringify(asked));
  }
  await assertNothingOverHttp(scene, readerNamed(scene, name), file);
}

async function assertNothingOverHttp(
  scene: Scene,
  owner: LinkOwner,
  file: SentFile,
  headers: Json = {},
): Promise<void> {
  const never = { id: NEVER, name: file.name };
  const told = await fetchedAbout(scene, file, owner, headers);
  assertEquals(told, await fetchedAbout(scene, never, owner, headers));
  assertEquals(JSON.stringify(told).includes(SECRET), false);
  assertEquals((told[0] as unknown[])[1], 404);
}

/** A test with a scene of its own. */
function sceneTest(what: string, run: (scene: Scene) => Promise<void>): void {
  Deno.test(what, async () => {
    const options = { passwords: CHEAP, files: memoryFiles(), fileSenders: "all" } as const;
    await using web = await startWeb({ trustedProxies: ["127.0.0.1"] }, options);
    const scene = await setScene(web);
    using _ann = scene.ann;
    using _bob = scene.bob;
    await run(scene);
  });
}

for (
  const [who, name, hello] of [
    ["a guest", "eve", {}],
    ["a visitor", "eve", { visitor: true }],
    ["an account", "carl", { login: LOGIN }],
    ["an operator", "otto", { login: LOGIN }],
    ["the owner", "olga", { login: LOGIN }],
  ] as const
) {
  sceneTest(`a file in a room by invitation is nothing to ${who} in other rooms`, async (scene) => {
    using peer = await joinEvent(scene.web.server, name, hello);
    await assertNothing(scene, peer, name, scene.inDen);
  });

  sceneTest(`a file between two people is nothing to ${who}`, async (scene) => {
    using peer = await joinEvent(scene.web.server, name, hello);
    await assertNothing(scene, peer, name, scene.direct);
  });
}

sceneTest("a file of another room is nothing to a guest who came by a link", async (scene) => {
  using gus = await joinEvent(scene.web.server, "gus", { invite: scene.token });
  const inLobby = await sendsFile(scene.ann, { name: `${SECRET}.txt`, data: textOf(10) });
  for (const file of [scene.inDen, scene.direct, inLobby]) {
    await assertNothing(scene, gus, "gus", file);
  }
  // What is in the room of the link is there.
  const { status } = await request(scene.web.door, `HEAD ${await pathTo(gus, scene.inHall)}`);
  assertEquals(status, 200);
});

sceneTest("whoever was uninvited meanwhile gets nothing more", async (scene) => {
  const { ann, bob, web, inDen } = scene;
  const path = await pathTo(bob, inDen);
  assertEquals((await request(web.door, `HEAD ${path}`)).status, 200);
  await bob.tell({ type: "get", file: inDen.id, offset: 0, credit: 10 });
  assertEquals((await bob.takeType("data")).file, inDen.id);
  await ann.ask({ type: "uninvite", room: "den", name: "bob" });
  // What was on its way goes on no more.
  await bob.tell({ type: "credit", file: inDen.id, credit: 10 });
  assertEquals((await bob.takeType("error")).code, "no-such-file");
  assertEquals((await request(web.door, `GET ${path}`)).status, 404);
  await assertNothing(scene, bob, "bob", inDen);
});

sceneTest("whoever is banned from a room gets nothing of it", async (scene) => {
  const { ann, web, inHall } = scene;
  using eve = await joinEvent(web.server, "eve");
  assertEquals((await eve.ask({ type: "join", room: "hall" })).type, "joined");
  const path = await pathTo(eve, inHall);
  assertEquals((await request(web.door, `HEAD ${path}`)).status, 200);
  const banned = await ann.ask({
    type: "mod",
    action: "ban",
    target: "eve",
    room: "hall",
    only: true,
  });
  assertEquals(banned.type, "mod", JSON.stringify(banned));
  assertEquals((await request(web.door, `GET ${path}`)).status, 404);
  await assertNothing(scene, eve, "eve", inHall);
});

sceneTest(
  "whoever is banned from the server gets nothing, nor does anybody at that address",
  async (scene) => {
    const { web, inHall } = scene;
    using otto = await joinEvent(web.server, "otto", { login: LOGIN });
    {
      using carl = await joinEvent(web.server, "carl", { login: LOGIN });
      const path = await pathTo(carl, inHall);
      const reader = readerNamed(scene, "carl");
      const from = { "X-Forwarded-For": "192.0.2.7" };
      assertEquals((await request(web.door, `HEAD ${path}`, from)).status, 200);
      const banned = await otto.ask({ type: "mod", action: "ban", target: "192.0.2.7" });
      assertEquals(banned.type, "mod", JSON.stringify(banned));
      assertEquals((await request(web.door, `HEAD ${path}`)).status, 200);
      await assertNothingOverHttp(scene, reader, inHall, from);
      // Also by a link that was made for everybody in an open room, as classic clients get it.
      await assertNothingOverHttp(scene, ALL_IN_HALL, inHall, from);
      await otto.ask({ type: "mod", action: "ban", target: "carl" });
      await assertNothingOverHttp(scene, reader, inHall);
    }
  },
);

sceneTest("a link dies with its account, and a guest's with its session", async (scene) => {
  const { web, inHall, bob } = scene;
  const reader = readerNamed(scene, "bob");
  assertEquals((await request(web.door, `HEAD ${await pathTo(bob, scene.direct)}`)).status, 200);
  assertEquals((await bob.ask({ type: "unregister" })).type, "account");
  for (const file of [scene.direct, scene.inDen, inHall]) {
    await assertNothingOverHttp(scene, reader, file);
  }
  let guest: LinkOwner;
  {
    using eve = await joinEvent(web.server, "eve");
    guest = readerNamed(scene, "eve");
    assertEquals((await request(web.door, `HEAD ${await pathTo(eve, inHall)}`)).status, 200);
    await eve.tell({ type: "quit" });
    await eve.takeType("bye");
  }
  const { registry } = web.server.host.shared.house.state;
  await until(
    "the end of the session",
    () => registry.session(guest.reader.slice("guest ".length)) === undefined,
  );
  await assertNothingOverHttp(scene, guest, inHall);
});

sceneTest(
  "a link for everybody in a room leads nowhere once the room is by invitation",
  async (scene) => {
    const { ann, web, inHall } = scene;
    const { links } = web.server.host.shared;
    const path = links?.link(inHall, ALL_IN_HALL).path ?? "";
    assertEquals((await request(web.door, `HEAD ${path}`)).status, 200);
    // It leads to what is in that room, and to nothing else.
    for (const file of [scene.inDen, scene.direct]) {
      await assertNothingOverHttp(scene, ALL_IN_HALL, file);
      await assertNothingOverHttp(scene, { reader: "room den" }, file);
    }
    assertEquals((await ann.ask({ type: "room", room: "hall", access: "invite" })).type, "room");
    assertEquals((await request(web.door, `GET ${path}`)).status, 404);
    await assertNothingOverHttp(scene, ALL_IN_HALL, inHall);
  },
);

sceneTest("an upload is its sender's alone", async (scene) => {
  const { ann, web } = scene;
  const { file } = await ann.ask({ type: "put", name: "a", size: 100_000, room: "den" });
  await ann.ask({ type: "chunk", file, offset: 0, data: "eA==" });
  for (const [name, hello] of [["eve", {}], ["olga", { login: LOGIN }]] as const) {
    using peer = await joinEvent(web.server, name, hello);
    assertEquals(await answersAbout(peer, file), await answersAbout(peer, NEVER));
  }
  const taken = await ann.ask({ type: "chunk", file, offset: 1, data: "eA==" });
  assertEquals([taken.type, taken.offset], ["taken", 2]);
});
