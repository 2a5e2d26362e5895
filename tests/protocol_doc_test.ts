/** PROTOCOL.md says what is so: its examples are played against a server, its tables held against the code. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Limit, LIMITS } from "../lib/server/limits.ts";
import { toolTest } from "./fixtures/tools.ts";
import { bytes, joinEvent, RawPeer, startServer } from "./helpers.ts";

const text = await Deno.readTextFile(new URL("../lib/wire/PROTOCOL.md", import.meta.url));

/** The code blocks of the file in one language. */
function blocks(language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms");
  return [...text.matchAll(pattern)].map(([, block]) => block ?? "");
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/\b[0-9a-f]{2}\b/g) ?? [], (byte) => parseInt(byte, 16));
}

Deno.test("the classic example holds byte by byte", async () => {
  const [example = ""] = blocks("text");
  const lines = example.trimEnd().split("\n").map((line) => {
    const [, who = "", hex = "", shown = ""] = /^(.{15})((?:[0-9a-f]{2} +)+) +(\S+)$/.exec(line) ??
      [];
    assertEquals(fromHex(hex), bytes(shown.replaceAll("·", " ")), line);
    return { who: who.trim(), sent: fromHex(hex) };
  });
  await using server = startServer();
  using bob = await RawPeer.connect(server);
  await bob.send("3         bob", "4         /who");
  await bob.takePair();
  using ann = await RawPeer.connect(server);
  const expected: Uint8Array[] = [];
  for (const { who, sent } of lines) {
    if (who === "Ann → server") await ann.send(sent);
    else expected.push(sent);
  }
  assertEquals(expected.length, 2);
  const whole = bytes(...expected);
  assertEquals(await bob.take(whole.length), whole);
});

Deno.test("the event example holds, but for what is new each time", async () => {
  const [, example = "", dump = ""] = blocks("text");
  const id = "00000000-0000-0000-0000-000000000000";
  const frames = example.trimEnd().split("\n").map((line) => {
    const [, from = "", to = "", frame = ""] = /^(\w+) → (\w+)\s+(·.*)$/.exec(line) ?? [];
    return { from, to, frame: frame.replaceAll("·", " ").replaceAll("…", id) };
  });
  await using server = startServer({ version: "chatroom/0.1.0" });
  using bob = await joinEvent(server, "bob");
  using ann = await RawPeer.connect(server);
  const known = (frame: string): string =>
    frame.replaceAll(/[0-9a-f-]{36}/g, id).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
  for (const { from, to, frame } of frames) {
    const length = bytes(frame).length;
    assertEquals(Number(frame.slice(0, 10)), length - 10, `the header of ${frame}`);
    if (from === "Ann") await ann.send(frame);
    else {
      if (to === "Bob") assertEquals((await bob.takeEvent()).type, "joined");
      const got = new TextDecoder().decode(await (to === "Ann" ? ann : bob).take(length));
      assertEquals(known(got), known(frame));
    }
  }
  assertEquals(new TextDecoder().decode(fromHex(dump)), frames[4]?.frame);
});

Deno.test("the tables name every request, event and error code", async () => {
  const source = await Deno.readTextFile(new URL("../lib/wire/decode.ts", import.meta.url));
  const tables = ["REQUESTS", "EVENTS"]
    .map((name) => new RegExp(`^const ${name}[^]*?^};`, "m").exec(source)?.[0])
    .join("\n");
  const types = [...tables.matchAll(/^ {2}(\w+)(?:: |,)/gm)].map(([, type]) => type ?? "");
  assert(types.length > 25);
  for (const type of types) assert(text.includes(`\`${type}\``), `${type} is missing`);
  const codes = new Set<string>();
  for (const folder of ["chat", "server", "wire"]) {
    for await (const { name } of Deno.readDir(new URL(`../lib/${folder}`, import.meta.url))) {
      if (!name.endsWith(".ts")) continue;
      const code = await Deno.readTextFile(new URL(`../lib/${folder}/${name}`, import.meta.url));
      for (
        const pattern of [
          /(?:Refusal|bye)\(\s*"([a-z0-9-]+)"/g,
          /code: "([a-z0-9-]+)"/g,
          /reason: "([a-z-]+)"/g,
        ]
      ) {
        for (const [, found] of code.matchAll(pattern)) codes.add(found ?? "");
      }
    }
  }
  for (const { tells } of Object.values<Limit>(LIMITS)) if (tells !== undefined) codes.add(tells);
  assert(codes.size > 15);
  for (const code of codes) assert(text.includes(`\`${code}\``), `${code} is missing`);
});

toolTest("the client in Python works as it stands", ["python3"], async () => {
  const [program = ""] = blocks("python");
  const lines = program.trimEnd().split("\n").filter((line) => line !== "");
  assertEquals(lines.length, 11, "ten lines after the import");
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  const child = new Deno.Command("python3", {
    args: ["-c", program, String(server.addr.port), "py"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  assertEquals((await eve.takeType("joined")).name, "py");
  await eve.ask({ type: "say", room: "lobby", text: "grüß dich" });
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode("hello\nworld\n"));
  await input.close();
  const said = [await eve.takeType("message"), await eve.takeType("message")];
  assertEquals(said.map(({ from, text }) => [from, text]), [["py", "hello"], ["py", "world"]]);
  const { code, stdout } = await child.output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "eve: grüß dich\n"]);
  assertMatch(program, /^import json/);
});
