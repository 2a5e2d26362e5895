/** When a link tries again, and when it ends. */

import { assertEquals } from "@std/assert";
import { finalCause, RefusedError } from "../lib/client/refusal.ts";

const RETRIED = undefined;

for (
  const [known, what, word, cause] of [
    [false, "error", "name-taken", "refused"],
    [false, "error", "room-limit", "refused"],
    [false, "bye", "bad-name", "refused"],
    [false, "bye", "banned", "refused"],
    [false, "bye", "kicked", "refused"],
    [false, "bye", "too-large", "refused"],
    [false, "error", "bad-password", "refused"],
    [false, "error", "name-reserved", "refused"],
    [true, "error", "bad-password", "refused"],
    [true, "error", "bad-login", "refused"],
    [true, "error", "password-needed", "refused"],
    [true, "error", "name-reserved", "refused"],
    [false, "error", "try-later", RETRIED],
    [true, "error", "try-later", RETRIED],
    [false, "bye", "shutdown", "unreachable"],
    [false, "bye", "handshake", "unreachable"],
    [false, "bye", "slow", "unreachable"],
    [false, "break", "", "unreachable"],
    [true, "error", "bad-name", "refused"],
    [true, "error", "banned", "refused"],
    [true, "error", "name-taken", RETRIED],
    [true, "error", "room-limit", RETRIED],
    [true, "error", "bad-field", RETRIED],
    [true, "bye", "kicked", "dismissed"],
    [true, "bye", "banned", "dismissed"],
    [true, "bye", "replaced", "dismissed"],
    [true, "bye", "quit", "dismissed"],
    [true, "bye", "bad-name", "refused"],
    [true, "bye", "shutdown", RETRIED],
    [true, "bye", "handshake", RETRIED],
    [true, "bye", "idle", RETRIED],
    [true, "bye", "slow", RETRIED],
    [true, "bye", "internal", RETRIED],
    [true, "break", "", RETRIED],
  ] as const
) {
  const when = known ? "once it was online" : "before it was online";
  const result = cause === RETRIED ? "is tried again" : `ends as ${cause}`;
  Deno.test(`${when}, a link that got ${what} ${word} ${result}`, { permissions: "none" }, () => {
    const bye = what === "bye" ? { type: "bye", reason: word, text: "" } as const : undefined;
    const error = what === "error" ? new RefusedError(word, "") : new Error("It broke");
    assertEquals(finalCause({ known, bye, error }), cause);
  });
}

for (
  const [name, cause] of [
    ["ConnectionRefused", RETRIED],
    ["TimeoutError", RETRIED],
    ["NetworkUnreachable", RETRIED],
    // So the runtime calls a name that nobody knows.
    ["Error", "unreachable"],
    ["NotCapable", "unreachable"],
  ] as const
) {
  const result = cause === RETRIED ? "is tried again" : `ends as ${cause}`;
  Deno.test(`at the start, a link with a server of earlier runs that got ${name} ${result}`, () => {
    const why = Object.assign(new Error("why"), { name });
    const error = new Error("Can't connect", { cause: why });
    const ending = { known: false, bye: undefined, error };
    assertEquals(finalCause({ ...ending, wasReached: true }), cause);
    assertEquals(finalCause(ending), "unreachable");
  });
}

Deno.test("a server of earlier runs that refuses somebody at the start has refused", () => {
  const error = new RefusedError("bad-login", "");
  const ending = { known: false, wasReached: true, bye: undefined };
  assertEquals(finalCause({ ...ending, error }), "refused");
});
