/** Ctrl-X Ctrl-E and /editor: the draft in the person's editor. */

import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import {
  type EditedDraft,
  editedDraft,
  type EditorEnd,
} from "../lib/client/terminal/draft_editor.ts";
import type { Event } from "../lib/wire/events.ts";
import { formatAddress } from "../lib/cli/values.ts";
import { viewed } from "./fixtures/full_view.ts";
import { demoCommand, GREETING, ptyTest } from "./fixtures/on_pty.ts";
import { Setup } from "./fixtures/terminal_setup.ts";
import { startServer } from "./helpers.ts";
import { Pty } from "./pty.ts";
import { PERMISSIONS } from "./tools/compile.ts";

const COMPOSE = "\x18\x05";
/** Writes what is typed behind what is in the file; says first that it reads now. */
const TYPED = 'echo "it reads"; read line; echo "$line" >>"$file"; :';

/** What an editor leaves that writes these bytes, or ends with a code; `path` is that of the file. */
async function leaves(
  draft: string,
  written: string | Uint8Array | number,
  isOver = false,
  how: EditorEnd = { code: 0 },
): Promise<EditedDraft & { path: string; mode: number; was: string }> {
  let [path, mode, was] = ["", 0, ""];
  const open = async (given: string): Promise<EditorEnd> => {
    path = given;
    mode = ((await Deno.stat(path)).mode ?? 0) & 0o777;
    was = await Deno.readTextFile(path);
    if (typeof written === "number") return { code: written };
    const bytes = typeof written === "string" ? new TextEncoder().encode(written) : written;
    await Deno.writeFile(path, bytes);
    return how;
  };
  return { ...await editedDraft(draft, { open, isOver: () => isOver }), path, mode, was };
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test("the draft is in a file that only its owner reads, and that is gone afterwards", async () => {
  const left = await leaves("two\nlines", "one\r\ntwo\n\n");
  assertEquals([left.was, left.mode], ["two\nlines\n", 0o600]);
  assertEquals("text" in left && left.text, "one\ntwo");
  assertFalse(await isThere(left.path.replace(/\/[^/]*$/, "")));
  const empty = await leaves("", "");
  assertEquals([empty.was, "text" in empty && empty.text], ["", ""]);
});

Deno.test("what has no place in the row stays in the file, which is named", async () => {
  const long = `${"x".repeat(16_385)}`;
  for (
    const [written, isOver] of [[long, false], [new Uint8Array([0xff, 0x0a]), false], [
      "late",
      true,
    ]] as const
  ) {
    const left = await leaves("draft", written, isOver);
    assert("problem" in left);
    assertStringIncludes(left.problem, left.path);
    assert(await isThere(left.path));
    await Deno.remove(left.path.replace(/\/[^/]*$/, ""), { recursive: true });
  }
  // What is as it was need not be kept.
  const left = await leaves("draft", "draft\n", true);
  assertFalse(await isThere(left.path));
});

const leftBehind: Array<[string, (path: string) => Promise<void>]> = [
  ["a link to what has no end", async (path) => {
    await Deno.remove(path);
    await Deno.symlink("/dev/zero", path);
  }],
  ["a folder", async (path) => {
    await Deno.remove(path);
    await Deno.mkdir(path);
  }],
  ["3 GiB", async (path) => await Deno.truncate(path, 3 * 2 ** 30)],
];
for (const [what, leave] of leftBehind) {
  Deno.test({
    name: `${what} in the place of the draft is not read, and that is told`,
    // Links need a right of their own there.
    ignore: Deno.build.os === "windows",
    fn: async () => {
      let path = "";
      const edited = await editedDraft("draft", {
        open: async (given) => {
          path = given;
          await leave(given);
          return { code: 0 };
        },
        isOver: () => false,
      });
      const why = what === "3 GiB"
        ? "That is longer than the 16384 bytes of a line."
        : "What the editor has left is no plain file.";
      assertEquals(edited, { problem: `${why} What you wrote is in ${path}.` });
      await Deno.remove(path.replace(/\/[^/]*$/, ""), { recursive: true });
    },
  });
}

Deno.test("an editor that fails leaves the draft as it was", async () => {
  const failed = await leaves("draft", 1);
  assertEquals(
    "problem" in failed && failed.problem,
    "The editor ended with 1. The draft is as it was.",
  );
  assertFalse(await isThere(failed.path));
  const none = await leaves("draft", 127);
  assertStringIncludes("problem" in none ? none.problem : "", "There is no such editor");
  assertFalse(await isThere(none.path));
});

Deno.test("what was saved before an editor failed, or was ended with the terminal, is not lost", async () => {
  for (const how of [{ code: 1 }, { code: 129 }, { problem: "It was ended." }]) {
    const left = await leaves("draft", "saved\n", false, how);
    assert("problem" in left);
    assertStringIncludes(left.problem, `What you wrote is in ${left.path}.`);
    assertEquals(await Deno.readTextFile(left.path), "saved\n");
    await Deno.remove(left.path.replace(/\/[^/]*$/, ""), { recursive: true });
  }
});

Deno.test("a line that may have a password goes into no file", async () => {
  const left = await leaves("/login secret", "/login secret");
  assertStringIncludes("problem" in left ? left.problem : "", "may have a password");
  assertEquals(left.path, "");
});

for (const [where, open] of [["stream", Setup.online], ["view", viewed]] as const) {
  Deno.test(`while an editor has the terminal, nothing is drawn over it in the ${where}`, async () => {
    const editing = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<boolean>();
    using setup = await open({
      openEditor: async (path) => {
        opened.resolve(setup.io.raw);
        await editing.promise;
        await Deno.writeTextFile(path, "from the editor\n");
        return { code: 0 };
      },
    });
    const { io, conversation } = setup;
    io.type(`my draft${COMPOSE}`);
    assertEquals(await opened.promise, false);
    assertFalse(io.screen.isAlternate);
    const { length } = io.written;
    conversation.message("ann", "meanwhile");
    io.signal("SIGCONT");
    io.resize(90, 30);
    io.type("typed ahead ");
    await new Promise((resolve) => setTimeout(resolve, 100));
    assertEquals([io.written.length, io.raw], [length, false]);
    editing.resolve();
    await io.until(() => io.screen.cursorRow.includes("> from the editortyped ahead"), "the draft");
    await io.expect("meanwhile");
    assert(io.raw);
    assertEquals(setup.sent.filter(({ type }) => type === "say"), []);
    // The draft as it was is not lost.
    io.type("\x15\x1b[A");
    await io.until(() => io.screen.cursorRow.includes("> my draft"), "it");
  });
}

for (const [where, open] of [["stream", Setup.online], ["view", viewed]] as const) {
  Deno.test(`what was written for a room that is left meanwhile is said in no other, in the ${where}`, async () => {
    const editing = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    using setup = await open({
      openEditor: async (path) => {
        opened.resolve();
        await editing.promise;
        await Deno.writeTextFile(path, "for lobby alone\n");
        return { code: 0 };
      },
    });
    const { io, conversation } = setup;
    io.type(COMPOSE);
    await opened.promise;
    conversation.message("ann", "nobody has seen this");
    const moved = { type: "left", room: "lobby", name: "me", reason: "kicked", by: "ann" } as const;
    conversation.tell(moved);
    editing.resolve();
    await io.expect("You are elsewhere now");
    assertFalse(io.screen.cursorRow.includes("for lobby alone"));
    io.type("\x1b[A");
    await io.until(() => io.screen.cursorRow.includes("for lobby alone"), "what was written");
    assertEquals(setup.sent.filter(({ type }) => type === "say" || type === "read"), []);
  });
}

Deno.test("where no editor can be started, the key says so", async () => {
  using setup = await Setup.online();
  setup.io.type(COMPOSE);
  await setup.io.expect("There is no editor to start from here.");
});

for (const flags of [[], ["--view"]]) {
  const where = flags.length === 0 ? "stream" : "view";
  ptyTest(`the editor has the terminal, and gives it back to the ${where}`, async () => {
    await using pty = new Pty(demoCommand(...flags), { env: { VISUAL: "", EDITOR: TYPED } });
    await pty.expect(GREETING);
    for (const [n, line] of [`my draft${COMPOSE}`, "/editor my draft\r"].entries()) {
      pty.type(line);
      await pty.until(() => pty.written.split("it reads").length === n + 2, "the editor");
      assertFalse(pty.screen.isAlternate);
      assertFalse(pty.screen.modes.bracketedPaste);
      pty.type("and more\r");
      const { screen } = pty;
      const row = flags.length > 0 ? /^ *│ +and more$/ : /> my draft↵and more$/;
      await pty.until(() => row.test(screen.cursorRow.trimEnd()), "the draft");
      assertEquals(screen.isAlternate, flags.length > 0);
      pty.type("\x15");
      await pty.until(() => screen.cursorRow.trimEnd().endsWith("lobby>"), "an empty row");
    }
    pty.type("\x04");
    assertEquals(await pty.exitCode(), 0);
  });
}

ptyTest("what can't be started is told", async () => {
  for (
    const [EDITOR, told] of [
      ["", "Set $VISUAL or $EDITOR"],
      ["no-such-editor-here", "There is no such editor"],
      ["/no/such-editor --wait", "There is no such editor"],
      ["MARK=1 false", "The editor ended with 1"],
      ["false", "The editor ended with 1"],
    ] as const
  ) {
    await using pty = new Pty(demoCommand(), { env: { VISUAL: "", EDITOR } });
    await pty.expect(GREETING);
    pty.type(`my draft${COMPOSE}`);
    await pty.expect(told);
    await pty.until(() => pty.screen.cursorRow.endsWith("> my draft"), "the draft");
    // The shell's own words about it would stay on its screen.
    assertFalse(/not found|eval:/.test(pty.written));
    pty.type("\x15\x04");
    assertEquals(await pty.exitCode(), 0);
  }
});

ptyTest("the executable's connect can open the editor, and start nothing else", async () => {
  await using server = startServer();
  const tries = new URL("./fixtures/tries_programs.ts", import.meta.url).href;
  const main = new URL("../main.ts", import.meta.url).href;
  const command = [
    ...[Deno.execPath(), "run", "--quiet", ...PERMISSIONS, "--preload", tries, main, "connect"],
    ...[formatAddress(server.addr), "--no-settings", "--name", "me"],
  ];
  await using pty = new Pty(command, { env: { VISUAL: TYPED, EDITOR: "false" } });
  await pty.expect("TRIED: it may not, a thread may not");
  await pty.expect("You are me");
  pty.type(`my draft${COMPOSE}`);
  await pty.expect("it reads");
  pty.type("and more\r");
  await pty.until(() => pty.screen.cursorRow.includes("> my draft↵and more"), "the draft");
  pty.type("\r");
  await pty.expect("<me> my draft");
  pty.type("\x04");
  assertEquals(await pty.exitCode(), 0);
});

Deno.test("/editor behind a /join is in the row when one is there, and Enter opens the editor", async () => {
  const joined = Promise.withResolvers<Event>();
  const asked = Promise.withResolvers<void>();
  let opened = 0;
  using setup = await viewed({
    mendsMs: [],
    openEditor: async (path) => {
      opened++;
      await Deno.writeTextFile(path, "from the editor\n");
      return { code: 0 };
    },
  });
  const { io, conversation } = setup;
  const usual = conversation.answer;
  conversation.answer = (request) => {
    if (request.type !== "join") return usual(request);
    asked.resolve();
    return joined.promise;
  };
  const row = async (text: string): Promise<void> =>
    await io.until(() => io.screen.cursorRow.trimEnd().endsWith(text), text);
  io.type("/join tea\r/editor\rmo");
  await asked.promise;
  await row("lobby> mo");
  io.type("\x7f\x7f");
  await row("lobby>");
  joined.resolve({ type: "joined", id: "1", room: "tea", name: "me" });
  await row("tea> /editor");
  assertEquals(opened, 0, "nobody has pressed a key");
  io.type("\r");
  await row("tea> from the editor");
  assertEquals(opened, 1);
});
