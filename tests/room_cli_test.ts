/** `chatroom room`: what is kept is shown, and goes when that is said twice. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { type Change, plainRoom } from "../lib/chat/people/records.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { append, bringing, fileOf, say, seqOf, topic } from "./fixtures/facts.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import type { Result } from "./program.ts";

Deno.test("rooms are listed with what is kept of them, and removed with --yes", async () => {
  await using dir = await makeDir();
  const room = (...args: string[]): Promise<Result> =>
    chatroom(["room", ...args, "--data", dir.path]);
  {
    await using history = await LocalLog.open({ dir: dir.path, durability: "normal" });
    const { text, ...rest } = bringing(fileOf("f1", "plan.txt", "the plan"));
    await append(history, say("spam", text, { title: "Spam", ...rest }));
    for (let i = 0; i < 2; i++) {
      await append(history, say("spam", "x".repeat(1_000), { title: "Spam" }));
    }
    await append(history, say("lobby", "hello"));
    history.put(topic("tea", "a\u001b[31mtopic"));
    await history.settled();
    // A server runs: it can be looked at, and nothing is removed.
    const listed = await room("list");
    const today = new Date().toISOString().slice(0, 10);
    assertEquals([listed.code, listed.stdout.split("\n").slice(0, 2)], [0, [
      `lobby: 1 message (1 KiB), ${today} to ${today}`,
      `Spam: 3 messages (2 KiB), 1 file (8 bytes), ${today} to ${today}`,
    ]]);
    assertStringIncludes(listed.stdout, "tea: 0 messages (0 KiB); topic: a");
    assertEquals(listed.stdout.includes("\u001b"), false);
    const running = await room("remove", "spam", "--yes");
    assertEquals(running.code, 1);
    assertStringIncludes(running.stderr, "another program is using");
    assertEquals(history.index.last(roomLog("spam")), 3);
  }
  const first = await room("remove", "spam", "nowhere", "lobby");
  assertEquals(first.code, 1);
  assertStringIncludes(first.stdout, "Spam: 3 messages");
  assertStringIncludes(first.stderr, "Nothing is kept of a room nowhere");
  assertStringIncludes(first.stderr, "lobby stays");
  assertStringIncludes(first.stderr, "say it again with --yes, and 1 room with 3 messages goes");
  const removed = await room("remove", "spam", "--yes");
  assertEquals([removed.code, removed.stdout.trim()], [0, "Spam is gone."]);
  const empty = await room("list", "--empty", "--json");
  assertEquals(JSON.parse(empty.stdout), {
    ...{ room: "tea", access: "open", messages: 0, bytes: 0, files: 0, fileBytes: 0, title: "" },
    ...{ topic: "a\u001b[31mtopic", hosts: [], members: 0 },
  });
  assertEquals((await room("remove", "--empty", "--yes")).stdout.trim(), "tea is gone.");
  assertEquals((await room("remove", "--empty", "--yes")).code, 1);
  for (const wrong of [[], ["drop"], ["list", "x"], ["remove"], ["remove", "x", "--empty"]]) {
    assertEquals((await room(...wrong)).code, 2, wrong.join(" "));
  }
  const audit = await chatroom(["export", "--audit", "--data", dir.path]);
  assertStringIncludes(audit.stdout, "remove-room");
  const check = await chatroom(["check", "--data", dir.path]);
  assertStringIncludes(check.stdout, "no problems");
  await using history = await LocalLog.open({ dir: dir.path, durability: "normal" });
  assertEquals(await seqOf(history, say("spam", "anew")), 4);
});

Deno.test("a room that is removed takes its members, its links and its places in lists with it", async () => {
  await using dir = await makeDir();
  const log = roomLog("den");
  const account = { id: "id1", name: "ann", key: "ann", proof: "", createdAt: 1 };
  const link = { id: "l", hash: "00", room: "den", by: "ann", at: 1, until: 0, uses: 0, used: 0 };
  const changes: Change[] = [
    { type: "account", account: { ...account, role: "member" } },
    { type: "room", room: { ...plainRoom("den", "Den"), access: "invite" } },
    { type: "member", member: { room: "den", account: "id1", by: "ann", at: 1 } },
    { type: "listed", listed: { account: "id1", log, name: "Den", read: 0, at: 1 } },
    { type: "invitation", invitation: link },
  ];
  {
    await using history = await LocalLog.open({ dir: dir.path, durability: "normal" });
    history.put({ kind: "people", changes });
    await history.settled();
  }
  const removed = await chatroom(["room", "remove", "den", "--yes", "--data", dir.path]);
  assertEquals([removed.code, removed.stdout.trim()], [0, "Den is gone."]);
  await using history = await LocalLog.open({ dir: dir.path, durability: "normal" });
  const { rooms, members, listed, invitations } = history.people;
  assertEquals([rooms, members, listed, invitations], [[], [], [], []]);
});

Deno.test("chatroom room makes no directory where there is none", async () => {
  await using dir = await makeDir();
  const typo = `${dir.path}/typo`;
  for (const args of [["list"], ["remove", "x"], ["remove", "x", "--yes"]]) {
    const { code, stderr } = await chatroom(["room", ...args, "--data", typo]);
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, `There is no ${typo}/chatroom.db; --data names`);
    assertEquals(await Array.fromAsync(Deno.readDir(dir.path)), []);
  }
});
