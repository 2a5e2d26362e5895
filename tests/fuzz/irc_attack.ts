/** What attackers send to the IRC door, and what every line has to be that somebody is sent. */

import { assert, assertMatch, fail } from "@std/assert";
import { IRC_COMMANDS } from "../../lib/irc/commands/table.ts";
import { capList } from "../../lib/irc/caps.ts";
import { bytes, type Json } from "../helpers.ts";
import type { Random } from "./random.ts";

export const ROOMS = ["lobby", "dev", "Dev", "各", "none"];
/** Those who are attacked, and what attackers try to have them say. */
export const BYSTANDERS = ["ann", "bea", "eve"];
const FORGED = "FORGED";

/** What would end a line, a word or a prefix if somebody let it through. */
const NASTY = [
  ...[
    "\r",
    "\n",
    "\0",
    "\x01",
    "\r\n",
    "\u2028",
    "\u0085",
    "\t",
    "\x7f",
    "\x03",
    "\x03,4d",
    "\x04",
  ],
  ...[" ", ":", ",", "@", "!", "*", "?", "#", ";", "\\", "\\r\\n", "\\s", "=", "%", "/", "\u00a0"],
  ...[
    "\r\nINJECTED :x",
    "\nINJECTED x",
    "\rINJECTED",
    "\\r\\nINJECTED",
    " :INJECTED",
    "\0INJECTED",
  ],
  ...["\x01VERSION\x01", "\x01ACTION x\x01", "\x01DCC SEND x 1 1\x01", "\x01", "\ufeff", "\u202e"],
  ...["😀", "👨‍👩‍👧", "e\u0301", "ｗ", "！", "＠", "，", "：", "\ud83d"],
  ...BYSTANDERS.map((nick) => `\r\n:${nick}!~${nick}@guest PRIVMSG #lobby :${FORGED}`),
  ...["ann", "#lobby", "lobby", "NickServ", "irc.test", "constructor", "__proto__", "0", "-1"],
];

/** Bytes that are no text. */
const BAD_UTF8 = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98], [0x80]];

const COMMANDS = [...IRC_COMMANDS.keys()];
const CAPS = capList(true, false);

/** Text with something nasty in it. */
export function nastyText(random: Random): string {
  const piece = (): string => {
    switch (random.below(12)) {
      case 0:
        return random.pick(["x", "é", "😀", "\x01", ":", " "]).repeat(random.below(600));
      case 1:
      case 2:
      case 3:
        return random.text(12);
      default:
        return random.pick(NASTY);
    }
  };
  return random.list(5, piece).join("");
}

/** A parameter of a line: mostly one that means something. */
function param(random: Random): string {
  const room = random.pick(ROOMS);
  const nick = random.pick([...BYSTANDERS, "a1", "a2", "e3", "nobody"]);
  return random.pick([
    ...[`#${room}`, `#${room}`, `#${room}`, nick, nick, `${nick}!*@*`, `*!*@${nick}.member`],
    ...[`#${room},#dev`, `${nick},a1,#${room}`, "*", "0", "*,*", `m:${nick}!*@*`],
    ...["+", "-", "C", "L", "S", "LS", "302", "REQ", "LIST", "END", `+${random.below(3)}`],
    ...["LATEST", "BEFORE", "AFTER", "AROUND", "BETWEEN", "TARGETS", String(random.below(300))],
    ...["PLAIN", "+", "*", random.bytes(60).toBase64(), "x".repeat(400), "draft/multiline"],
    ...["+imnst-o", "+b", "-b", "+o", "+imst", "-imst", "%tcuihsnfdlaor,12", "o", "<1", ">0"],
    ...[`msgid=${random.below(30)}.x.#lobby`, "timestamp=2026-01-02T03:04:05.000Z"],
    ...["IDENTIFY", "REGISTER", "HELP", "DROP", ":detach", nastyText(random), nastyText(random)],
  ]);
}

function tags(random: Random): string {
  if (!random.oneIn(3)) return "";
  const length = random.pick([0, 0, 0, 0, 0, 4_094, 4_095, 8_191]);
  if (length > 0) return `@${"+x=".padEnd(length, random.pick(["y", "\\", ";"]))} `;
  const tag = (): string =>
    random.pick([
      `label=${random.pick(["1", "x".repeat(64), "x".repeat(65), nastyText(random)])}`,
      ...[
        `+typing=${random.pick(["active", "done", nastyText(random)])}`,
        `batch=${random.below(3)}`,
      ],
      `+draft/reply=${random.below(40)}.${random.text(8)}.#lobby`,
      ...[`+draft/react=${nastyText(random)}`, `+draft/unreact=${random.text(3)}`],
      ...[`${nastyText(random)}=${nastyText(random)}`, "draft/multiline-concat", ";", "="],
    ]);
  return `@${random.list(4, tag).join(";").replaceAll(" ", random.pick(["", "\\s", " "]))} `;
}

/** A line, without its end. */
function line(random: Random): Uint8Array<ArrayBuffer> {
  const command = random.oneIn(20)
    ? nastyText(random)
    : random.oneIn(2)
    ? random.pick(["PRIVMSG", "NOTICE", "JOIN", "PART", "TAGMSG", "MONITOR", "TOPIC", "BATCH"])
    : random.pick(COMMANDS);
  if (command === "QUIT" && !random.oneIn(4)) return bytes("PING x");
  const text = random.oneIn(2) ? [` :${nastyText(random)}`] : [];
  const words = random.list(4, () => ` ${param(random)}`);
  const bad = random.oneIn(15) ? [Uint8Array.from(random.pick(BAD_UTF8))] : [];
  const source = random.oneIn(15) ? [`:${nastyText(random)} `] : [];
  return bytes(tags(random), ...source, command, ...words, ...text, ...bad);
}

/** What an attacker of the IRC door sends: mostly it comes in first. */
export function attackLines(random: Random, n: number): Array<Uint8Array<ArrayBuffer>> {
  const lines = random.list(30, () => line(random));
  if (random.oneIn(6)) return lines;
  const caps = random.list(CAPS.length, () => random.pick(CAPS)).join(" ");
  const user = random.oneIn(2) ? `USER a${n} 0 * :Real` : `USER ${nastyText(random)} 0 * :x\rQUIT`;
  const begin = [`CAP REQ :${caps}`, `NICK a${n}`, user, "CAP END", "JOIN #lobby,#dev,#各"];
  return [...begin.map((each) => bytes(each)), ...lines];
}

/** What an attacker of the door of frames asks for: there an end of line is a letter like others. */
export function attackRequest(random: Random): Json {
  const room = random.pick(ROOMS);
  const [text, id] = [nastyText(random), `${random.below(5)}`];
  const re = random.below(30);
  return random.pick<Json>([
    { type: "say", id, room, text },
    { type: "say", id, room, text: `${text}\r\n:ann!~ann@guest PRIVMSG #lobby :${FORGED}` },
    { type: "say", room, text, action: true },
    { type: "say", id, room, text, notice: true, re },
    { type: "direct", id, to: random.pick([...BYSTANDERS, "a1"]), text },
    { type: "revise", id, room, re, text },
    { type: "remove", id, room, re, reason: text },
    { type: "react", id, room, re, key: nastyText(random), off: random.oneIn(3) },
    { type: "topic", id, room, text },
    { type: "away", id, text: random.oneIn(3) ? "" : text },
    { type: "rename", id, name: random.oneIn(2) ? text : random.text(9) },
    { type: "join", id, room: random.oneIn(3) ? text : room },
    { type: "leave", id, room, text },
    { type: "quit", id, text },
  ]);
}

/** The numbers and words that this server sends, as its source has them. */
const KNOWN = await knownCommands();

async function knownCommands(): Promise<ReadonlySet<string>> {
  const known = new Set(["ERROR", "PING", "PRIVMSG", "NOTICE", "FAIL", "ACK"]);
  const read = async (folder: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const at = new URL(isDirectory ? `${name}/` : name, folder);
      if (isDirectory) await read(at);
      else if (name.endsWith(".ts")) {
        const source = await Deno.readTextFile(at);
        for (const [, word = ""] of source.matchAll(/"(\d{3})"/g)) known.add(word);
        for (const [, word = ""] of source.matchAll(/command: "([A-Z]+)"/g)) known.add(word);
      }
    }
  };
  await read(new URL("../../lib/irc/", import.meta.url));
  return known;
}

const LINE = /^(?:@([^ ]+) )?(?::([^ ]+) )?([A-Z]+|\d{3})((?: [^ :][^ ]*)*)(?: :(.*))?$/s;
const PERSON = /^[^!@ ,*?]+![^!@ ]+@(?:guest|[^!@ ]+\.member|irc\.test)$/;
const MOST_BODY = 510;
const MOST_TAGS = 8_191;
const MOST_PARAMS = 15;

/** Fails unless a line is one that this server makes, and says nothing that others have forged. */
export function checkLine(text: string): void {
  const found = LINE.exec(text) ?? fail(`No line: ${JSON.stringify(text)}`);
  const [, tags = "", source = "", command = "", middle = "", last] = found;
  const shown = JSON.stringify(text);
  assert(KNOWN.has(command), `An unknown command: ${shown}`);
  const body = tags === "" ? text : text.slice(tags.length + 2);
  assert(bytes(body).length <= MOST_BODY, `Too long: ${shown}`);
  assert(bytes(tags).length <= MOST_TAGS, `Tags too long: ${shown}`);
  // deno-lint-ignore no-control-regex -- the marks of an action.
  const action = /^\x01ACTION [^\x01]*\x01$/.test(last ?? "");
  const plain = action ? text.slice(0, -1).replace(":\x01ACTION ", ":") : text;
  // deno-lint-ignore no-control-regex -- that is what it looks for.
  assert(!/[\0-\x1f\x7f]/.test(plain), `A control: ${shown}`);
  assert(!action || command === "PRIVMSG", `An action: ${shown}`);
  const params = middle.split(" ").length - 1 + (last === undefined ? 0 : 1);
  assert(params <= MOST_PARAMS, `Too many parameters: ${shown}`);
  if (source !== "" && source !== "irc.test") assertMatch(source, PERSON, shown);
  for (const tag of tags === "" ? [] : tags.split(";")) {
    assertMatch(tag, /^\+?[a-z][a-z/-]*(=[^;]*)?$/, shown);
  }
  const by = BYSTANDERS.find((nick) => source.startsWith(`${nick}!`));
  assert(by === undefined || !text.includes(FORGED), `Forged: ${shown}`);
}
