/** What comes on stdin as lines, and what is no text at all. */

import { assertEquals } from "@std/assert";
import { firstBadLine, readAtMost, utf8Lines } from "../lib/client/lines.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { bytes, joinClassic, joinEvent, startServer } from "./helpers.ts";
import { command } from "./program.ts";

const none = { permissions: "none" } as const;
const NOT_TEXT = { problem: "is not UTF-8 text" };
const LATIN1 = bytes("gr", new Uint8Array([0xfc, 0xdf]));

async function linesOf(
  sent: Uint8Array<ArrayBuffer>,
  size: number,
  maxBytes?: number,
): Promise<unknown[]> {
  const chunks = function* (): Generator<Uint8Array<ArrayBuffer>> {
    for (let at = 0; at < sent.length; at += size) yield sent.slice(at, at + size);
  };
  return await Array.fromAsync(ReadableStream.from(chunks()).pipeThrough(utf8Lines(maxBytes)));
}

for (
  const [what, sent, lines, bad] of [
    ["nothing", bytes(""), [], undefined],
    ["both kinds of ends", bytes("a\nb\r\n\nc\n"), ["a", "b", "", "c"], undefined],
    ["no last end", bytes("a\ngrüß 👋"), ["a", "grüß 👋"], undefined],
    [
      "a byte order mark, which counts once",
      bytes("\ufeffa\n\ufeffb"),
      ["a", "\ufeffb"],
      undefined,
    ],
    ["a line of another encoding", bytes("a\n", LATIN1, "\nb\n"), ["a", NOT_TEXT, "b"], 2],
    ["a character cut in half", bytes("a\nb\nü").slice(0, -1), ["a", "b", NOT_TEXT], 3],
  ] as const
) {
  Deno.test(`lines are cut wherever the bytes are: ${what}`, none, async () => {
    for (const size of [1, 2, 3, 1_000]) assertEquals(await linesOf(sent, size), [...lines]);
    assertEquals(firstBadLine(sent), bad);
  });
}

Deno.test("of a line without an end no more is kept than a server could take", none, async () => {
  const long = { problem: "is longer than 5 bytes" };
  for (const size of [1, 2, 3, 1_000]) {
    const cut = linesOf(bytes("12345\n123456\n\n1234567890"), size, 5);
    assertEquals(await cut, ["12345", long, "", long]);
  }
  const whole = (): ReadableStream<Uint8Array<ArrayBuffer>> => new Blob(["12345"]).stream();
  assertEquals(await readAtMost(whole(), 4), undefined);
  assertEquals(await readAtMost(whole(), 5), bytes("12345"));
});

Deno.test("a pipe names a line of 64 MiB, and sends what follows", async () => {
  await using server = startServer();
  const part = new Uint8Array(1_048_576).fill(0x61);
  const child = command(["connect", "--name", "ann", `127.0.0.1:${server.addr.port}`]).spawn();
  const input = child.stdin.getWriter();
  for (let fed = 0; fed < 64; fed++) await input.write(part);
  await input.write(bytes("\nend\n"));
  await input.close();
  const { code, stderr } = await child.output();
  const said = new TextDecoder().decode(stderr);
  assertEquals([code, said], [1, "Line 1 is longer than 16777216 bytes; it was not sent\n"]);
});

Deno.test("in a pipe a line that is not UTF-8 is named and not sent, and the others are", async () => {
  await using server = startServer();
  using bob = await joinClassic(server, "bob");
  const { code, stderr } = await chatroom(
    ["connect", "--name", "ann", `127.0.0.1:${server.addr.port}`],
    { input: bytes("one\n", LATIN1, "\nthree\n") },
  );
  assertEquals([code, stderr], [1, "Line 2 is not UTF-8 text; it was not sent\n"]);
  assertEquals([await bob.takePair(), await bob.takePair()], [["ann", "one"], ["ann", "three"]]);
});

Deno.test("send sends nothing when what comes on stdin is not UTF-8", async () => {
  await using server = startServer();
  using bob = await joinClassic(server, "bob");
  const { code, stderr } = await chatroom(
    ["send", "--name", "ann", "--server", `127.0.0.1:${server.addr.port}`],
    { input: bytes("one\n", LATIN1, "\n") },
  );
  assertEquals([code, stderr], [1, "Line 2 is not UTF-8 text; nothing was sent\n"]);
  using cat = await joinEvent(server, "cat");
  await cat.ask({ type: "say", room: "lobby", text: "first" });
  assertEquals(await bob.takePair(), ["cat", "first"]);
});
