/** What `chatroom serve` says at its start of who may come in. */

import { assertEquals } from "@std/assert";
import { describeAccess } from "../lib/cli/announce.ts";

const OPEN =
  "Everybody on the network may come in; chatroom help password says how to change that.";
const PLAIN = "Nothing is encrypted; chatroom help tls says how to change that.";
const PASSWORD = "The password that everybody needs is the first line of room.key.";

function said(hostname: string, secure: boolean, password?: string): string[] {
  const lines: string[] = [];
  const addr = { transport: "tcp", hostname, port: 1234 } as const;
  describeAccess(addr, secure, password, (line) => lines.push(line));
  return lines;
}

Deno.test("serve says so where a network may come in, and where it may listen in", () => {
  const place = "the first line of room.key";
  assertEquals(said("0.0.0.0", false), [OPEN, PLAIN]);
  assertEquals(said("192.0.2.1", true), [OPEN]);
  assertEquals(said("::", false, place), [PASSWORD, PLAIN]);
  assertEquals(said("::", true, place), [PASSWORD]);
});

Deno.test("on this machine alone, serve says nothing of that but where the password is", () => {
  assertEquals(said("127.0.0.1", false), []);
  assertEquals(said("::1", false, "in $CHATROOM_PASSWORD"), [
    "The password that everybody needs is in $CHATROOM_PASSWORD.",
  ]);
});
