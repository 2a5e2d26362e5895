/**
 * No text that others write holds the server up: every function of it on text, given 16 Ki characters
 * of what is worst for it, takes about 16 times as long as for 1 Ki; in test:slow it is 64 Ki and 4 Ki.
 */

import { assertEquals } from "@std/assert";
import type { IncomingMessage } from "node:http";
import { fingerprint } from "../lib/chat/messages/fingerprint.ts";
import { hasTerms, messageTerms } from "../lib/chat/messages/message_terms.ts";
import { dateMs, parseQuery, withExactTimes } from "../lib/chat/messages/query.ts";
import { parseWhen } from "../lib/chat/messages/when.ts";
import { checkName, checkRoom } from "../lib/chat/names/check_name.ts";
import { textWidth } from "../lib/chat/names/width.ts";
import { writtenAddress } from "../lib/server/address.ts";
import { addressKey } from "../lib/server/admission.ts";
import { typedPassword } from "../lib/server/classic_protocol.ts";
import { passwordCheck } from "../lib/server/password.ts";
import { Gatekeeper } from "../lib/web/gatekeeper.ts";
import { decodeRequest } from "../lib/wire/decode.ts";
import { utf8Length } from "../lib/wire/text.ts";
import { termsOf, wantedTerms } from "../lib/words/search.js";
import { slowText, type TextFunction } from "./fixtures/linear.ts";

const encoder = new TextEncoder();
const gatekeeper = new Gatekeeper({ trustedProxies: ["127.0.0.1"] });
const password = passwordCheck("correct horse");

/** What the server does with what a client sent. Add a row for each new function on text. */
const UTC = { now: 0, offsetMs: (): number => 0 };

const FUNCTIONS: readonly TextFunction[] = [
  { what: "parseQuery", run: parseQuery, begins: ["from:", '"'] },
  { what: "dateMs", run: dateMs, begins: ["2026-11-01T09:30"] },
  { what: "parseWhen", run: (text) => parseWhen(text, UTC), begins: ["2h", "2026-11-01T09:30"] },
  { what: "withExactTimes", run: (text) => withExactTimes(`after:2h ${text}`, UTC) },
  { what: "checkName", run: checkName },
  { what: "checkRoom", run: checkRoom },
  { what: "textWidth", run: textWidth },
  {
    what: "fingerprint",
    run: (text) => fingerprint(text),
  },
  { what: "messageTerms", run: messageTerms, units: ["1:", "\uac00", "\ufdfa"] },
  {
    what: "a phrase of the most terms in a text that is full of it",
    run: (text) => hasTerms(messageTerms(text), wantedTerms([], ["1 ".repeat(63) + "2"]).wanted),
    units: ["1 ", "1:"],
  },
  {
    what: "hasTerms",
    run: (text) => hasTerms(termsOf(text), wantedTerms(["a", "\u5b57\u5b57"], ["a b"]).wanted),
    units: ["a b "],
  },
  { what: "writtenAddress", run: writtenAddress, begins: ["["], units: ["1.", "::"], ends: ["]"] },
  { what: "addressKey", run: addressKey, units: ["1:", "::"] },
  { what: "the server's password", run: password },
  { what: "typedPassword", run: typedPassword, begins: ["/login ", "/login a"], ends: ["a "] },
  {
    what: "a visit at the web door",
    run: (text) => {
      gatekeeper.visit(requestWith({ host: text }));
      const forwarded = { "x-forwarded-for": text, "x-forwarded-proto": text };
      gatekeeper.visit(requestWith({ host: "localhost", ...forwarded }));
    },
    begins: ["[", "a."],
    units: ["1.", "192.0.2.1, ", "::"],
    ends: ["]", ":1"],
  },
  { what: "decodeRequest of a say", run: (text) => decoded({ type: "say", room: "lobby", text }) },
  {
    what: "decodeRequest of an id",
    run: (text) => decoded({ type: "say", id: text, room: "lobby", text: "" }),
  },
  {
    what: "decodeRequest of any text",
    run: (text) => decodeRequest(encoder.encode(text)),
    begins: ["{", "[", '{"type":"say","room":"'],
    units: ["[", '{"a":', '"a":1,'],
  },
  { what: "utf8Length", run: utf8Length },
];

function requestWith(headers: Record<string, string>): IncomingMessage {
  return {
    headers,
    rawHeaders: [],
    socket: { remoteAddress: "127.0.0.1" },
  } as unknown as IncomingMessage;
}

function decoded(request: Record<string, string>): unknown {
  return decodeRequest(encoder.encode(JSON.stringify(request)));
}

for (const row of FUNCTIONS) {
  Deno.test(`${row.what} takes time in proportion to its text`, () => {
    assertEquals(slowText(row), undefined);
  });
}
