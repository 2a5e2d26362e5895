/** An evening with two devices, through real doors and with a disk: nobody signs in again. */

import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "../lib/cli/open_store.ts";
import { withDefaults } from "../lib/server/limits.ts";
import type { LocalLog } from "../lib/store/local_log.ts";
import { serveWeb } from "../lib/web/serve_web.ts";
import { hash } from "./fixtures/facts.ts";
import { CHEAP } from "./fixtures/guests.ts";
import { makeDir, startStored } from "./fixtures/stored_server.ts";
import { joinEvent, type Json, type RawPeer, until } from "./helpers.ts";
import { chatroom } from "./program.ts";
import { joinWeb } from "./web_peer.ts";

const DAY_MS = 86_400_000;
const PASSWORD = "a long password";
const PEOPLE = { features: ["people"] };
const OPTIONS = { passwords: CHEAP, password: "open" };

/** The devices of a list, without what differs each time. */
function shown(devices: readonly Json[]): string[] {
  return devices.map(({ label, door, here, this: own }) =>
    [label, door, here ? "here" : "away", own ? "this" : ""].join(" ").trim()
  ).sort();
}

async function quits(peer: RawPeer): Promise<void> {
  await peer.tell({ type: "quit" });
  await peer.takeType("bye");
}

Deno.test("two devices on two doors are one person, and stay signed in over a restart", async () => {
  await using dir = await makeDir();
  const secrets: Record<string, string> = {};
  {
    await using server = await startStored(dir.path, OPTIONS);
    await using web = await serveWeb(server.host, { hostname: "127.0.0.1", port: 0 });
    using bob = await joinEvent(server, "bob", { password: "open" });
    const first = { ...PEOPLE, password: "open", label: "desk" };
    using desk = await joinEvent(server, "ann", first);
    await desk.ask({ type: "register", password: PASSWORD });
    const second = { ...first, label: "phone", login: PASSWORD };
    using phone = await joinWeb(web, "ann", second);
    assertEquals([phone.ready.account, phone.ready.role], [
      ...[(await joinEvent(server, "ann", second)).ready.account, "member"],
    ]);
    await phone.ask({ type: "join", room: "dev" });
    const { room, own, seq, read } = await desk.takeType("joined");
    assertEquals([room, own, seq, read], ["dev", true, 0, 0]);
    await desk.ask({ type: "say", room: "dev", text: "from the desk" });
    const copy = await phone.takeType("message");
    assertEquals([copy.text, copy.own, copy.by], ["from the desk", true, phone.ready.account]);
    const { members, total } = await bob.ask({ type: "who", room: "lobby" });
    assertEquals([members, total], [["ann", "bob"], 2]);
    assertEquals(shown((await desk.ask({ type: "devices" })).devices), [
      ...["desk event here this", "phone event here", "phone web here"],
    ]);
    for (const peer of [desk, phone]) {
      secrets[peer === desk ? "desk" : "phone"] = peer.ready.session;
    }
    await quits(phone);
  }
  await using server = await startStored(dir.path, OPTIONS);
  {
    using desk = await joinEvent(server, "ann", { ...PEOPLE, session: secrets.desk });
    const { name, session, lost, rooms } = desk.ready;
    assertEquals([name, session, lost], ["ann", secrets.desk, undefined]);
    assertEquals(rooms.map(({ room }: Json) => room), ["lobby", "dev"]);
    const { devices } = await desk.ask({ type: "devices" });
    assertEquals(shown(devices), ["desk event here this", "phone event away", "phone web away"]);
    const away = devices.filter(({ door }: Json) => door === "web")[0].device;
    assertEquals(shown((await desk.ask({ type: "logout", device: away })).devices).length, 2);
    using phone = await joinEvent(server, "ann", { ...PEOPLE, session: secrets.phone });
    assertEquals(phone.ready.code, "password-needed");
    const listed = await chatroom(["user", "devices", "ann", "--data", dir.path]);
    assertEquals(
      listed.stdout.replaceAll(/20\d\d-[-\d]+( [:\d]+ UTC)?/g, "TIME").split("\n").sort(),
      [
        "",
        "desk (event): here now, signed in since TIME",
        "phone (event): last here TIME, signed in since TIME",
      ],
      listed.stderr,
    );
    await desk.ask({ type: "passwd", password: "another password" });
    assertEquals((await desk.ask({ type: "devices" })).devices.length, 1);
  }
  await until("the end of the connection", () => server.connections === 0);
  const nobody = await chatroom(["user", "devices", "bob", "--data", dir.path]);
  assertEquals([nobody.code, nobody.stderr], [1, "Nobody has reserved the name bob\n"]);
});

Deno.test("devices are listed by a command, and end with another password, while no server runs", async () => {
  await using dir = await makeDir();
  let session = "";
  {
    await using server = await startStored(dir.path, { passwords: CHEAP });
    using ann = await joinEvent(server, "ann", { ...PEOPLE, label: "desk" });
    await ann.ask({ type: "register", password: PASSWORD });
    ({ session } = ann.ready);
  }
  const user = (...args: string[]): ReturnType<typeof chatroom> =>
    chatroom(["user", ...args, "--data", dir.path], { input: `${PASSWORD}\n` });
  assertEquals(
    (await user("devices", "ann")).stdout.startsWith("desk (event): last here 20"),
    true,
  );
  assertEquals((await user("reset", "ann")).code, 0);
  assertEquals((await user("devices", "ann")).stdout, "ann is signed in nowhere.\n");
  await using server = await startStored(dir.path, { passwords: CHEAP });
  using ann = await joinEvent(server, "ann", { ...PEOPLE, session });
  assertEquals(ann.ready.code, "name-reserved");
});

Deno.test("a device stays signed in for as long as --device-timeout says", async () => {
  await using dir = await makeDir();
  const opened = async (): Promise<LocalLog> => {
    const limits = withDefaults({ deviceMs: 30 * DAY_MS });
    return (await openStore({ dir: dir.path, durability: "normal" }, limits, () => {})).factLog;
  };
  {
    await using log = await opened();
    const changes = ["phone", "desk"].map((label) => {
      const device = { hash: hash(label), account: "id1", label, door: "event", since: 0, used: 0 };
      return { type: "device", device } as const;
    });
    log.put({ kind: "list", changes });
  }
  {
    using db = new DatabaseSync(`${dir.path}/chatroom.db`);
    const used = db.prepare("UPDATE session SET used = ? WHERE label = ?");
    used.run(Date.now() - 29 * DAY_MS, "phone");
    used.run(Date.now() - 31 * DAY_MS, "desk");
  }
  await using log = await opened();
  assertEquals((await log.index.recall(hash("phone")))?.label, "phone");
  assertEquals(await log.index.recall(hash("desk")), undefined);
});
