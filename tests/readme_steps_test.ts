/** The README's way to an encrypted server with a password, gone as it stands by a new user. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { commandsOf, Newcomer } from "./fixtures/newcomer.ts";
import { NO_PTY } from "./pty.ts";

Deno.test({
  name: "the README's steps lead to a server with TLS and a password, and into it from another " +
    `terminal${NO_PTY === undefined ? "" : ` (skipped: ${NO_PTY})`}`,
  ignore: NO_PTY !== undefined,
  async fn(): Promise<void> {
    const [serve, join, script] = commandsOf("On a network that you do not trust");
    assert(serve !== undefined && join !== undefined && script !== undefined);
    assertMatch(serve, /chatroom serve --tls .*--password-file/);
    await using user = await Newcomer.create();
    await using server = user.serve(serve);
    // The steps leave the server's address out, and mean the port that is usual.
    const address = `localhost:${await server.port()}`;
    const fingerprint = await server.line(/^ {2}(SHA256:\S+)$/);
    await using pty = user.terminal(join, address);
    await pty.expect("(yes, no, or paste the other):");
    assertStringIncludes(pty.screen.text, fingerprint);
    pty.type("yes\r");
    await pty.expect("Password of the server:");
    pty.type((await Deno.readTextFile(`${user.home}/room.key`)).trim() + "\r");
    await pty.expect("lobby>");
    assertEquals(await user.run(script, { server: address }), { code: 0, stderr: "" });
    await pty.expect("The backup is done");
    pty.type("\x04");
    assertEquals(await pty.exitCode(), 0);
  },
});
