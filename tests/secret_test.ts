/** Lines that may hold a password: they are known as such, shown as dots, and said to nobody. */

import { assertEquals } from "@std/assert";
import { writtenAddress } from "../lib/server/address.ts";
import { holdsSecret, isSecret, veiled } from "../lib/words/secret.js";

const none = { permissions: "none" } as const;

Deno.test("what is typed after a command with a password is shown as dots", none, () => {
  for (
    const [line, shown] of [
      ["/login secret", "/login ••••••"],
      ["  /REGISTER a b", "  /REGISTER •••"],
      ["/passwd", "/passwd"],
      ["/passwd x\u{1f600}", "/passwd •••"],
      ["/loginx secret", "/loginx secret"],
      ["/who secret", "/who secret"],
      ["/ns identify x", "/ns ••••••••••"],
      ["/MSG NickServ identify x", "/MSG NickServ ••••••••••"],
      ["/msg bob identify x", "/msg bob identify x"],
      ["say /login secret", "say /login secret"],
    ] as const
  ) {
    assertEquals(veiled(line), shown);
    assertEquals(veiled(line).length, line.length);
    assertEquals(isSecret(line), shown !== line || line === "/passwd", line);
  }
});

Deno.test("a line that may hold a password is known however it is written", none, () => {
  for (const start of ["", " ", "/", "\u200b", "hi\n", "\u2028", "x"]) {
    for (const slash of ["/", "//", "\uff0f", "\u2044", "\u2215", "\u29f8", "/ ", ""]) {
      for (
        const word of [
          "login",
          "LOGIN x",
          "l\u00adog\u200bin x",
          "register x",
          "passwd",
          "logins",
          "login:x",
          "identify x",
          "ns identify x",
          "NickServ identify x",
          "n\u00ads identify x",
          "msg nickserv identify x",
          "msg nicks x",
          "oper x",
          "nsx x",
          "me",
        ]
      ) {
        const text = `${start}${slash}${word}`;
        const isMeant = start !== "x" &&
          /[/\uff0f\u2044\u2215\u29f8]/.test(start + slash) && !["logins", "msg nicks x", "nsx x", "me"].includes(word);
        const isCommand = /^\/\w/.test(text) && !word.includes("\u00ad");
        assertEquals(isSecret(text), isMeant, JSON.stringify(text));
        assertEquals(holdsSecret(text), isMeant && !isCommand, JSON.stringify(text));
      }
    }
  }
});

for (
  const [text, key] of [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:DB8:1:2:3::4", "2001:db8:1:2::/64"],
    ["[2001:db8::1]", "2001:db8:0:0::/64"],
    ["2001:db8:0:1::/64", "2001:db8:0:1::/64"],
    ["64:ff9b::192.0.2.7", "192.0.2.7"],
    ["64:ff9b:1::c000:207", "64:ff9b:1:0::/64"],
    ["192.0.2", undefined],
    ["192.0.2.256", undefined],
    ["192.0.2.0/64", undefined],
    ["1:2:3", undefined],
    [":::", undefined],
    ["bob", undefined],
    ["", undefined],
  ] as const
) {
  Deno.test(`${JSON.stringify(text)} is ${key ?? "no address"}`, none, () => {
    assertEquals(writtenAddress(text), key);
  });
}
