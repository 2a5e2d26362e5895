/** What a person types, against random input: commands, searches, keys and the editor. */

import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { parseQuery, type SearchQuery } from "../../lib/chat/messages/query.ts";
import { Refusal } from "../../lib/chat/refusal.ts";
import { LineEditor } from "../../lib/client/terminal/editor.ts";
import { type Key, KeyDecoder, type PressedKey } from "../../lib/client/terminal/keys.ts";
import { toMatch } from "../../lib/store/word_index.ts";
import { decodeRequest } from "../../lib/wire/decode.ts";
import { COMMANDS } from "../../lib/words/commands/table.js";
import { parseLine } from "../../lib/words/parse.js";
import { wantedTerms } from "../../lib/words/search.js";
import { holdsSecret } from "../../lib/words/secret.js";
import { bytes } from "../helpers.ts";
import { fuzz } from "./fuzz.ts";
import type { Random } from "./random.ts";

const NAMES = ["Ann Lee", "ann", "Ann", "bob", "x".repeat(32)];
const WORDS = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);

fuzz("a typed line is a valid request, a command of one's own, or told why not", 0.08, (random) => {
  const begin = random.oneIn(5) ? "" : random.pick(["/", "/", "/", "//", " /", "/#"]);
  const word = random.oneIn(4) ? random.text(8) : random.pick(WORDS);
  const rest = random.pick(["", '"', ...NAMES, "#dev", "20", "0x10", "-1", "1e3"]);
  const line = begin + word + random.pick([" ", "  ", "\n", "", '"']) + rest +
    random.pick([" ", '" ', "", "\t"]) + random.text(20);
  const parsed = parseLine(line, {
    room: "lobby",
    names: random.list(4, () => random.pick(NAMES)),
  });
  if (parsed.kind === "error") assert(parsed.text !== "");
  if (parsed.kind !== "request") return assert(line.startsWith("/") || holdsSecret(line), line);
  const decoded = decodeRequest(bytes(JSON.stringify(parsed.request)));
  assertEquals(decoded, { kind: "value", value: parsed.request }, line);
  if (!line.startsWith("/")) assertEquals(parsed.request.type, "say");
});

const database = new DatabaseSync(":memory:");
database.exec("CREATE VIRTUAL TABLE texts USING fts5(text)");
database.exec("INSERT INTO texts VALUES ('a text with from:ann and \"quotes\"')");
const search = database.prepare("SELECT count(*) FROM texts WHERE texts MATCH ?");

fuzz("whatever is searched for, the database understands it", 0.08, (random) => {
  const part = (): string =>
    random.pick([
      "from:",
      "in:",
      "before:",
      "after:",
      '"',
      " ",
      "*",
      "^",
      "AND",
      "OR",
      "NOT",
      "NEAR(",
      ")",
      "text:",
      "-",
      "+",
      "{",
      "}",
    ]);
  const text = random.list(12, () => random.oneIn(2) ? part() : random.text(4)).join("");
  let query: SearchQuery;
  try {
    query = parseQuery(text);
  } catch (error) {
    return assert(error instanceof Refusal && error.code === "bad-query", String(error));
  }
  const known = new Set(["words", "phrases", "from", "room", "before", "after"]);
  for (const name of Object.keys(query)) assert(known.has(name), name);
  const { wanted } = wantedTerms(query.words, query.phrases);
  if (wanted.length > 0) search.get(toMatch([1, 2], wanted));
});

const KEYS = [
  "enter",
  "newline",
  "tab",
  "shift-tab",
  "backspace",
  "delete",
  "left",
  "right",
  "home",
  "end",
  "up",
  "down",
  ..."abcdefklnptuwyz".split("").map((letter) => `ctrl-${letter}`),
  ..."bfd".split("").map((letter) => `alt-${letter}`),
  "alt-backspace",
  "ctrl-left",
  "ctrl-right",
  "escape",
];
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

fuzz("whatever is pressed, the cursor stays inside and the line is text", 0.1, (random) => {
  const maxBytes = random.pick([8, 40, 16_384]);
  const vocabulary = { commands: COMMANDS, names: NAMES, rooms: ["dev", "각"] };
  const editor = new LineEditor({ maxBytes });
  editor.vocabulary = () => vocabulary;
  for (let i = random.below(60); i > 0; i--) {
    const text = random.text(6);
    const key: PressedKey = random.pick([
      { type: "key", name: random.pick(KEYS) },
      { type: "key", name: random.pick(KEYS) },
      { type: "text", text },
      { type: "paste", text, cut: random.oneIn(9) },
    ]);
    editor.handle(key);
    const line = editor.text;
    const starts = Array.from(segmenter.segment(line), ({ index }) => index);
    assert([...starts, line.length].includes(editor.cursor), JSON.stringify([line, editor.cursor]));
    assert(line.isWellFormed(), "half a pair");
    assert(bytes(line).length <= maxBytes, "more than there is room for");
    // deno-lint-ignore no-control-regex
    assert(!/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(line), JSON.stringify(line));
  }
});

/** The keys in short, with text that came in pieces put together. */
function short(keys: readonly Key[]): string[] {
  const shown: string[] = [];
  let text = "";
  for (const key of keys) {
    if (key.type === "text") {
      text += key.text;
      continue;
    }
    if (text !== "") shown.push(`text ${text}`);
    text = "";
    if (key.type === "report") shown.push(`report ${key.row} ${key.column}`);
    else if (key.type === "focus") shown.push(`focus ${key.here}`);
    else shown.push(key.type === "key" ? key.name : `paste ${key.cut} ${key.text}`);
  }
  return text === "" ? shown : [...shown, `text ${text}`];
}

function typed(random: Random): Uint8Array<ArrayBuffer> {
  const sequences = [
    "\x1b",
    "\x1b[",
    "\x1bO",
    "\x1b]",
    "\x1bP",
    "\x1b[200~",
    "\x1b[201~",
    "\x1b\\",
    "\x07",
    "~",
    "D",
    "1;5",
    "*",
    "\x1b[<0;1;1M",
    "\x9b",
    "é",
    "👍🏽",
    "\r",
    "a".repeat(40),
    "1;".repeat(20),
  ];
  return bytes(
    ...random.list(
      12,
      () =>
        random.oneIn(3)
          ? random.bytes(4)
          : random.oneIn(3)
          ? random.text(4)
          : random.pick(sequences),
    ),
  );
}

fuzz("keys in random pieces are those of the whole", 0.1, (random) => {
  const input = typed(random);
  const whole = new KeyDecoder();
  const pieces = new KeyDecoder();
  const expected = [...whole.push(input), ...whole.flush()];
  const keys = random.cut(input).flatMap((piece) => pieces.push(piece));
  assertEquals(
    short([...keys, ...pieces.flush()]),
    short(expected),
    JSON.stringify(new TextDecoder().decode(input)),
  );
  // And after it is over, what is typed is itself again or swallowed by the same sequence.
  const more = bytes("\r\rz\r");
  assertEquals(short(pieces.push(more)), short(whole.push(more)));
});
