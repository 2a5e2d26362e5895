/** Slash commands: what a typed line asks for. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { helpLines } from "../lib/server/classic_protocol.ts";
import { terminalCommands } from "../lib/client/terminal/commands/terminal_commands.ts";
import { COMMANDS } from "../lib/words/commands/table.js";
import { Doubt } from "../lib/words/doubt.js";
import { lastToEdit } from "../lib/words/last_said.js";
import type { Place } from "../lib/words/command.js";
import { parseLine } from "../lib/words/parse.js";
import { readSubstitution, substitute } from "../lib/words/substitution.js";
import type { Request } from "../lib/wire/requests.ts";

const none = { permissions: "none" } as const;
const place = {
  room: "lobby",
  names: ["Ann", "Ann Lee", "bob"],
  lastOwn: { seq: 7, text: "lunch?", isLately: true, isLast: true },
  fileAt: (seq: number) => seq === 43 ? { name: "a.txt", size: 10 } : undefined,
};

for (
  const [line, request] of [
    ["hello", { type: "say", room: "lobby", text: "hello" }],
    ["  /not a command", { type: "say", room: "lobby", text: "  /not a command" }],
    ["//etc", { type: "say", room: "lobby", text: "/etc" }],
    ["/me waves", { type: "say", room: "lobby", text: "waves", action: true }],
    ["/ME waves", { type: "say", room: "lobby", text: "waves", action: true }],
    ["/join dev", { type: "join", room: "dev" }],
    ["/join #dev ", { type: "join", room: "dev" }],
    ["/j dev", { type: "join", room: "dev" }],
    ["/leave", { type: "leave", room: "lobby" }],
    ["/leave #dev", { type: "leave", room: "dev" }],
    ["/rooms", { type: "rooms" }],
    ["/who", { type: "who", room: "lobby" }],
    ["/who dev", { type: "who", room: "dev" }],
    ["/msg bob hi there", { type: "direct", to: "bob", text: "hi there" }],
    ["/msg ann lee hi", { type: "direct", to: "ann lee", text: "hi" }],
    ["/msg ann hi", { type: "direct", to: "ann", text: "hi" }],
    ['/msg "Carl X" hi', { type: "direct", to: "Carl X", text: "hi" }],
    ["/msg @bob hi", { type: "direct", to: "bob", text: "hi" }],
    ['/msg @"a b (hook)" hi', { type: "direct", to: "a b (hook)", text: "hi" }],
    ["/msg @ann lee hi", { type: "direct", to: "ann lee", text: "hi" }],
    ["/msg stranger hi", { type: "direct", to: "stranger", text: "hi" }],
    ["/nick Zoë", { type: "rename", name: "Zoë" }],
    ['/nick "Ann Lee"', { type: "rename", name: "Ann Lee" }],
    ["/topic", { type: "topic", room: "lobby" }],
    ["/topic tea at four", { type: "topic", room: "lobby", text: "tea at four" }],
    ["/history", { type: "history", room: "lobby", limit: 20 }],
    ["/history 5", { type: "history", room: "lobby", limit: 5 }],
    ["/files", { type: "history", room: "lobby", limit: 20, files: true }],
    ["/files 5", { type: "history", room: "lobby", limit: 5, files: true }],
    ["/re 41 yes", { type: "say", room: "lobby", text: "yes", re: 41 }],
    ["/re 41  a\nb", { type: "say", room: "lobby", text: " a\nb", re: 41 }],
    ["/edit 41 at one", { type: "revise", room: "lobby", re: 41, text: "at one" }],
    ['/edit 43 ""', { type: "revise", room: "lobby", re: 43, text: "sent a.txt (10 bytes)" }],
    ["/remove 41", { type: "remove", room: "lobby", re: 41 }],
    ["/delete 41 no ads ", { type: "remove", room: "lobby", re: 41, reason: "no ads" }],
    ["/undo", { type: "remove", room: "lobby", re: 7 }],
    ["/react 41 👍🏽", { type: "react", room: "lobby", re: 41, key: "👍🏽" }],
    ["/react 41 ❤", { type: "react", room: "lobby", re: 41, key: "❤\ufe0f" }],
    ["/unreact 41 👍", { type: "react", room: "lobby", re: 41, key: "👍", off: true }],
    ["/reactions 41", { type: "reactions", room: "lobby", re: 41 }],
    ["/pin 41", { type: "pin", room: "lobby", re: 41 }],
    ["/unpin 41", { type: "pin", room: "lobby", re: 41, off: true }],
    ["/pins", { type: "pins", room: "lobby" }],
    ["/missed", { type: "missed" }],
    ["/chats", { type: "chats" }],
    ["/join ops --invite", { type: "join", room: "ops", access: "invite" }],
    ["/join --invite ops", { type: "join", room: "ops", access: "invite" }],
    ["/join #ops --x", { type: "join", room: "ops --x" }],
    ["/join #my ops --unlisted", { type: "join", room: "my ops", access: "unlisted" }],
    ["/room", { type: "room", room: "lobby" }],
    ["/room info", { type: "room", room: "lobby" }],
    ["/room info #dev", { type: "room", room: "dev" }],
    ["/room access invite", { type: "room", room: "lobby", access: "invite" }],
    ["/room access open reveal", { type: "room", room: "lobby", access: "open", reveal: true }],
    ["/room title The kitchen", { type: "room", room: "lobby", title: "The kitchen" }],
    ["/room title", { type: "room", room: "lobby" }],
    ["/room title -", { type: "room", room: "lobby", title: "" }],
    ["/room title - tea -", { type: "room", room: "lobby", title: "- tea -" }],
    ["/room lock on", { type: "room", room: "lobby", topicLocked: true }],
    ["/room slow 1m", { type: "room", room: "lobby", slow: 60 }],
    ["/room slow off", { type: "room", room: "lobby", slow: 0 }],
    ["/room quiet off", { type: "room", room: "lobby", quiet: false }],
    ["/room remove lobby", { type: "room", room: "lobby", remove: true }],
    ["/host Ann Lee", { type: "room", room: "lobby", host: "Ann Lee" }],
    ["/invite @ann", { type: "invite", room: "lobby", name: "ann" }],
    ["/invite --link", { type: "invite", room: "lobby", link: {} }],
    ["/invite --link 7d 5", {
      type: "invite",
      room: "lobby",
      link: { forMs: 604_800_000, uses: 5 },
    }],
    ["/invite --link register", { type: "invite", room: "lobby", link: { register: true } }],
    ["/uninvite ann", { type: "uninvite", room: "lobby", name: "ann" }],
    ["/uninvite --link x1", { type: "uninvite", room: "lobby", link: "x1" }],
    ["/invites", { type: "invites", room: "lobby" }],
    ["/invites #ops", { type: "invites", room: "ops" }],
    ["/whois @ann", { type: "whois", name: "ann" }],
    ["/whois Ann Lee", { type: "whois", name: "Ann Lee" }],
    ["/people an", { type: "people", prefix: "an", limit: 20 }],
    ["/away", { type: "away" }],
    ["/away at lunch", { type: "away", text: "at lunch" }],
    ["/block bob", { type: "block", name: "bob" }],
    ["/block", { type: "settings" }],
    ["/unblock @bob", { type: "unblock", name: "bob" }],
    ["/seen", { type: "settings" }],
    ["/seen hide", { type: "settings", hideSeen: true }],
    ["/devices", { type: "devices" }],
    ["/logout", { type: "logout" }],
    ["/logout --others", { type: "logout", others: true }],
    ["/logout a1b2", { type: "logout", device: "a1b2" }],
  ] as ReadonlyArray<readonly [string, Request]>
) {
  Deno.test(`${JSON.stringify(line)} asks for ${request.type}`, none, () => {
    assertEquals(parseLine(line, place), { kind: "request", request });
  });
}

for (
  const [line, part] of [
    ["/join", "/join needs the name of a room"],
    ["/join --invite", "/join needs the name of a room"],
    ["/join ops --invited", "/join takes --invite or --unlisted, not --invited"],
    ["/join --unlist ops", "/join takes --invite or --unlisted, not --unlist"],
    ["/me", "/me needs to know what you do"],
    ["/nick", "/nick needs the name you want"],
    ["/msg", "/msg needs a name and a text"],
    ["/msg bob", "/msg needs a name and a text"],
    ["/history x", "from 1 to 200, not x"],
    ["/history 0", "from 1 to 200, not 0"],
    ["/history 201", "from 1 to 200, not 201"],
    ["/files 201", "from 1 to 200, not 201"],
    ["/re", "/re needs the number of a message and a text"],
    ["/re 41", "/re needs the number of a message and a text"],
    ["/re yes", "/re needs the number of a message and a text"],
    ["/re 41yes", "/re needs the number of a message and a text"],
    ["/re 041 yes", "/re needs the number of a message and a text"],
    ["/re 41 /login hunter2", "it may hold a password"],
    ["/edit 41", "/edit needs the number of a message and its new text"],
    ['/edit 41 ""', "no message 41 of yours with a file here, whose text could be taken away"],
    ["/edit 41 x\n/register hunter2", "it may hold a password"],
    ["/edit lunch", "as in: /edit 41 at one; s/lunch/dinner/ changes a word in what you said last"],
    ["/remove", "/remove takes the number of a message, as in: /remove 41"],
    ["/remove spam", "takes the number of a message, not spam"],
    ["/undo", "You said nothing here in the last 15 minutes"],
    ["/undo 3", "/undo takes nothing, not 3"],
    ["/unregister now", "/unregister takes nothing, not now"],
    ["/devices 3", "/devices takes nothing, not 3"],
    ["/react 41 yes", "/react takes one emoji or character, not yes"],
    ["/react 41", "/react needs the number of a message and an emoji"],
    ["/unreact 👍", "/unreact needs the number of a message and an emoji"],
    ["/reactions 41 👍", "takes the number of a message, not 41 👍"],
    ["/pin it", "takes the number of a message, not it"],
    ["/pins 3", "/pins takes nothing, not 3"],
    ["/send plan.pdf", "/send is for a program that can read your files"],
    ["/get 3", "/get is for a program that can write files"],
    ["/jion dev", "did you mean /join?"],
    ["/hist", "did you mean /history?"],
    ["/foo", "/help lists them all"],
    ["/whp", "did you mean /who?"],
    ["/quit now please?", "/quit takes nothing, not now please?"],
    ["/mute bob 10y", "10y is no time; /mute takes one such as 90s, 10m"],
    ["/mute Ann Lee 10 too loud", "10 is no time"],
    ["/ban #dev bob 90", "90 is no time"],
    ["/ban 192.0.2.7 1234567s", "1234567s is no time"],
    ["/xyzzy", "/help lists them all"],
    [
      "/room colour",
      "/room takes info, access, title, lock, slow, quiet, host, remove, not colour",
    ],
    ["/room access closed", "takes open, unlisted or invite, not closed"],
    ["/room remove", "needs the name of this room behind it"],
    ["/room remove dev", "/room remove lobby"],
    ["/room slow soon", "takes a time such as 10s or 5m, or off, not soon"],
    ["/room lock", "takes on or off, not nothing"],
    ["/invite", "/invite needs a name"],
    ["/invite --link often", "not often"],
    ["/uninvite --link", "needs a name, or --link and its id"],
    ["/unblock", "/block lists those whom you block"],
    ["/whois", "/whois needs a name"],
    ["/seen never", "takes hide or show, not never"],
    ["/logout two words", "not two words"],
    ["/ space", "/help lists them all"],
  ] as const
) {
  Deno.test(`${JSON.stringify(line)} is told what is wrong with it`, none, () => {
    const parsed = parseLine(line, { room: "lobby", names: ["Ann Lee"] });
    assertEquals(parsed.kind, "error");
    assertStringIncludes(parsed.kind === "error" ? parsed.text : "", part);
  });
}

Deno.test(
  "in a conversation a text goes to the other alone, and what is for rooms has none",
  none,
  () => {
    const chat = { room: "", conversation: { chat: "c1" } };
    const person = { room: "", conversation: { to: "ann" } };
    const asked = (line: string, where = chat as Place): Request | undefined => {
      const parsed = parseLine(line, where);
      return parsed.kind === "request" ? parsed.request : undefined;
    };
    assertEquals(asked("hi"), { type: "direct", chat: "c1", text: "hi" });
    assertEquals(asked("//hi"), { type: "direct", chat: "c1", text: "/hi" });
    assertEquals(asked("hi", person), { type: "direct", to: "ann", text: "hi" });
    assertEquals(asked("/me waves"), { type: "direct", chat: "c1", text: "waves", action: true });
    assertEquals(asked("/history 5"), { type: "history", chat: "c1", limit: 5 });
    assertEquals(parseLine("/history", person).kind, "error");
    assertEquals(asked("/files"), { type: "history", chat: "c1", limit: 20, files: true });
    assertEquals(parseLine("/files", person).kind, "error");
    assertEquals(asked("/re 4 yes"), { type: "direct", chat: "c1", text: "yes", re: 4 });
    assertEquals(asked("/edit 4 no"), { type: "revise", chat: "c1", re: 4, text: "no" });
    assertEquals(asked("/react 4 👍"), { type: "react", chat: "c1", re: 4, key: "👍" });
    for (const line of ["/re 4 yes", "/edit 4 no", "/remove 4", "/react 4 👍", "/reactions 4"]) {
      assertEquals(parseLine(line, person).kind, "error", line);
    }
    for (const line of ["/pin 4", "/pins"]) assertEquals(parseLine(line, chat).kind, "error", line);
    assertEquals(asked("/topic tea"), { type: "topic", room: "", text: "tea" });
  },
);

Deno.test(
  "a classic client is told in a sentence what it can't do, and may do the rest",
  none,
  () => {
    const classic = { room: "lobby", isOnlyRoom: true };
    for (
      const line of [
        "/devices",
        "/logout",
        "/missed",
        "/chats",
        "/people a",
        "/block bob",
        "/send a",
        "/re 4 yes",
        "/undo",
      ]
    ) {
      const parsed = parseLine(line, classic);
      assertStringIncludes(parsed.kind === "error" ? parsed.text : "", "chatroom's own client");
    }
    for (
      const line of [
        "/pins",
        "/whois bob",
        "/away",
        "/room access invite",
        "/invite bob",
        "/invites",
      ]
    ) {
      assertEquals(parseLine(line, classic).kind, "request", line);
    }
  },
);

Deno.test("/help is made from the table", none, () => {
  const lines = helpLines();
  for (const { name, summary, beyondClassic = false } of COMMANDS) {
    const count = lines.filter((l) => l.startsWith(`/${name} `) && l.endsWith(summary)).length;
    assertEquals(count, beyondClassic ? 0 : 1, name);
  }
  assertEquals(parseLine("/help", place), { kind: "help" });
  assertEquals(parseLine("/quit", place), { kind: "quit" });
});

for (
  const [line, request] of [
    ["/kick bob", { action: "kick", target: "bob", room: "lobby" }],
    ["/kick bob 2h is no time here", {
      ...{ action: "kick", target: "bob", room: "lobby" },
      reason: "2h is no time here",
    }],
    ["/kick ann lee rude", { action: "kick", target: "ann lee", room: "lobby", reason: "rude" }],
    ['/ban "Carl X" 1w', {
      ...{ action: "ban", target: "Carl X", room: "lobby" },
      forMs: 604_800_000,
    }],
    ["/ban #dev bob 90s spam", {
      ...{ action: "ban", target: "bob", room: "dev", only: true },
      ...{ forMs: 90_000, reason: "spam" },
    }],
    ["/mute 192.0.2.7 10m", {
      ...{ action: "mute", target: "192.0.2.7", room: "lobby" },
      forMs: 600_000,
    }],
    ["/unban bob", { action: "unban", target: "bob", room: "lobby" }],
    ["/op #dev bob", { action: "op", target: "bob", room: "dev", only: true }],
  ] as const
) {
  Deno.test(`${line} is one deed`, none, () => {
    assertEquals(parseLine(line, place), {
      kind: "request",
      request: { type: "mod", ...request },
    });
  });
}

Deno.test("a password may have spaces", none, () => {
  assertEquals(parseLine("/register correct horse", place), {
    kind: "request",
    request: { type: "register", password: "correct horse" },
  });
  for (const line of ["/ban", "/ban #dev", "/op"]) {
    assertEquals(parseLine(line, place).kind, "error", line);
  }
});

Deno.test("s/lunch/dinner/ is read as a whole line, with slashes behind backslashes", none, () => {
  assertEquals(readSubstitution("s/a/b/"), { from: "a", to: "b", all: false });
  assertEquals(readSubstitution("s/a//g "), { from: "a", to: "", all: true });
  assertEquals(readSubstitution("s/and\\/or/a\\\\b/"), { from: "and/or", to: "a\\b", all: false });
  for (
    const line of ["s/a/b", "s//b/", " s/a/b/", "s/he is/she is", "s/a/b/c/", "s/a/b/gg", "sed"]
  ) {
    assertEquals(readSubstitution(line), undefined, line);
  }
  const text = "lunch $& lunch";
  assertEquals(substitute(text, { from: "lunch", to: "$&", all: false }), "$& $& lunch");
  assertEquals(substitute(text, { from: "lunch", to: "", all: true }), " $& ");
  assertEquals(substitute(text, { from: "Lunch", to: "", all: true }), undefined);
});

Deno.test(
  "/undo, /edit and s/a/b/ take what waits first, then what was said lately, never more",
  none,
  () => {
    const { lastOwn } = place;
    const request = { type: "say", room: "lobby", text: "lunch at noon" } as const;
    const unsent = { id: "w1", request, isOnItsWay: false };
    const mends = { ...place, mends: true };
    const parse = (line: string, more: Partial<Place>): unknown =>
      parseLine(line, { ...mends, ...more });
    assertEquals(parse("/undo", { unsent }), { kind: "withdraw", id: "w1" });
    assertEquals(parse("s/noon/one/", { unsent }), {
      kind: "withdraw",
      id: "w1",
      instead: { ...request, text: "lunch at one" },
    });
    // Also where somebody takes it for something that /edit does.
    const changed = parse("s/lunch/dinner/", {});
    assertEquals(parse("/edit s/lunch/dinner/", {}), changed);
    assertEquals(changed, {
      kind: "request",
      request: { type: "revise", room: "lobby", re: 7, text: "dinner?" },
    });
    // Somebody has said something since then, or it was the second /undo.
    assertEquals(parse("/undo", { lastOwn: { ...lastOwn, isLast: false } }), {
      kind: "remove",
      seq: 7,
    });
    const sent = { unsent: { ...unsent, isOnItsWay: true } };
    const old = { lastOwn: { ...lastOwn, isLately: false } };
    for (
      const [line, more, why] of [
        ["/undo", sent, "has not arrived yet"],
        ["s/noon/one/", sent, "has not arrived yet"],
        ["/undo", old, "in the last 15 minutes; /remove NUMBER"],
        ["s/lunch/x/", old, "in the last 15 minutes; /edit NUMBER"],
        ["s/noon/x/", {}, 'What you said last here has no "noon" in it'],
      ] as const
    ) {
      const parsed = parseLine(line, { ...mends, ...more });
      assertStringIncludes(parsed.kind === "error" ? parsed.text : parsed.kind, why);
    }
    assertEquals(lastToEdit({ unsent, lastOwn }), { kind: "withdraw", id: "w1", edits: true });
    assertEquals(lastToEdit({ lastOwn }), 7);
    // Without numbers there is nothing to change.
    const said = { type: "say", room: "lobby", text: "s/a/b/" } as const;
    assertEquals(parseLine("s/a/b/", place), { kind: "request", request: said });
  },
);

Deno.test("a line with blanks before a command is said when it comes a second time", none, () => {
  const doubt = new Doubt();
  assertStringIncludes(doubt.about("  /remove 3", COMMANDS) ?? "", "blanks stand before /remove");
  assertEquals(doubt.about("  /remove 3", COMMANDS), undefined);
  assertStringIncludes(doubt.about("  /remove 3", COMMANDS) ?? "", "blanks stand before /remove");
  for (const line of ["hello", "/remove 3", "  /etc/hosts", "  hello"]) {
    assertEquals(doubt.about(line, COMMANDS), undefined, line);
  }
});

Deno.test(
  "what leaves a shell or an editor is said at a terminal when it comes a second time",
  none,
  () => {
    const doubt = new Doubt();
    for (const line of ["exit", "quit", ":q", ":wq", "logout", "Q "]) {
      const why = "Not said yet: Enter again says it to lobby; /quit leaves.";
      assertEquals(doubt.about(line, COMMANDS, "lobby"), why, line);
      assertEquals(doubt.about(line, COMMANDS, "lobby"), undefined, line);
      // Elsewhere there is no shell.
      assertEquals(doubt.about(line, COMMANDS), undefined, line);
    }
    for (const line of ["exit now", "quite", ":query"]) {
      assertEquals(doubt.about(line, COMMANDS, "lobby"), undefined, line);
    }
  },
);

Deno.test("a name is given back when that is asked for a second time", none, () => {
  const doubt = new Doubt();
  assertStringIncludes(doubt.about("/unregister", COMMANDS) ?? "", "Enter again gives it back");
  assertEquals(doubt.about("/unregister", COMMANDS), undefined);
  assertStringIncludes(doubt.about("/UNREGISTER ", COMMANDS) ?? "", "Not done yet");
});

Deno.test("every command takes a name as it stands, behind an @ and in quotes", () => {
  const named = COMMANDS.filter(({ usage }) => /NAME\b|WHO\b/.test(usage));
  assertEquals(named.map(({ name }) => name).includes("kick"), true);
  for (const { name } of named) {
    for (const typed of ['"Ann Lee"', '@"Ann Lee"']) {
      const alone = parseLine(`/${name} ${typed}`, place);
      const parsed = alone.kind === "error" ? parseLine(`/${name} ${typed} hi`, place) : alone;
      assertStringIncludes(JSON.stringify(parsed), ':"Ann Lee"', `/${name} ${typed}`);
    }
  }
});

Deno.test("each word is what one command is called", () => {
  for (const commands of [COMMANDS, terminalCommands()]) {
    const words = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    assertEquals(words.filter((word, at) => words.indexOf(word) !== at), []);
  }
});
