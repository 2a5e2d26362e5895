/** What --help prints: as wide as the terminal, what most people want first, and all of it somewhere. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UsageError } from "../lib/cli/flags.ts";
import { flagLines, helpFor } from "../lib/cli/help.ts";
import { LIMIT_FLAGS, WEB_LIMIT_FLAGS } from "../lib/cli/limit_flags.ts";
import { helpOf, plainText } from "../lib/cli/documents.ts";
import { SUBCOMMANDS } from "../lib/cli/subcommands.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { DOCUMENTS, topicWords } from "../lib/cli/topics.ts";
import { docOf, readDocument } from "./docs.ts";

for (const { name, load } of SUBCOMMANDS) {
  Deno.test(`the help of ${name} fits the terminal, and has every flag`, async () => {
    const command = await load();
    for (const columns of [60, 80, 100]) {
      const lines = helpFor(command, columns).split("\n");
      // A table in the notes is as wide as it is, and a command line can't be broken.
      const wide = lines.filter((line) =>
        line.length > columns && !/\S {2,}|^\S+$/.test(line.trim())
      );
      assertEquals(wide, []);
    }
    const help = helpFor(command, 80);
    const pages = ["limit", "elsewhere"];
    for (const flag of command.flags.filter(({ rank = "" }) => !pages.includes(rank))) {
      assertStringIncludes(help, `--${flag.name}`);
    }
  });
}

Deno.test("serve's ten common flags come first, and its limits on a page of their own", async () => {
  const { code, stdout } = await chatroom(["serve", "--help"]);
  assertEquals(code, 0);
  const [common = "", others = ""] = stdout.split("\nOthers:\n");
  assertEquals(common.match(/^ {2}.{4}--\S+/gm)?.length, 10);
  assertStringIncludes(common, "--host HOST");
  assertStringIncludes(others, "--tls-cert FILE");
  assertStringIncludes(others, "chatroom help limits shows them.");
  const limits = await chatroom(["help", "limits"]);
  assertEquals(limits.code, 0);
  for (const { name } of [...LIMIT_FLAGS, ...WEB_LIMIT_FLAGS]) {
    assertStringIncludes(limits.stdout, `--${name} `);
    assert(!stdout.includes(`--${name} `), name);
  }
  assertStringIncludes((await chatroom(["help", "dance"])).stderr, 'no help about "dance"');
});

Deno.test("behind a word that is none of a text, -h is the help", async () => {
  const { code, stdout } = await chatroom(["room", "remove", "-h"]);
  assertEquals([code, stdout.split(":")[0]], [0, "chatroom room"]);
});

Deno.test("what a flag does stands in a column of its own, under it where it is long", () => {
  const flags = [
    { name: "short", short: "s", summary: "does it, and says so at some length" },
    { name: "much-longer", value: "VALUE", default: "1", summary: "does more" },
  ];
  assertEquals(flagLines(flags, 36, 12), [
    "  -s, --short   does it, and says so",
    "                at some length",
    "      --much-longer VALUE",
    "                does more (default",
    "                1)",
  ]);
});

Deno.test("chatroom user makes no directory for a name that is to be changed", async () => {
  await using dir = await makeDir();
  const typo = `${dir.path}/typo`;
  for (const action of ["reset", "remove", "list"]) {
    const args = ["user", action, ...action === "list" ? [] : ["ann"], "--data", typo];
    const { code, stderr } = await chatroom(args, { input: "correct horse battery\n" });
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, `There is no ${typo}/chatroom.db; --data names`);
    assertEquals(await Array.fromAsync(Deno.readDir(dir.path)), []);
  }
});

Deno.test("chatroom help has words for sections below, too, each of its own", async () => {
  const parts = DOCUMENTS.flatMap(({ parts = {} }) => Object.entries(parts));
  assertEquals(["view", "hooks"].filter((word) => !parts.some(([each]) => each === word)), []);
  for (const [topic, heading] of parts) {
    const { code, stdout } = await chatroom(["help", topic]);
    assertEquals([code, stdout.split("\n")[0]], [0, heading.toUpperCase()]);
  }
  const words = topicWords();
  assertEquals(words.length, new Set(words).size);
});

for (const { word, path, topics } of DOCUMENTS) {
  Deno.test(`chatroom help has a word for each heading of ${path}`, async () => {
    const text = readDocument(path).replaceAll(/^```[^]*?^```/gm, "");
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    assertEquals(Object.values(topics), headings);
    for (const [topic, heading] of Object.entries(topics)) {
      assertEquals(
        SUBCOMMANDS.find(({ name, aliases }) => [name, ...aliases ?? []].includes(topic)),
        undefined,
      );
      const help = await helpOf(topic, 80, []);
      assertEquals(help.split("\n")[0], heading.toUpperCase());
      assertEquals(await helpOf(heading, 80, []), help);
      assertStringIncludes(await helpOf(word, 80, []), help);
      const code = docOf(heading).match(/^```[^]*?^```/gm)?.join("\n") ?? "";
      const wide = help.split("\n").filter((line) =>
        line.length > 80 && !code.includes(line.trim())
      );
      assertEquals(wide, []);
    }
  });
}

Deno.test("chatroom help lists its topics, prints one, and names the nearest of what there is not", async () => {
  const list = await chatroom(["help"]);
  assertStringIncludes(list.stdout, "manual, terminal, scripts, tab");
  const scripts = await chatroom(["help", "in", "scripts"]);
  assertEquals([scripts.code, scripts.stdout], [0, `${await helpOf("scripts", 80, [])}\n`]);
  const { code, stdout, stderr } = await chatroom(["help", "scirpts"]);
  assertEquals([code, stdout], [2, ""]);
  assertEquals(
    stderr,
    'chatroom: there is no help about "scirpts"; there is about "scripts", and chatroom help ' +
      "lists what there is\n",
  );
  for (const word of ["constructor", "toString", "__proto__"]) {
    const none = await chatroom(["help", word]);
    assertEquals([none.code, none.stderr.split("\n").length], [2, 2], none.stderr);
    assertStringIncludes(none.stderr, "there is no help about");
  }
});

Deno.test("every chatroom help TOPIC that is named somewhere shows something", async () => {
  const texts = DOCUMENTS.map(({ path }) => plainText(readDocument(path), 10_000));
  const cli = new URL("../lib/cli/", import.meta.url);
  for await (const { name } of Deno.readDir(cli)) {
    if (name.endsWith(".ts")) texts.push(await Deno.readTextFile(new URL(name, cli)));
  }
  const topics = texts.flatMap((text) => [...text.matchAll(/chatroom help ([a-z][a-z-]+)/g)])
    .map(([, topic = ""]) => topic)
    .filter((topic) => !["lists", "knows", "shows", "limits", "prints"].includes(topic));
  assert(topics.length > 10);
  for (const topic of new Set(topics)) await helpOf(topic, 80, []);
});

Deno.test("help about what has no section says where to look instead", async () => {
  const said = async (topic: string): Promise<string> =>
    (await assertRejects(() => helpOf(topic, 80, []), UsageError)).message;
  assertStringIncludes(await said("nginx"), 'it is mentioned in "proxy", and chatroom help lists');
  assertStringIncludes(await said("zzzzz"), 'there is about "manual", "operating", "data", ');
  assertStringIncludes(await said("kick"), 'there is about "Kick, mute and ban", and chatroom');
});

Deno.test("a document is plain on a terminal: wrapped, without marks, code as it is", () => {
  const table = "| a | b |\n| - | - |\n| `x` | what \\| says |\n";
  const markdown = "## A `word`\n\nSome **bold** text, a [link](x.md#y) and\nhttps://a.b.\n\n" +
    "- one\n  goes on\n- two\n\n![A picture](p.svg)\n\n```sh\n# `as` it is\n\nls\n```\n\n" + table;
  assertEquals(
    plainText(markdown, 24),
    "A WORD\n\nSome bold text, a link\nand https://a.b.\n\n- one goes on\n- two\n\n" +
      "  # `as` it is\n\n  ls\n\na  b\nx  what | says",
  );
  assertEquals(
    plainText("See [DATA.md](../store/DATA.md) and [limits](../cli/MANUAL.md#limits).", 80),
    "See DATA.md (chatroom help data) and limits (chatroom help limits).",
  );
  assertEquals(
    plainText("[How](../server/OPERATING.md#behind-a-proxy)", 80),
    "How (chatroom help proxy)",
  );
  assertStringIncludes(plainText(table, 10), "x\n    what |\n    says");
});
