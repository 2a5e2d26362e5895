/** Whom a client trusts: the judgement, the fingerprint as it is written, the file of known servers. */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  addKnownServer,
  findKnownServer,
  KnownServersError,
  knownServersPath,
} from "../lib/client/known_servers.ts";
import { type Credentials, type Grounds, judge } from "../lib/client/trust.ts";
import { parseAddress } from "../lib/cli/values.ts";
import { parseFingerprint } from "../lib/tls/fingerprint.ts";

const A = `SHA256:${"AA".repeat(32)}`;
const B = `SHA256:${"BB".repeat(32)}`;

Deno.test("a judgement is by the pin, then by what is known, then by who vouches", () => {
  const shown: Credentials = {
    fingerprint: A,
    flaw: undefined,
    validFrom: "in May",
    validTo: "in June",
    names: "DNS:example.org",
  };
  const grounds: Grounds = { server: "host:1234", strict: false, path: "/known" };
  const known = { fingerprint: A, line: 3 };
  const changed = { fingerprint: B, line: 3 };
  const unwritten = { fingerprint: B, line: undefined };
  for (
    const [what, more, kind, text] of [
      [{}, {}, "trusted", ""],
      [{}, { pinned: A }, "trusted", ""],
      [{ flaw: "expired" }, { pinned: A }, "trusted", ""],
      [{}, { pinned: B }, "refused", `its fingerprint is ${A}, not ${B}`],
      [{ flaw: "unknown-issuer" }, { known }, "trusted", ""],
      [{ flaw: "wrong-host" }, { known }, "trusted", ""],
      [{ flaw: "unknown-issuer" }, { known: changed }, "refused", "remove line 3 of /known"],
      [{}, { known: changed }, "refused", "HAS CHANGED"],
      [{}, { known: unwritten }, "refused", "if the new one is right, connect again"],
      [{ flaw: "expired" }, { known }, "refused", "has expired on in June"],
      [{ flaw: "not-yet-valid" }, {}, "refused", "valid from in May on"],
      [{ flaw: "wrong-host" }, {}, "refused", "the names in it: DNS:example.org"],
      [{ flaw: { text: "odd" } }, {}, "refused", "can't be trusted: odd"],
      [{ flaw: "unknown-issuer" }, { strict: true }, "refused", "--tls-ca"],
      [{ flaw: "unknown-issuer" }, {}, "unknown", "--tls-fingerprint"],
    ] as Array<[Partial<Credentials>, Partial<Grounds>, string, string]>
  ) {
    const judgement = judge({ ...shown, ...what }, { ...grounds, ...more });
    assertEquals(judgement.kind, kind, JSON.stringify([what, more]));
    if (judgement.kind !== "trusted") assertStringIncludes(judgement.text, text);
  }
});

Deno.test("a fingerprint is read as people copy it", () => {
  const colons = `SHA256:${"AA:".repeat(31)}AA`;
  for (const text of [A, colons, A.slice(7), A.toLowerCase(), "aa".repeat(32), ` ${A}\n`]) {
    assertEquals(parseFingerprint(text), A as `SHA256:${string}`, text);
  }
  for (const text of ["", "SHA256:", A.slice(0, -1), `${A}:AA`, "yes"]) {
    assertEquals(parseFingerprint(text), undefined, text);
  }
});

Deno.test("an address may ask for TLS", () => {
  assertEquals(parseAddress("tls://[::1]:99"), { hostname: "::1", port: 99, tls: true });
  assertEquals(parseAddress("::1"), { hostname: "::1", port: 1234 });
  assertThrows(() => parseAddress("http://host"), Error, "is the address of the web page");
});

Deno.test("the file of known servers holds a line for each, for its owner alone", async () => {
  const dir = await Deno.makeTempDir();
  const path = knownServersPath(`${dir}/new`);
  assertEquals(findKnownServer(path, "a:1"), undefined);
  addKnownServer(path, "a:1", A);
  // Somebody has edited it, and left the last line open.
  await Deno.writeTextFile(path, "\n# a remark", { append: true });
  addKnownServer(path, "b:2", B);
  assertEquals(findKnownServer(path, "A:1"), { fingerprint: A, line: 1 });
  assertEquals(findKnownServer(path, "b:2"), { fingerprint: B, line: 4 });
  assertEquals(findKnownServer(path, "b:22"), undefined);
  if (Deno.build.os !== "windows") {
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  }
  // One that can't be read is not taken for an empty one.
  assertThrows(() => findKnownServer(dir, "a:1"), KnownServersError, "can't be read");
  await Deno.remove(dir, { recursive: true });
});
