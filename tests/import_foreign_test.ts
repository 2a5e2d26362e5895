/** `chatroom import --from`: what other programs have exported, and what is said of what can't be read. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { reactionNamed } from "../lib/foreign/emoji_names.ts";
import { PeopleNamed, personName, roomNamed } from "../lib/foreign/names.ts";
import { slackText } from "../lib/foreign/slack_text.ts";
import { openWriter } from "../lib/store/directory.ts";
import { placeBefore } from "../lib/store/place_before.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir } from "./fixtures/stored_server.ts";

type Files = Readonly<Record<string, unknown>>;

/** Imports files from a directory; returns what was printed, and what is exported then. */
async function imported(
  files: Files,
  args: readonly string[],
): Promise<{ code: number; told: string; all: Record<string, unknown>[] }> {
  await using dir = await makeDir();
  for (const [path, content] of Object.entries(files)) {
    const whole = `${dir.path}/${path}`;
    await Deno.mkdir(whole.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(
      whole,
      typeof content === "string" ? content : JSON.stringify(content),
    );
  }
  const own = args.map((arg) => arg.replace("DIR", dir.path));
  const data = `${dir.path}/data`;
  const { code, stdout, stderr } = await chatroom(["import", "--data", data, ...own]);
  const told = `${stdout}${stderr}`.replaceAll(dir.path, "DIR");
  const isThere = await Deno.stat(`${data}/chatroom.db`).then(() => true, () => false);
  if (!isThere) return { code, told, all: [] };
  const exported = await chatroom(["export", "--data", data]);
  const all = exported.stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const check = await chatroom(["check", "--data", data]);
  assertEquals(check.code, 0, check.stdout + check.stderr);
  return { code, told, all };
}

const SLACK: Files = {
  "users.json": [
    { id: "U1", name: "ann", profile: { display_name: "Ann Lee", real_name: "Ann Lee" } },
    { id: "U2", name: "bob", profile: { display_name: "", real_name: "Bob" } },
    { id: "U3", name: "ann2", profile: { display_name: "ann lee" } },
  ],
  "channels.json": [{ id: "C1", name: "general" }, { id: "C2", name: "dev" }],
  "groups.json": [{ id: "G1", name: "board" }],
  "board/2026-11-23.json": [{ type: "message", user: "U1", text: "secret", ts: "1763888000.0" }],
  "general/2026-11-24.json": [
    {
      ...{ type: "message", user: "U2", text: "yes", ts: "1763974800.000200" },
      ...{ thread_ts: "1763888400.000100", parent_user_id: "U1" },
    },
    { type: "message", subtype: "channel_join", user: "U2", text: "joined", ts: "1763974801.0" },
  ],
  "general/2026-11-23.json": [
    {
      ...{ type: "message", user: "U1", ts: "1763888400.000100" },
      text:
        "<@U2>: :tada: 12:30:45 lunch &amp; tea? <https://ex.org/a|the plan> in <#C2|dev> <!here>",
      reactions: [
        { name: "thumbsup::skin-tone-3", users: ["U2", "U3"], count: 2 },
        { name: "our_logo", users: ["U2"], count: 1 },
      ],
    },
    { type: "message", subtype: "me_message", user: "U3", text: "waves", ts: "1763888401.000100" },
    {
      ...{ type: "message", subtype: "bot_message", username: "CI \u202e", ts: "1763888402.0" },
      ...{
        text: "",
        attachments: [{ title: "Build 7", title_link: "https://ci/7", text: "red :x:" }],
      },
    },
    { type: "message", user: "U1", text: "", files: [{ name: "a.png" }], ts: "1763888403.5" },
  ],
  "general/notes.txt": "no JSON",
};

Deno.test("an export of Slack is imported, with threads, reactions, files by their names, and nothing private", async () => {
  const { code, told, all } = await imported(SLACK, ["--from", "slack", "DIR"]);
  assertEquals(code, 0, told);
  const at = (second: string): string => `2025-11-23T09:00:${second}Z`;
  const general = { room: "general" };
  assertEquals(all.filter(({ type }) => type === undefined), [
    {
      ...{ ...general, seq: 1, from: "Ann Lee", at: at("00.000") },
      text: "@bob: 🎉 12:30:45 lunch & tea? the plan (https://ex.org/a) in #dev @all",
    },
    { ...general, seq: 4, from: "ann2", at: at("01.000"), text: "waves", action: true },
    { ...general, seq: 5, from: "CI", at: at("02.000"), text: "Build 7 (https://ci/7)\nred ❌" },
    { ...general, seq: 6, from: "Ann Lee", at: at("03.500"), text: "[file: a.png]" },
    { ...general, seq: 7, from: "bob", at: "2025-11-24T09:00:00.000Z", text: "yes", re: 1 },
  ]);
  assertEquals(
    all.filter(({ type }) => type === "reacted").map(({ re, key, from }) => [re, key, from]),
    [[1, "👍", "bob"], [1, "👍", "ann2"]],
  );
  assertEquals(told.split("\n").slice(1).filter(Boolean).sort(), [
    "Left out: files, of which the name is kept (1)",
    "Left out: notices of who came, of topics and the like (1)",
    "Left out: private channels (1)",
    "Left out: reactions that are no emoji here (1)",
  ]);
});

Deno.test("what is no export of Slack is refused with what is wrong, and nothing is stored", async () => {
  for (
    const [files, args, why] of [
      [{}, ["DIR/nothing"], /^Can't read DIR\/nothing: .+; nothing was stored\n$/],
      [{ "a.zip": "PK" }, ["DIR/a.zip"], /a\.zip is no directory: unzip an export of Slack/],
      [{}, [], /An export of Slack is a directory: unzip it, and give that/],
      [{ "users.json": [] }, ["DIR"], /^channels\.json: there is none; give the directory/],
      [{ ...SLACK, "channels.json": "{" }, ["DIR"], /^channels\.json: it is no list as JSON/],
      [
        { ...SLACK, "general/2026-11-25.json": [{ user: "U1", text: "a" }] },
        ["--strict", "DIR"],
        /^general\/2026-11-25\.json, message 1: its ts is no time: nothing\nNothing was stored, since not/,
      ],
    ] as const
  ) {
    const { code, told, all } = await imported(files, ["--from", "slack", ...args]);
    assertMatch(told, why);
    assertEquals([code === 0, all], [false, []]);
  }
});

Deno.test("a channel of an export leads to no file elsewhere", async () => {
  const files = {
    "out/2026-11-23.json": [{ user: "U", text: "elsewhere", ts: "1763888400" }],
    "x/channels.json": ["../out", "/etc", "a/../../out", "", "."].map((name) => ({
      id: name,
      name,
    })),
  };
  const { code, told, all } = await imported(files, ["--from", "slack", "DIR/x"]);
  assertEquals([code, all], [0, []], told);
});

Deno.test("an export that has links to elsewhere is refused", {
  ignore: Deno.build.os === "windows",
}, async () => {
  for (const target of ["/dev/zero", "/etc/hostname"]) {
    await using dir = await makeDir();
    await Deno.mkdir(`${dir.path}/x/dev`, { recursive: true });
    await Deno.writeTextFile(`${dir.path}/x/channels.json`, '[{ "id": "C", "name": "dev" }]');
    await Deno.symlink(target, `${dir.path}/x/dev/2026-11-23.json`);
    const args = ["import", "--from", "slack", `${dir.path}/x`, "--data", `${dir.path}/data`];
    const { code, stderr } = await chatroom(args);
    assertEquals([code, stderr], [
      1,
      "dev/2026-11-23.json is no file; nothing was stored\n",
    ]);
  }
});

const POSTS = [
  { type: "version", version: 1 },
  { type: "channel", channel: { team: "a", name: "town-square", type: "O" } },
  { type: "channel", channel: { team: "b", name: "town-square", type: "O" } },
  { type: "channel", channel: { team: "a", name: "board", type: "P" } },
  {
    type: "post",
    post: {
      ...{ team: "a", channel: "town-square", user: "ann", message: "lunch?" },
      create_at: 1763888400000,
      replies: [{ user: "bob", message: "yes", create_at: 1763888500000 }],
      reactions: [{ user: "bob", emoji_name: "tada", create_at: 1763888450000 }],
    },
  },
  {
    type: "post",
    post: {
      ...{ team: "a", channel: "town-square", user: "eve", message: "*waves*", type: "me" },
      create_at: 1763888401000,
      attachments: [{ path: "data/x/plan.pdf" }],
    },
  },
  {
    type: "post",
    post: {
      team: "b",
      channel: "town-square",
      user: "dan",
      message: "b",
      create_at: 1763888402000,
    },
  },
  {
    type: "post",
    post: { team: "a", channel: "board", user: "ann", message: "secret", create_at: 1763888402000 },
  },
  { type: "direct_post", direct_post: { user: "ann", message: "psst", create_at: 1763888402000 } },
];

function jsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

Deno.test("a bulk export of Mattermost is imported in the order of its times, and nothing private", async () => {
  const files = { "all.jsonl": jsonLines(POSTS) };
  const { code, told, all } = await imported(files, ["--from", "mattermost", "DIR/all.jsonl"]);
  assertEquals(code, 0, told);
  assertEquals(
    all.map(({ room, from, text, re, type, action }) => [room, from, type ?? text, re, action]),
    [
      ["town-square", "ann", "lunch?", undefined, undefined],
      ["town-square", "bob", "reacted", 1, undefined],
      ["town-square", "eve", "waves\n[file: plan.pdf]", undefined, true],
      ["town-square", "bob", "yes", 1, undefined],
      ["town-square-b", "dan", "b", undefined, undefined],
    ],
  );
  assertMatch(told, /Left out: messages of private channels \(1\)\n/);
  assertMatch(told, /Left out: direct messages \(1\)\n/);
  const again = { "all.jsonl": `${jsonLines(POSTS)}{"no`, "b.jsonl": jsonLines(POSTS.slice(4)) };
  for (
    const [file, why] of [
      [
        "all.jsonl",
        /^Line 10: it is no JSON object with a type.*\nNothing was stored, since not all/,
      ],
      ["b.jsonl", /^Line 1: there is no channel "town-square" before this post\n/],
    ] as const
  ) {
    const bad = await imported(again, ["--from", "mattermost", "--strict", `DIR/${file}`]);
    assertMatch(bad.told, why);
    assertEquals([bad.code, bad.all], [1, []]);
  }
});

/** What a message comes to here, whose time is of the zone of this machine. */
function local(...time: [number, number, number, number, number, number?]): string {
  return new Date(...time).toISOString();
}

Deno.test("a log of WeeChat is imported into the room of its name", async () => {
  const log = [
    "2026-11-23 09:12:00\t-->\tann (~ann@host) has joined #dev",
    "2026-11-23 09:12:01\t@ann\thello\tthere \u000304red\u000f",
    "2026-11-23 09:12:02\t *\tbob waves",
    "2026-11-23 09:12:03\t--\tMode #dev [+o ann]",
    "2026-10-25 02:00:00\tbob\tbefore, by the clock",
  ].join("\n");
  const name = "irc.libera.#dev.weechatlog";
  const { code, told, all } = await imported({ [name]: log }, ["--from", "weechat", `DIR/${name}`]);
  assertEquals(code, 0, told);
  const at = (second: number): string => local(2026, 10, 23, 9, 12, second);
  assertEquals(all, [
    { room: "dev", seq: 1, from: "ann", at: at(1), text: "hello\tthere red" },
    { room: "dev", seq: 2, from: "bob", at: at(2), text: "waves", action: true },
    { room: "dev", seq: 3, from: "bob", at: at(2), text: "before, by the clock" },
  ]);
  assertMatch(told, /Left out: lines of who came, of topics and the like \(2\)\n/);
});

Deno.test("a log of irssi is imported, with its days, actions and notices", async () => {
  const log = [
    "--- Log opened Mon Nov 23 09:12:00 2026",
    "09:12 -!- ann [~ann@host] has joined #dev",
    "09:12 <@ann> hello <you>",
    "23:59  * bob waves",
    "--- Day changed Tue Nov 24 2026",
    "00:01 -carl:#dev- a notice",
    "00:02:03 < dan> with seconds",
    "--- Log closed Tue Nov 24 00:03:00 2026",
  ].join("\r\n");
  const args = ["--from", "irssi", "--room", "#dev", "DIR/log"];
  const { code, told, all } = await imported({ log }, args);
  assertEquals(code, 0, told);
  assertEquals(all.map(({ from, at, text, action, notice }) => [from, at, text, action, notice]), [
    ["ann", local(2026, 10, 23, 9, 12), "hello <you>", undefined, undefined],
    ["bob", local(2026, 10, 23, 23, 59), "waves", true, undefined],
    ["carl", local(2026, 10, 24, 0, 1), "a notice", undefined, true],
    ["dan", local(2026, 10, 24, 0, 2, 3), "with seconds", undefined, undefined],
  ]);
});

Deno.test("what is no log of a channel is refused with its line, and what is needed is asked for", async () => {
  const files = {
    "#dev.log": "2026-11-23 09:12:00\tann\thi\nhello",
    "dev.log": "",
    "#day.log": "09:12 <ann> hi",
    "#german.log": "--- Log opened Mo Dez 23 09:12:00 2026",
  };
  for (
    const [args, code, why] of [
      [["irssi", "--room", "dev", "DIR/#dev.log"], 1, /most of it can't be read: is it an export/],
      [["--strict", "DIR/#dev.log"], 2, /--strict is for --from/],
      [
        ["weechat", "--strict", "DIR/#dev.log"],
        1,
        /^Line 2: it is no line of a log of weechat: "hello"\nNothing was stored, since not all/,
      ],
      [
        ["irssi", "DIR/#day.log"],
        1,
        /^Line 1: a line before it should say of which day the log is/,
      ],
      [["irssi", "DIR/#german.log"], 1, /^Line 1: its date is not in English, as in "Mon Nov/],
      [["weechat", "DIR/dev.log"], 2, /dev\.log does not say of which channel it is, .* --room/],
      [["slack", "--room", "dev", "DIR"], 2, /--room is for a log of one channel/],
      [["discord", "DIR"], 2, /--from/],
    ] as const
  ) {
    const from = args[0] === "--strict" ? args : ["--from", ...args];
    const { code: was, told } = await imported(files, from);
    assertMatch(told, why);
    assertEquals(was, code, told);
  }
});

Deno.test("what can't be read of an export costs itself alone, and the first of it is named", async () => {
  await using dir = await makeDir();
  const good = Array.from({ length: 9 }, (_, n) => `2026-11-23 09:12:0${n}\tann\tline ${n}`);
  const bad = ["cut", "2026-13-45 09:12:00\tann\tno day", "\u009b31mred", "x", "y", "z", "last"];
  const log = new TextEncoder().encode(`${[...bad, ...good].join("\n")}\n\xff`);
  log[log.length - 2] = 0xff;
  await Deno.writeFile(`${dir.path}/#dev.log`, log);
  const args = [
    "import",
    "--data",
    `${dir.path}/data`,
    "--from",
    "weechat",
    `${dir.path}/#dev.log`,
  ];
  const { code, stdout, stderr } = await chatroom(args);
  assertMatch(stdout, /^Stored 9 messages in 1 room /);
  assertEquals([code, stderr.split("\n").slice(0, 7)], [1, [
    "What can't be read is left out:",
    'Line 1: it is no line of a log of weechat: "cut"',
    'Line 2: it is no line of a log of weechat: "2026-13-45 09:12:00\\tann\\tno day"',
    'Line 3: it is no line of a log of weechat: "<U+009B>31mred"',
    'Line 4: it is no line of a log of weechat: "x"',
    'Line 5: it is no line of a log of weechat: "y"',
    "3 more like that",
  ]]);
});

Deno.test("a broken day, message, post or reply costs nothing else", async () => {
  const day = {
    ...SLACK,
    "general/2026-11-25.json": "[{",
    "general/2026-11-26.json": [{ ts: "soon" }],
  };
  const slack = await imported(day, ["--from", "slack", "DIR"]);
  assertEquals([slack.code, slack.all.length > 5], [1, true], slack.told);
  assertMatch(slack.told, /2026-11-25\.json: it is no list as JSON, as in an export of Slack\n/);
  assertMatch(slack.told, /2026-11-26\.json, message 1: its ts is no time: "soon"\n/);
  const at = { team: "a", channel: "town-square", user: "ann" };
  const replies = [{ user: "bob", message: "answer", create_at: 1763888500000 }];
  const posts = [...POSTS, { type: "post", post: { ...at, message: "no time", replies } }];
  const files = { "all.jsonl": `${jsonLines(posts)}null\n` };
  const { code, told, all } = await imported(files, ["--from", "mattermost", "DIR/all.jsonl"]);
  assertEquals([code, all.some(({ text }) => text === "answer")], [1, true]);
  assertMatch(told, /Line 10: its create_at is no time in ms: nothing\nLine 11: it is no JSON obj/);
  // A thread is one line and many messages; a reply that can't be read weighs as much as one that can.
  const odd = Array.from({ length: 12 }, () => ({ user: "bob", message: "when?" }));
  const even = Array.from({ length: 12 }, (_, n) => ({ ...replies[0], message: `answer ${n}` }));
  const thread = {
    ...at,
    message: "all of it",
    create_at: 1763888400000,
    replies: [...odd, ...even],
  };
  const threads = jsonLines([...POSTS.slice(0, 4), { type: "post", post: thread }]);
  const half = await imported({ "all.jsonl": threads }, ["--from", "mattermost", "DIR/all.jsonl"]);
  assertEquals(
    half.all.filter(({ text }) => String(text).startsWith("answer")).length,
    12,
    half.told,
  );
});

async function namesIn(path: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(path));
  return entries.map(({ name }) => name).sort();
}

Deno.test("where nothing was stored there is no data directory more than before", async () => {
  await using dir = await makeDir();
  await Deno.writeTextFile(`${dir.path}/bad.jsonl`, "{");
  await Deno.mkdir(`${dir.path}/there`, { mode: 0o700 });
  await Deno.writeTextFile(`${dir.path}/there/mine`, "");
  const load = async (data: string): Promise<number> =>
    (await chatroom(["import", "--data", `${dir.path}/${data}`, `${dir.path}/bad.jsonl`])).code;
  assertEquals([await load("new/data"), await load("there")], [1, 1]);
  assertEquals(await namesIn(dir.path), ["bad.jsonl", "there"]);
  assertEquals(await namesIn(`${dir.path}/there`), ["mine"]);
  // What somebody puts there meanwhile is not ours to take away.
  const into = `${dir.path}/busy/data`;
  const before = placeBefore(into);
  {
    using opened = await openWriter(into);
    assert(opened.isNew);
    await Deno.mkdir(`${into}/thesis`);
    await Deno.writeTextFile(`${into}/thesis/one.txt`, "");
    before.putBack();
    assert((await namesIn(into)).includes("chatroom.db"), "whoever has it keeps it");
  }
  {
    using again = await openWriter(into);
    assert(!again.isNew, "it is of whoever made it, though it was not there when one looked");
  }
  before.putBack();
  assertEquals([await namesIn(into), await namesIn(`${into}/thesis`)], [["thesis"], ["one.txt"]]);
  await Deno.remove(`${into}/thesis`, { recursive: true });
  placeBefore(`${into}/deeper`).putBack();
  before.putBack();
  assertEquals(await namesIn(dir.path), ["bad.jsonl", "there"]);
  const lines = [
    { type: "version", version: 1 },
    ...["a", "b", "c"].map((name) => ({
      type: "channel",
      channel: { team: "t", name, type: "O" },
    })),
    // More posts can't be read than there are others and channels.
    ...[1e12, 1e12, ...Array<string>(7).fill("now")].map((create_at) => ({
      type: "post",
      post: { team: "t", channel: "a", user: "ann", message: "hi", create_at },
    })),
  ];
  const unreadable = `${dir.path}/mattermost.jsonl`;
  await Deno.writeTextFile(unreadable, lines.map((line) => JSON.stringify(line)).join("\n"));
  const vain = ["import", "--data", into, "--from", "mattermost", unreadable];
  const told = await chatroom(vain);
  assertMatch(told.stderr, /create_at[^]*\nNothing was stored, since most of it can't be read/);
  await Deno.remove(unreadable);
  assertEquals([told.code, await namesIn(dir.path)], [1, ["bad.jsonl", "there"]]);
  const isFile = ["import", "--data", `${dir.path}/bad.jsonl`, `${dir.path}/bad.jsonl`];
  const odd = await chatroom(isFile);
  assertEquals([odd.code, odd.stderr.trimEnd().split("\n").length], [1, 1], odd.stderr);
  await Deno.writeTextFile(
    `${dir.path}/good.jsonl`,
    '{"room":"dev","from":"ann","at":"2026-11-23T09:12:00.000Z","text":"hi"}',
  );
  const good = ["import", "--data", `${dir.path}/kept`, `${dir.path}/good.jsonl`];
  assertEquals((await chatroom(good)).code, 0, "a database stays");
  assertEquals(await load("kept"), 1);
  assertEquals((await Deno.stat(`${dir.path}/kept/chatroom.db`)).isFile, true);
});

Deno.test("a text that is too long for one message becomes several, and no character is cut", async () => {
  const text = "ä😀".repeat(30_000);
  const log = `2026-11-23 09:12:00\tann\t${text}`;
  const { code, told, all } = await imported({ "#dev.log": log }, [
    "--from",
    "weechat",
    "DIR/#dev.log",
  ]);
  assertEquals(code, 0, told);
  assertEquals(all.map((each) => each["text"]).join(""), text);
  assertEquals(all.every((each) => String(each["text"]).isWellFormed()), true);
});

Deno.test("people of elsewhere have names that may be used here, each another", () => {
  assertEquals(personName("server"), "server_");
  assertEquals(personName("ci (hook)"), "ci__hook");
  assertEquals(personName("\u202e"), "somebody");
  assertEquals(personName("a\u0000b c"), "a_b_c");
  assertEquals(roomNamed("general chat!"), "general-chat");
  assertEquals(personName("x".repeat(100)), "x".repeat(16));
  const people = new PeopleNamed();
  for (
    const [id, display, name] of [["1", "Ann", "ann"], ["2", "Ann", "ann2"], ["3", "ann", "Ann"]]
  ) {
    people.add(id as string, display as string, name as string);
  }
  assertEquals(["1", "2", "3", "4"].map((id) => people.of(id)), ["Ann", "ann2", "ann-2", "4"]);
});

Deno.test("Slack's markup is read as people see it, and what is none stays as it is", () => {
  const names = { person: (id: string) => id === "U1" ? "ann" : undefined, room: () => undefined };
  for (
    const [text, shown] of [
      ["<@U1> <@U9|eve> <@U8>", "@ann @eve @U8"],
      ["<https://a.b/c>", "https://a.b/c"],
      ["<https://a.b/c|a.b/c>", "https://a.b/c"],
      ["<mailto:a@b.c|a@b.c>", "a@b.c"],
      ["<javascript:alert(1)|x> <b>", "<javascript:alert(1)|x> <b>"],
      ["<!date^1392734382^{date}|Feb 18> <!subteam^S1|@ops> <!channel>", "Feb 18 @ops @all"],
      ["&lt;b&gt; &amp;amp; 1 < 2", "<b> &amp; 1 < 2"],
    ] as const
  ) assertEquals(slackText(text, names), shown);
  assertEquals(reactionNamed("+1::skin-tone-5"), "👍");
  assertEquals(reactionNamed("no_such"), undefined);
});
