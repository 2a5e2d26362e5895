/** Small things that were said or done wrongly, each once. */

import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { chooseName } from "../lib/chat/judge/choose_name.ts";
import { SERVICE_NAMES } from "../lib/chat/names/check_name.ts";
import { Refusal } from "../lib/chat/refusal.ts";
import { readControl } from "../lib/store/control_file.ts";
import { LocalLog } from "../lib/store/local_log.ts";
import { append, say } from "./fixtures/facts.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { ask, startHouse } from "./fixtures/people_house.ts";
import { keeping } from "./fixtures/still.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { eventFrame, joinEvent, startServer } from "./helpers.ts";

Deno.test("nobody goes by a name that reads as the server's own", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  for (
    const name of [
      "server:",
      "(server)",
      "5erver",
      "S3RV3R",
      "se\u0280ver",
      "<Server>",
      "s.e.r.v.e.r",
    ]
  ) {
    assertEquals((await ann.ask({ type: "rename", name })).code, "bad-name", name);
  }
  for (const name of ["observer", "server2", "servers", "my server"]) {
    assertEquals((await ann.ask({ type: "rename", name })).type, "renamed", name);
  }
});

Deno.test("nobody goes by the name of a service to which people send passwords on IRC", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  for (
    const name of [
      ...SERVICE_NAMES,
      "nickserv",
      "NICKSERV",
      "Nick Serv",
      "[NickServ]",
      "N1ckServ",
      "NlCKSERV",
      "Ni\u0441kServ",
      "\u0274\u026a\u1d04\u1d0bserv",
      "Ch4nServ",
      "M3moServ",
      "rnemoserv",
      "InfoServ",
      "GameServ",
      "Seen5erv",
      "glObal",
      "Serv1ces",
    ]
  ) {
    const answer = await ann.ask({ type: "rename", name });
    assertEquals(answer.code, "bad-name", name);
    assertStringIncludes(
      String(answer.text),
      ", a service of IRC networks; choose another",
      name,
    );
  }
  const { text } = await ann.ask({ type: "rename", name: "Wiki-Serv" });
  assertStringIncludes(String(text), "The name Wiki-Serv reads as wikiserv, a service");
  for (
    const name of [
      "NickServer",
      "Nick",
      "serv",
      "Chan",
      "NickServ2",
      "observe",
      "globe",
      "reserved",
    ]
  ) {
    assertEquals((await ann.ask({ type: "rename", name })).type, "renamed", name);
  }
});

Deno.test("an account that has the name of a service from before keeps it, and gets no second one", async () => {
  const account = {
    id: "a",
    key: "nickserv",
    name: "NickServ",
    role: "member",
    createdAt: 1,
  } as const;
  const { house } = await startHouse(
    keeping({ accounts: [{ ...account, proof: "x" }] }),
    [],
    "lobby",
  );
  const proven = { key: "nickserv", proof: "x" };
  assertEquals(
    chooseName(house.state, "nickserv", { person: undefined, proven }, 0),
    ["NickServ", "nickserv"],
  );
  assertThrows(
    () => chooseName(house.state, "NickServ", { person: undefined, proven: undefined }, 0),
    Refusal,
    "it needs its password",
  );
  const add = {
    type: "user",
    action: "add",
    name: "ChanServ",
    proof: "x",
    role: "member",
  } as const;
  await assertRejects(() => house.console(add), Refusal, "The name ChanServ reads as ChanServ");
});

Deno.test("a password that was changed while it was looked at is told as that", async () => {
  const account = { id: "a", key: "ann", name: "ann", role: "member", createdAt: 1 } as const;
  const factLog = keeping({ accounts: [{ ...account, proof: "the new one" }] });
  const { house } = await startHouse(factLog, [], "lobby");
  const code = (proven: { key: string; proof: string } | undefined): unknown => {
    try {
      return chooseName(house.state, "ann", { person: undefined, proven }, 0)[0];
    } catch (error) {
      return (error as Refusal).code;
    }
  };
  assertEquals(code({ key: "ann", proof: "the old one" }), "bad-login");
  assertEquals(code({ key: "ann", proof: "the new one" }), "ann");
  assertEquals(code(undefined), "name-reserved");
});

Deno.test("an address that can be read in two ways is banned in neither", async () => {
  const account = { id: "a", key: "ann", name: "ann", role: "owner", createdAt: 1 } as const;
  const peopled = await startHouse(
    keeping({ accounts: [{ ...account, proof: "a password" }] }),
    ["ann"],
    "lobby",
  );
  const ban = (target: string) => ask(peopled, "ann", { type: "mod", action: "ban", target });
  for (const target of ["198.51.100.010", "098.51.100.1", "198.51.100.00"]) {
    assertStringIncludes(JSON.stringify(await ban(target)), "can be read in two ways");
  }
  for (const target of ["198.51.100.10", "198.51.100.0", "2001:db8::01"]) {
    assertEquals((await ban(target)).type, "mod", target);
  }
});

Deno.test("errors say of a number that is too large, and of a room without a name, what they are", async () => {
  await using server = startServer();
  using ann = await joinEvent(server, "ann");
  await ann.send(eventFrame('{"type":"history","id":"1","room":"lobby","before":1e400}'));
  assertStringIncludes((await ann.takeType("error")).text, "not a number that large");
  const { text } = await ann.ask({ type: "history", room: "" });
  assertEquals(text, "There is no room without a name; /rooms lists them.");
  const { text: said } = await ann.ask({ type: "say", room: " ", text: "hello" });
  assertEquals(said, "There is no room without a name; /rooms lists them.");
});

Deno.test("ban list of a room that can't be is a mistake, and not an empty list", async () => {
  await using dir = await makeDir();
  {
    await using log = await LocalLog.open({ dir: dir.path, durability: "normal" });
    await append(log, say("lobby", "here"));
  }
  const list = (room: string) => chatroom(["ban", "list", "-r", room, "--data", dir.path]);
  const { code, stderr } = await list("a b");
  assertEquals([code, stderr.includes("no spaces")], [2, true], stderr);
  assertEquals((await list("#lobby")).stdout, "Nobody is banned or muted.\n");
});

Deno.test({
  name: "a pipe in place of the file control is not waited for",
  ignore: Deno.build.os === "windows",
  async fn(): Promise<void> {
    await using dir = await makeDir();
    assertEquals(
      (await new Deno.Command("mkfifo", { args: [`${dir.path}/control`] }).output()).code,
      0,
    );
    assertEquals(readControl(dir.path), undefined);
  },
});
