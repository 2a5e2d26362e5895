/** What comes on stdin as lines, and what is no text at all. */

import { assertEquals, assertRejects } from "@std/assert";
import { firstBadLine, LongLineError, utf8Lines } from "../lib/client/lines.ts";
import { bytes, joinClassic, joinEvent, startServer } from "./helpers.ts";
import { chatroom } from "./program.ts";

const none = { permissions: "none" } as const;
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
    ["a line of another encoding", bytes("a\n", LATIN1, "\nb\n"), ["a", undefined, "b"], 2],
    ["a character cut in half", bytes("a\nb\nü").slice(0, -1), ["a", "b", undefined], 3],
  ] as const
) {
  Deno.test(`lines are cut wherever the bytes are: ${what}`, none, async () => {
    for (const size of [1, 2, 3, 1_000]) assertEquals(await linesOf(sent, size), [...lines]);
    assertEquals(firstBadLine(sent), bad);
  });
}

Deno.test(
  "a line that is longer than any may be is not waited for to end, and is named",
  none,
  async () => {
    for (const size of [1, 2, 3, 1_000]) {
      assertEquals(await linesOf(bytes("four\nfour\n\nfour"), size, 4), [
        "four",
        "four",
        "",
        "four",
      ]);
      for (const long of ["four\nfives\n", "four\nfives", "four\nfivesxxxxxx"]) {
        const error = await assertRejects(() => linesOf(bytes(long), size, 4), LongLineError);
        assertEquals([error.line, error.message], [2, "Line 2 is longer than 4 bytes"]);
      }
    }
  },
);

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
