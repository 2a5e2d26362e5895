/**
 * Today's clients at a server of the first version: its recorded answers are played to them, and they
 * must do what the first version's clients did, with nothing in it that was not known then.
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { formatAddress } from "../lib/cli/values.ts";
import { assertKnown, FirstServer } from "./fixtures/first_server.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { recording } from "./fixtures/recorded.ts";
import { ScriptedServer } from "./fixtures/scripted_server.ts";
import { Told } from "./fixtures/told.ts";
import type { Json } from "./helpers.ts";
import { command } from "./program.ts";

Deno.test("a pipe talks to a server of the first version, and comes back to it", async () => {
  using server = new FirstServer(await recording("pipe"), "ann");
  const child = command(["connect", formatAddress(server.addr), "--name", "ann"]).spawn();
  const writer = child.stdin.getWriter();
  const output = child.output();
  await server.play((request) => {
    if (request === undefined) writer.close();
    else if (request.type === "say") writer.write(new TextEncoder().encode(`${request.text}\n`));
  });
  const { code, stdout } = await output;
  const lines = new TextDecoder().decode(stdout).split("\n");
  assertEquals(code, 0);
  for (const text of ["hello ann", "only for you", "while you were away"]) {
    assert(lines.some((line) => line.endsWith(text)), `${text} in ${lines}`);
  }
});

Deno.test("send delivers by a server of the first version, and waits for a reply", async () => {
  using server = new FirstServer(await recording("send"), "ann");
  const send = ["send", "--server", formatAddress(server.addr), "--name", "ann"];
  const sends = async (): Promise<void> => {
    const first = await chatroom([...send, "the build is done"]);
    assertEquals(first, { code: 0, stdout: "", stderr: "" });
    const second = await chatroom([...send, "--room", "dev", "--wait-reply", "anybody?"]);
    assertEquals(second, { code: 0, stdout: "zoe: ann: yes\n", stderr: "" });
  };
  await Promise.all([server.play(() => {}), sends()]);
});

Deno.test({
  name: "tail follows two rooms of a server of the first version",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using server = new FirstServer(await recording("tail"), "log");
    const args = ["--name", "log", "-n", "1", "--room", "lobby", "--room", "dev"];
    const child = command(["tail", formatAddress(server.addr), ...args]).spawn();
    const output = child.output();
    await server.play((request) => {
      if (request === undefined) child.kill("SIGTERM");
    });
    await child.stdin.close();
    const lines = new TextDecoder().decode((await output).stdout).trimEnd().split("\n");
    const ofRoom = (room: string): string[] => lines.filter((line) => line.startsWith(room));
    assertEquals(ofRoom("#lobby"), ["#lobby zoe: two", "#lobby zoe: five"]);
    assertEquals(ofRoom("#dev"), ["#dev zoe: three", "#dev zoe: four"]);
  },
});

for (const visitor of [undefined, "numbered", "exact"] as const) {
  Deno.test(`a link says nothing new to a server of the first version: ${visitor ?? "a person"}`, async () => {
    using server = new ScriptedServer();
    const { promise: left, resolve } = Promise.withResolvers<string>();
    {
      await using ann = new Told(server, {
        ...{ rooms: ["lobby", "dev"], label: "laptop", scrollback: 5 },
        ...(visitor === undefined ? {} : { visitor }),
        earlier: { secret: "kept", beside: true },
      });
      const peer = await server.letIn();
      assertKnown(peer.hello);
      await ann.ready();
      const join = await peer.takeType("join");
      assertKnown(join);
      await peer.tell({ type: "joined", id: join.id, room: "dev", name: "ann", seq: 0 });
      peer.takeRest().then(resolve).finally(() => peer[Symbol.dispose]());
    }
    assertEquals(await left, "", "it leaves without a word that was not known then");
  });
}

Deno.test("what the first version did not know is found", () => {
  const unknown: Json[] = [
    { type: "quit" },
    { type: "hello", features: ["people"] },
    { type: "hello", resume: { epoch: "e", seq: {}, chats: {} } },
    { type: "join", room: "dev", access: "invite" },
  ];
  for (const request of unknown) {
    assertThrows(() => assertKnown(request), Error, "The first version knows no");
  }
  assertKnown({ type: "hello", id: "1", name: "ann", resume: { epoch: "e", seq: {}, direct: 1 } });
});
