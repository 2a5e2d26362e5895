/** Emoji by their names, for terminal and page. */

import { assert, assertEquals } from "@std/assert";
import { Completion } from "../lib/client/terminal/completion.ts";
import { completeEmoji, emojiGroups, withLastEmoji } from "../lib/words/emoji.js";
import { reactionKey } from "../lib/words/reaction.js";
import { Setup } from "./fixtures/terminal_setup.ts";
import { emojiFile } from "./tools/make_emoji.ts";

/** What a text may end with, in short. */
function offered(before: string, least?: number): string[] | undefined {
  return completeEmoji(before, least)?.choices.map(({ emoji, name }) => `${emoji} ${name}`);
}

Deno.test("the names are those of the data that they are made of", async () => {
  const file = new URL("../lib/words/emoji_names.js", import.meta.url);
  assert(
    await Deno.readTextFile(file) === emojiFile(),
    "make them anew: deno run -A tests/tools/make_emoji.ts",
  );
});

Deno.test("a name is completed: the whole one first, then what begins with it, then a later word", () => {
  assertEquals(offered("nice :smile")?.slice(0, 3), ["😄 smile", "😃 smiley", "😸 smile_cat"]);
  // However many begin like that before it.
  assertEquals(offered(":hea")?.[0], "❤️ heart");
  assertEquals(offered(":sun")?.[0], "☀️ sunny");
  assertEquals(offered("nice :smile:"), ["😄 smile"]);
  assertEquals(offered(":+1"), ["👍 +1"]);
  assertEquals(offered(":thumbsdown:"), ["👎 thumbsdown"]);
  assertEquals(offered("(:TADA"), ["🎉 tada"]);
  assert(offered(":coffin")?.includes("⚰️ coffin"));
  assert(offered(":evil")?.includes("🙈 see_no_evil"));
  assertEquals(completeEmoji("ab :tada")?.from, 3);
  assertEquals(offered(":he")?.length, 16);
});

Deno.test("what is no name is left alone", () => {
  for (
    const text of [
      "",
      ":",
      "::",
      "at 10:30",
      "std::vec",
      "a:smile",
      ":smile: ",
      ":nosuchname",
      ":smil:",
    ]
  ) {
    assertEquals(offered(text), undefined, text);
  }
  assertEquals(offered(":D", 2), undefined);
});

Deno.test("a line that ends with a whole name ends with that emoji", () => {
  const lines = {
    ":tada:": "🎉",
    "lunch! :tada: ": "lunch! 🎉",
    "/react 41 :+1:": "/react 41 👍",
    "(:TADA:": "(🎉",
  };
  for (const [typed, sent] of Object.entries(lines)) assertEquals(withLastEmoji(typed), sent);
  for (
    const line of [
      "",
      ":",
      "tada:",
      ":tada",
      ":tada: now",
      ":tad:",
      "a:tada:",
      "at 10:30:",
      "`:tada:`",
    ]
  ) {
    assertEquals(withLastEmoji(line), line);
  }
});

Deno.test("each emoji can be a reaction as it is completed, and each has a name", () => {
  for (const [, all] of emojiGroups()) {
    assert(all.length > 50);
    for (const { emoji, names } of all) {
      // Those that are newer than the tables of this runtime are not known to it yet.
      if (!/\p{Cn}/u.test(emoji)) assertEquals(reactionKey(emoji), emoji);
      assert(
        names.length > 0 && names.every((name) => /^[\w+-]+$/.test(name)),
        `${emoji} ${names}`,
      );
    }
  }
});

Deno.test("Tab goes through the emoji and comes back to what was typed", () => {
  const vocabulary = { commands: [], names: [], rooms: [], emoji: completeEmoji };
  const completion = Completion.begin("so :tad", vocabulary);
  assertEquals(completion?.from, 3);
  assertEquals(completion?.step(1), "🎉");
  assert(completion?.only);
});

Deno.test("at the terminal Tab puts in the emoji, also for a reaction", async () => {
  using setup = await Setup.online();
  setup.io.type("so :tad\t");
  await setup.io.expect("> so 🎉");
  setup.io.type("!\r");
  await setup.io.expect("<me> so 🎉!");
  setup.io.type("/react 1 :+1\t");
  await setup.io.expect("/react 1 👍");
});

Deno.test("at the terminal Enter sends the emoji whose name a line ends with", async () => {
  using setup = await Setup.online();
  setup.io.type("lunch! :tada:\r");
  await setup.io.expect("<me> lunch! 🎉");
  setup.io.type("at 10:30:\r");
  await setup.io.expect("<me> at 10:30:");
});

Deno.test("a reaction may be given by its name, with colons or without", async () => {
  using setup = await Setup.online();
  const { io } = setup;
  const keys = (): string[] =>
    setup.sent.flatMap((request) => request.type === "react" ? [request.key] : []);
  io.type("/react 33 tada\r/react 33 :tada:\r/unreact 33 tada\r/react 33 x\r");
  await io.until(() => keys().length === 4, "the reactions");
  assertEquals(keys(), ["🎉", "🎉", "🎉", "x"]);
  io.type("/react 33 nosuch\r");
  await io.expect("/react takes one emoji or character, not nosuch");
});
