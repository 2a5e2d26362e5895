/** Every function of lib/words on text takes time in proportion to it, whoever has written it. */

import { assertEquals } from "@std/assert";
import { inertLine, inertText, replaceHidden } from "../lib/words/inert.js";
import {
  countIn,
  personIn,
  shortTime,
  splitName,
  splitNumber,
  splitTime,
} from "../lib/words/command.js";
import { noFilesText } from "../lib/words/commands/files.js";
import { noPinsText, removalText, withQuote } from "../lib/words/commands/life.js";
import { auditText, banLine, modText } from "../lib/words/commands/moderation.js";
import { blockedText, chosenText, notifyText } from "../lib/words/commands/people.js";
import { unheardText } from "../lib/words/unheard.js";
import { invitedText, parseRoom } from "../lib/words/commands/room.js";
import { whyLeft } from "../lib/words/commands/rooms.js";
import { tellCommand } from "../lib/words/commands/table.js";
import { describeMessage, standingTopic, topicText } from "../lib/words/commands/talk.js";
import { describe } from "../lib/words/describe.js";
import {
  captionedText,
  captionOf,
  fetchSentence,
  fileSentence,
  safeFileName,
  savedFileName,
} from "../lib/words/files.js";
import { completeEmoji, withLastEmoji } from "../lib/words/emoji.js";
import { foldEntry, ownEntry, quoteText } from "../lib/words/fold.js";
import { formatText } from "../lib/words/format.js";
import { COMMANDS } from "../lib/words/commands/table.js";
import { noHelp } from "../lib/words/commands/help_topics.js";
import { Doubt } from "../lib/words/doubt.js";
import { mendLast } from "../lib/words/last_said.js";
import { findCommand, parseLine } from "../lib/words/parse.js";
import {
  evenSpaces,
  isAddressedTo,
  isForAll,
  isForPerson,
  keysAddressed,
  nameHue,
  nameKey,
  roomName,
  sameName,
  textHash,
} from "../lib/words/names.js";
import {
  hitsOf,
  isAscii,
  prefixLength,
  queryParts,
  standsAt,
  termsOf,
  wantedTerms,
} from "../lib/words/search.js";
import { otherHost, withoutTail } from "../lib/words/links.js";
import { holdsSecret, isSecret, veiled } from "../lib/words/secret.js";
import {
  answeredText,
  answersText,
  askedText,
  choiceMeant,
  choicesText,
  plainChoice,
  settledBy,
} from "../lib/words/question.js";
import { reactionKey } from "../lib/words/reaction.js";
import { readSubstitution, substitute } from "../lib/words/substitution.js";
import { slowText, type TextFunction } from "./fixtures/linear.ts";

const WORDS = new URL("../lib/words/", import.meta.url);

const PLACE = { room: "lobby", names: ["ann", "Ann Lee", "Two Words"] };
const AT = "2026-11-28T12:00:00.000Z";
const WANTED = { terms: ["a", "b"], isPrefix: true };
const REVISE = { type: "revise", re: 0, text: "new" } as const;
/** A phrase that a text of one of its words nearly holds everywhere. */
const QUERY = `"${"1 ".repeat(63)}2" a \u5b57\u5b57`;

/** Named as they are exported. */
const FUNCTIONS: readonly TextFunction[] = [
  { what: "inertLine", run: inertLine, units: ["\u200d", "\u0301"] },
  { what: "inertText", run: inertText, units: ["\r", "\r\n"] },
  { what: "nameKey", run: nameKey },
  { what: "sameName", run: (text) => sameName(text, "ann") },
  { what: "evenSpaces", run: evenSpaces, units: ["\u3000"] },
  {
    what: "isAddressedTo",
    run: (text) => isAddressedTo(text, "Two Words"),
    units: ["@", "@t", "@two word", "@\u0301"],
  },
  {
    what: "isForPerson",
    run: (text) => isForPerson({ text }, "Two Words"),
    units: ["@", "@t", "@two word"],
  },
  { what: "Doubt", run: (text) => new Doubt().about(text, COMMANDS), begins: [" /", "  /remove"] },
  {
    what: "mendLast",
    run: (text) =>
      mendLast({ from: "aa", to: "b", all: true }, {
        room: "lobby",
        lastOwn: { seq: 1, text, isLately: true, isLast: true },
      }),
  },
  { what: "isForAll", run: isForAll, units: ["@", "@a", "@al", "@\u0301"] },
  { what: "keysAddressed", run: keysAddressed, units: ["@", "@t", "@two word", ",", "@\u0301"] },
  { what: "textHash", run: textHash },
  { what: "nameHue", run: nameHue },
  { what: "termsOf", run: termsOf, units: ["\u00df", "\uac00", "\u3099", "\u0e33", "\ufdfa"] },
  { what: "isAscii", run: isAscii },
  { what: "prefixLength", run: prefixLength },
  { what: "queryParts", run: (text) => [...queryParts(text)], begins: ["from:", '"', 'in:"'] },
  { what: "wantedTerms", run: (text) => wantedTerms(text.split(" "), [text]) },
  { what: "standsAt", run: (text) => standsAt(text.split(" "), 0, WANTED) },
  {
    what: "hitsOf",
    run: (text) => [hitsOf(text), hitsOf(QUERY)(text)],
    begins: ["from:", '"'],
    units: ["1 ", "1:", "\uac00", "\ufdfa", "a b "],
  },
  {
    what: "otherHost",
    run: (text) => otherHost(text, `xn--${text}`),
    units: ["\u0430", "a\u0430"],
  },
  { what: "withoutTail", run: (text) => withoutTail(text, "*"), units: [")", ").]", "[](", "*"] },
  {
    what: "formatText",
    run: formatText,
    begins: ["*", "_", "`", "```", "> ", "- ", "http://a", "*a_"],
    units: [
      "*",
      "* ",
      " *",
      "*a* ",
      "*-",
      "_*",
      "`",
      "```",
      "> \n",
      "- a\n",
      "http://a*",
      "www.a_",
      "字*",
    ],
    ends: ["*", "_", "`", "```"],
  },
  { what: "quoteText", run: quoteText },
  {
    what: "completeEmoji",
    run: (text) => completeEmoji(text),
    begins: [":"],
    units: [":", ":a", " :a", "a_", "-"],
  },
  {
    what: "withLastEmoji",
    run: withLastEmoji,
    begins: [":"],
    units: [":", ":a", " :a", "a_", " "],
    ends: [":", ":a:"],
  },
  {
    what: "foldEntry",
    run: (text) => foldEntry({ seq: 1, text, re: 0 }, ownEntry(REVISE, { seq: 2, at: AT }, text)),
  },
  { what: "noFilesText", run: (text) => noFilesText({}, text) },
  { what: "fileSentence", run: (text) => fileSentence(text, 1, text) },
  {
    what: "fetchSentence",
    run: (text) => fetchSentence({ id: text, name: text, size: 1 }, undefined, text),
  },
  {
    what: "captionOf",
    run: (text) => captionOf(text, { name: "a" }),
    begins: ["sent a ("],
    ends: [")", "): x"],
  },
  {
    what: "captionedText",
    run: (text) => captionedText(text, { name: "a", size: 1 }),
    begins: ["sent a ("],
    ends: [")", "): x"],
  },
  {
    what: "safeFileName",
    run: safeFileName,
    begins: ["con", "."],
    units: ["con ", ". ", "\u061c\u200c", "a/"],
    ends: [".pdf"],
  },
  {
    what: "savedFileName",
    run: savedFileName,
    begins: ["con", "."],
    units: ["con ", ". ", "\u061c\u200c", "a/"],
    ends: [".pdf"],
  },
  { what: "replaceHidden", run: (text) => replaceHidden(text, () => "?"), units: ["\u200d"] },
  {
    what: "holdsSecret",
    run: holdsSecret,
    units: ["/login", "\n/login", "/ login "],
    ends: ["/", "/login"],
  },
  {
    what: "isSecret",
    run: isSecret,
    begins: ["/", " /", "/login"],
    units: ["/login", "\n/login", "/ ", "login", "\uff0f"],
    ends: ["/", "x/", "/login", "login x"],
  },
  {
    what: "parseLine",
    run: (text) => parseLine(text, PLACE),
    begins: [
      ...["/", "/msg ", '/msg "', "/ban ", "/ban #a", "/ban #", "/ban bob 2h", "/kick ", "/join "],
      ...["/login ", "/search ", "/nick ", "/invite ", "/invite --link ", "/invite --link 1"],
      ...["/uninvite ", "/uninvite --link ", "/room ", "/room access ", "/room slow ", "/whois @"],
    ],
    units: ['"', " #a", "1d ", "1", " --invite"],
  },
  {
    what: "findCommand",
    run: (text) => findCommand(text, [{ name: "me", usage: "", summary: "", topic: "talk" }]),
  },
  { what: "roomName", run: roomName, units: ["##"] },
  { what: "personIn", run: personIn, begins: ['"'], ends: ['"'] },
  { what: "splitName", run: (text) => splitName(text, PLACE), begins: ['"', '"a"'], ends: ['"'] },
  { what: "reactionKey", run: reactionKey, units: ["\u200d", "\u0301", "👍"] },
  { what: "splitNumber", run: splitNumber, begins: ["41 "], units: ["1", "1 "] },
  { what: "noPinsText", run: noPinsText },
  { what: "plainChoice", run: plainChoice, units: ["\u0301", "\ufdfa"] },
  { what: "choiceMeant", run: (text) => choiceMeant([text, "no"], text) },
  { what: "settledBy", run: (text) => settledBy({ quorum: 2 }, [{ choice: text }]) },
  {
    what: "choicesText",
    run: (text) => choicesText({ choices: [text, "no"], from: [text] }, 1, text),
  },
  { what: "askedText", run: (text) => askedText({ choices: [text, "no"], from: [text] }) },
  { what: "answersText", run: (text) => answersText([{ from: text, choice: text }]) },
  { what: "answeredText", run: (text) => answeredText({ from: text, re: 1, choice: text }) },
  { what: "withQuote", run: (text) => withQuote(text, { from: text, text }) },
  {
    what: "removalText",
    run: (text) => removalText("ann", { by: text, at: AT, reason: text }),
  },
  {
    what: "readSubstitution",
    run: readSubstitution,
    begins: ["s/", "s/a/"],
    units: ["/", "\\", "\\/"],
    ends: ["/", "//", "/g"],
  },
  {
    what: "substitute",
    run: (text) => substitute(text, { from: "aab", to: text.slice(0, 9), all: true }),
    units: ["a", "aab"],
  },
  { what: "splitTime", run: splitTime, begins: ["1d "], units: ["1", "1d "] },
  { what: "shortTime", run: shortTime },
  {
    what: "parseRoom",
    run: (text) => parseRoom(text, PLACE),
    begins: ["access ", "slow 1", "host @", "remove "],
    units: ["open ", "1"],
  },
  { what: "countIn", run: (text) => countIn(text, 200), units: ["1"] },
  {
    what: "describeMessage",
    run: (text) => describeMessage({ from: "ann", text }),
  },
  {
    what: "standingTopic",
    run: (text) =>
      standingTopic({ type: "topic", room: "lobby", text, from: text, at: "2026-11-01T00:00:00Z" }),
  },
  { what: "blockedText", run: (text) => blockedText({ blocked: [{ name: text }] }) },
  { what: "notifyText", run: (text) => notifyText(text, text) },
  {
    what: "chosenText",
    run: (text) =>
      chosenText(
        { type: "settings", notify: { [text]: "none" }, hideSeen: false, blocked: [] },
        { type: "settings", notify: { [text]: "none" } },
      ),
  },
  { what: "unheardText", run: (text) => unheardText(text, true) },
  { what: "topicText", run: (text) => topicText("lobby", text) },
  { what: "describe", run: (text) => describe({ type: "topic", room: "lobby", text }) },
  {
    what: "tellCommand",
    run: (text) => tellCommand({ type: "left", room: "lobby", name: "ann", reason: text }),
  },
  { what: "noHelp", run: noHelp },
  { what: "invitedText", run: (text) => invitedText({ room: text, by: text }) },
  { what: "whyLeft", run: (text) => whyLeft({ reason: "kicked", why: text }) },
  {
    what: "modText",
    run: (text) =>
      modText({ type: "mod", action: "ban", target: "bob", by: "ann", until: AT, reason: text }),
  },
  {
    what: "banLine",
    run: (text) => banLine({ kind: "ban", target: "bob", by: "ann", at: AT, reason: text }),
  },
  {
    what: "auditText",
    run: (text) => auditText({ at: AT, by: "ann", action: "ban", target: "bob", detail: text }),
  },
  { what: "veiled", run: veiled, begins: ["/login", " /"], ends: ["/", "/login"] },
];

/** What is given no text of others, or does not look at it, or gets words that were made short. */
const OTHERS: readonly string[] = [
  ...["lateRegExp", "ask", "speak", "wrong", "logTitle", "commandBehind", "editDistance", "isSwap"],
  ...[
    "sizeText",
    "sizeAndLimit",
    "AdaptiveWindow",
    "AwayAgain",
    "UploadSteps",
    "orAborted",
    "sendChunks",
    "TransferRate",
    "ownEntry",
    "RecentEntries",
    "emojiGroups",
    "signedOutText",
    "isLately",
    "lastToEdit",
    "meantByEdit",
    "logOfPlace",
    "undoLast",
    "goneName",
    "sharedReactionText",
    "isOpenQuestion",
  ],
];

for (const row of FUNCTIONS) {
  Deno.test(`${row.what} takes time in proportion to its text`, () => {
    assertEquals(slowText(row), undefined);
  });
}

async function* modulesBelow(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* modulesBelow(new URL(`${name}/`, folder));
    else yield new URL(name, folder);
  }
}

Deno.test("every function of lib/words is among these", async () => {
  const exported: string[] = [];
  for await (const url of modulesBelow(WORDS)) {
    const names = Object.entries(await import(url.href));
    exported.push(...names.flatMap(([name, value]) => typeof value === "function" ? [name] : []));
  }
  const looked = [...FUNCTIONS.map(({ what }) => what), ...OTHERS];
  assertEquals(
    exported.sort(),
    looked.sort(),
    "give each function that takes a text a row in FUNCTIONS here, and name any other in OTHERS",
  );
});
