/** An IRC client at the port of frames is told where to go, in a line that it understands. */

import { assertEquals } from "@std/assert";
import { RawPeer, startServer } from "./helpers.ts";

const HINT =
  "ERROR :This port does not speak IRC; a server that is run with --irc PORT does so there.\r\n";

Deno.test("an IRC client at the other port is told of --irc", async () => {
  await using server = startServer();
  for (const line of ["CAP LS 302", "NICK ann", "USER ann 0 * :Ann", "PASS sesame", "nick ann"]) {
    using peer = await RawPeer.connect(server);
    for (const part of `${line}\r\nUSER ann 0 * :Ann\r\n`.match(/.{1,3}/gs) ?? []) {
      await peer.send(part).catch(() => {});
    }
    assertEquals(await peer.takeRest(), HINT, line);
  }
});

Deno.test("a classic client may be called like a command of IRC", async () => {
  await using server = startServer();
  using peer = await RawPeer.connect(server);
  await peer.send("4         NICK", "4         /who");
  assertEquals(await peer.takePair(), ["server", "1 person in lobby: NICK"]);
});
