/** TOML that is nested deeper than anything can walk is refused by its line, wherever a file of it is read. */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { loadSettings } from "../lib/client/settings.ts";
import { parseToml, TomlError } from "../lib/named/toml.ts";
import { chatroom } from "./fixtures/in_process.ts";
import { makeDir } from "./fixtures/stored_server.ts";

/** The ways to nest in TOML, each so many levels deep. */
const WAYS: Readonly<Record<string, (levels: number) => string>> = {
  lists: (levels) => `a = ${"[".repeat(levels)}${"]".repeat(levels)}`,
  "lists without an end": (levels) => `a = ${"[".repeat(levels)}`,
  tables: (levels) => `a = ${"{ a = ".repeat(levels)}1${" }".repeat(levels)}`,
  "keys with dots": (levels) => `${"a.".repeat(levels)}a = 1`,
  "the name of a table": (levels) => `[${"a.".repeat(levels)}a]`,
};

for (const [way, text] of Object.entries(WAYS)) {
  Deno.test(`what is nested too deeply by ${way} is refused by its line`, async () => {
    await using dir = await makeDir();
    for (const levels of way === "lists without an end" ? [20_000] : [150, 20_000]) {
      const source = `# a comment\nb = 2\n${text(levels)}\n`;
      const { line, message } = assertThrows(() => parseToml(source), TomlError);
      assertEquals([line, message], [3, "it is nested deeper than 100 levels"]);
      const path = `${dir.path}/settings.toml`;
      await Deno.writeTextFile(path, source.replace("b = 2", "colours = 'auto'"));
      assertStringIncludes(
        loadSettings(dir.path).problem ?? "",
        `The settings in ${path} can't be used: line 3: it is nested deeper than 100 levels.`,
      );
      const config = `${dir.path}/chatroom.toml`;
      await Deno.writeTextFile(config, source.replace("b = 2", "history = 2"));
      const { code, stdout, stderr } = await chatroom(["config", "check", config]);
      assertEquals(code, 1, stdout + stderr);
      assertStringIncludes(stdout + stderr, `${config}:3: it is nested deeper than 100 levels`);
    }
  });
}

Deno.test("what is nested as people nest is taken", () => {
  assertEquals(Object.keys(parseToml(`${WAYS["lists"]?.(90)}\nb = 1\n`)), ["a", "b"]);
});
