/** Scripts are visitors: they stand in nobody's way, and nobody is told that they come and go. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { formatAddress } from "../lib/cli/values.ts";
import { logWith } from "./fixtures/guests.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { joinEvent, startServer, untilVisitor } from "./helpers.ts";
import { command } from "./program.ts";

Deno.test("six sends of one name at once all deliver, under names with numbers", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const args = ["send", formatAddress(server.addr), "--name", "deploy"];
  const runs = Array.from({ length: 6 }, (_, n) => chatroom([...args, `step ${n}`]));
  for (const { code, stderr } of await Promise.all(runs)) assertEquals([code, stderr], [0, ""]);
  const texts: string[] = [];
  // There is nothing but what they say: nobody came and nobody went.
  for (let n = 0; n < 6; n++) {
    const { type, from, text } = await eve.takeEvent();
    assertEquals([type, /^deploy(-\d)?$/.test(from)], ["message", true], from);
    texts.push(text);
  }
  assertEquals(texts.sort(), Array.from({ length: 6 }, (_, n) => `step ${n}`));
  const late = await chatroom([...args, "the seventh"]);
  assertEquals(late.code, 0);
  assertEquals((await eve.takeEvent()).from, "deploy", "the name is free at once");
});

Deno.test("a script may have the name of somebody who is here, unless it wants it exactly", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const args = ["send", formatAddress(server.addr), "--name", "eve"];
  assertEquals((await chatroom([...args, "from my shell"])).code, 0);
  assertEquals((await eve.takeEvent()).from, "eve-2");
  const exact = await chatroom([...args, "--exact-name", "no"]);
  assertEquals(exact.code, 4);
  assertStringIncludes(exact.stderr, "is in use here; choose another");
});

Deno.test("a script is told what a reserved name needs", async () => {
  await using server = startServer({ factLog: await logWith({ ann: "owner" }) });
  const args = [formatAddress(server.addr), "--name", "ann"];
  for (const subcommand of ["send", "tail", "connect"]) {
    const { code, stderr } = await chatroom([
      subcommand,
      ...args,
      ...(subcommand === "send" ? ["hi"] : []),
    ]);
    assertEquals([code, stderr], [
      4,
      "The name ann is reserved; it needs its password. " +
      "Put that into $CHATROOM_LOGIN, or take another name with --name.\n",
    ], subcommand);
  }
});

Deno.test("tail and a pipe are visitors, and tail needs no name", async () => {
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const address = formatAddress(server.addr);
  const nobody = { USER: "", LOGNAME: "", USERNAME: "" };
  await using tail = command(["tail", address], nobody).spawn();
  await untilVisitor(eve, "tail");
  await using pipe = command(["connect", address, "--name", "bot"]).spawn();
  await untilVisitor(eve, "bot");
  for (const child of [tail, pipe]) {
    child.kill("SIGKILL");
    await child.stdin.close().catch(() => {});
    await child.output();
  }
});
