/** How things look at the terminal: colours, links, code, the prompt and help. */

import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { formatEntry, type PrintedEntry } from "../lib/client/terminal/entry.ts";
import { terminalCommands } from "../lib/client/terminal/commands/terminal_commands.ts";
import { helpEntries } from "../lib/client/terminal/help.ts";
import { HELP_TOPICS } from "../lib/words/commands/help_topics.js";
import { cubeColour, depthOf, luminanceOf, paint } from "../lib/client/terminal/palette.ts";
import { nameHue } from "../lib/words/names.js";
import { formatPrompt } from "../lib/client/terminal/prompt.ts";
import { printLines } from "../lib/client/terminal/screen.ts";
import { textLines } from "../lib/client/terminal/text_lines.ts";
import { VirtualScreen } from "./fixtures/virtual_screen.ts";

const AT = new Date(2026, 0, 2, 3, 4, 5);
const PLAIN = { width: 40, depth: "none", escapes: false } as const;
const COLOURED = { width: 80, depth: "16", escapes: true } as const;

function message(text: string): PrintedEntry {
  return { kind: "message", at: AT, from: "ann", text };
}

Deno.test("checklist 9: without colours there is none, bold and links stay", () => {
  const look = { ...COLOURED, depth: "none" } as const;
  const entries: PrintedEntry[] = [
    { kind: "message", at: AT, from: "ann", text: "me, see https://a.b/", mention: /me/g },
    { kind: "error", at: AT, text: "wrong" },
    { kind: "rule", at: AT, text: "new" },
  ];
  const output = entries.flatMap((entry) => formatEntry(entry, look)).join("\n");
  // deno-lint-ignore no-control-regex
  const codes = [...output.matchAll(/\x1b\[([\d;]*)m/g)].map(([, code]) => code);
  assertEquals([...new Set(codes)].sort(), ["0", "1", "1;7", "2"]);
  assertStringIncludes(output, "\x1b]8;");
});

Deno.test("checklist 9: names can be read on black and on white", () => {
  for (const depth of ["256", "true"] as const) {
    const seen = new Set<string>();
    for (let n = 0; n < 300; n++) {
      const painted = paint("x", { name: `name${n}` }, { depth, escapes: true });
      // deno-lint-ignore no-control-regex
      const [, way, numbers = ""] = /^\x1b\[38;(2|5);([\d;]+)mx\x1b\[0m$/.exec(painted) ?? [];
      const [red = 0, green = 0, blue = 0] = numbers.split(";").map(Number);
      const luminance = luminanceOf(way === "5" ? cubeColour(red) : [red, green, blue]);
      assert((luminance + 0.05) / 0.05 >= 3.5 && 1.05 / (luminance + 0.05) >= 3.5, painted);
      seen.add(numbers);
    }
    assert(seen.size >= 12, `${depth} has ${seen.size} colours`);
  }
});

Deno.test("a name has the hue that it has on the page, as far as the terminal has it", () => {
  /** Which hue has which of red, green and blue the most, and which code of the 16. */
  const kinds = [[30, 0, /^[39]1$/], [135, 1, /^32$/], [270, 2, /^[39]4$/]] as const;
  for (const [hue, most, sixteen] of kinds) {
    const name = Array.from({ length: 500 }, (_, n) => `name${n}`)
      .find((each) => nameHue(each) === hue) ?? "";
    for (const spelling of [name, name.toUpperCase()]) {
      const code = (depth: "16" | "256" | "true"): string =>
        // deno-lint-ignore no-control-regex
        paint("x", { name: spelling }, { depth, escapes: true }).replace(/^\x1b\[(.*?)m.*$/s, "$1");
      const parts = code("true").split(";").slice(2).map(Number);
      assertEquals(parts.indexOf(Math.max(...parts)), most, `${hue} is ${parts}`);
      const cube = cubeColour(Number(code("256").split(";")[2]));
      assertEquals(cube.indexOf(Math.max(...cube)), most, `${hue} is ${cube}`);
      assert(sixteen.test(code("16")), `${hue} is ${code("16")}`);
    }
  }
});

Deno.test("checklist 9: the environment tells how many colours there are", () => {
  assertEquals(depthOf("xterm-256color", "truecolor"), "true");
  assertEquals(depthOf("xterm-256color", undefined), "256");
  assertEquals(depthOf("xterm", ""), "16");
  assertEquals(depthOf("vt100", undefined), "none");
  assertEquals(depthOf(undefined, undefined), "none");
});

Deno.test("a web address is never broken: the terminal does that, and a copy of it is whole", async () => {
  const url = `https://example.org/${"path/".repeat(12)}`;
  const lines = formatEntry(message(`(see ${url}). And so on`), { ...COLOURED, width: 40 });
  // deno-lint-ignore no-control-regex
  const links = [...lines.join("\n").matchAll(/\x1b\]8;id=(\w+);(.+?)\x1b\\(.*?)\x1b\]8;;\x1b\\/g)];
  assertEquals(links.map(([, , target, text]) => [target, text]), [[url, url]]);
  const plain = formatEntry(message(`see ${url} and ${url}`), PLAIN);
  assertEquals(plain, ["03:04 <ann> see", `        ${url}`, "        and", `        ${url}`]);
  const screen = new VirtualScreen(40, 10);
  await screen.write(plain.join("\r\n"));
  assert(screen.rows.join("").includes(url));
  screen[Symbol.dispose]();
});

Deno.test("a host that may be taken for another one is told as the network knows it", () => {
  const shown = (text: string): string =>
    formatEntry(message(text), { ...PLAIN, width: 200 }).join("\n").replace("03:04 <ann> ", "");
  assertEquals(shown("https://аррӏе.com/x"), "https://аррӏе.com/x (xn--80ak6aa92e.com)");
  assertEquals(shown("see http://gοοgle.com, or"), "see http://gοοgle.com, (xn--ggle-0nda.com) or");
  assertEquals(
    shown("https://www。аррӏе。com"),
    "https://www。аррӏе。com (www.xn--80ak6aa92e.com)",
  );
  assertEquals(
    shown("https://me:1@it_s.аррӏе.com"),
    "https://me:1@it_s.аррӏе.com (it_s.xn--80ak6aa92e.com)",
  );
  for (const plain of ["https://apple.com/é", "https://bücher.de", "https://пример.рф", "a://b"]) {
    assertEquals(shown(plain), plain);
  }
});

Deno.test("lines between fences are code: blanks stay, and nothing in them is marked", () => {
  const entry: PrintedEntry = {
    kind: "message",
    at: AT,
    from: "ann",
    text: "look\n```ts\nif (me)  {  // https://a.b/ and more of it\n\tgo\n```\nme\n```\nme",
    mention: /me/g,
  };
  const lines = formatEntry(entry, { ...COLOURED, width: 44 });
  const code = (text: string): string => `        \x1b[36m${text}\x1b[0m`;
  const dim = (text: string): string => `        \x1b[2m${text}\x1b[0m`;
  assertEquals(lines.slice(1), [
    dim("```ts"),
    code("if (me)  {  // https://a.b/ and mor"),
    code("e of it"),
    code("        go"),
    dim("```"),
    "        \x1b[1;7mme\x1b[0m",
    "        ```",
    "        \x1b[1;7mme\x1b[0m",
  ]);
});

/** The parts of a line of some kinds. */
function marked(text: string, kinds: readonly string[], mention?: RegExp): string[] {
  return textLines(text, mention).flatMap(({ text, spans }) =>
    spans.filter(({ kind }) => kinds.includes(kind)).map(({ start, end }) => text.slice(start, end))
  );
}

Deno.test("signs that emphasize stay, and what they stand around looks like it", () => {
  const shown = (text: string, mention?: RegExp): string[] => {
    const entry = { ...message(text), ...mention === undefined ? {} : { mention } };
    // deno-lint-ignore no-control-regex
    return formatEntry(entry, COLOURED).map((line) => line.replace(/^.*?<.*?> \x1b\[0m|^ {8}/, ""));
  };
  const dim = (text: string): string => `\x1b[2m${text}\x1b[0m`;
  assertEquals(shown("a *b* _c_ `d`"), [
    `a ${dim("*")}\x1b[1mb\x1b[0m${dim("*")} ${dim("_")}\x1b[3mc\x1b[0m${dim("_")} ` +
    `${dim("`")}\x1b[36md\x1b[0m${dim("`")}`,
  ]);
  assertEquals(shown("*_b_ me*", /me/gu), [
    `${dim("*")}${dim("_")}\x1b[1;3mb\x1b[0m${dim("_")}\x1b[1m \x1b[0m` +
    `\x1b[1;7mme\x1b[0m${dim("*")}`,
  ]);
  assertEquals(shown("a\n> b\n- c\n2 * 3"), ["a", dim("> ") + dim("b"), "- c", "2 * 3"]);
  assertEquals(formatEntry(message("a *b* _c_\n> d"), PLAIN), [
    "03:04 <ann> a *b* _c_",
    "        > d",
  ]);
});

Deno.test("what is no whole web address is no link", () => {
  const links = (text: string): string[] => marked(text, ["link"]);
  assertEquals(links("a http://a.b/c_(d)! [https://x.y]"), ["http://a.b/c_(d)", "https://x.y"]);
  assertEquals(links("see https://a.org/x_ and *https://b.org/y* or ~https://c.org/z~."), [
    "https://a.org/x_",
    "https://b.org/y",
    "https://c.org/z",
  ]);
  assertEquals(links("javascript:x file:///etc ftp://a https://ex\u00e4mple.org"), []);
  const hostile = formatEntry(message("https://a\x1b\\b\x07 https://a\x1b]8;;x"), COLOURED).join();
  // deno-lint-ignore no-control-regex
  assertFalse(/[\x07]|\x1b\]8;(?!id=|;\x1b\\)/.test(hostile), JSON.stringify(hostile));
});

Deno.test("a tab goes to the next stop of 8, counted from where its line begins", async () => {
  const lines = formatEntry(message("a\tb\n日本\tc\n\td\n12345678\te\x07"), {
    ...PLAIN,
    width: 60,
  });
  assertEquals(lines, [
    "03:04 <ann> a       b",
    "        日本    c",
    "                d",
    "        12345678        e␇",
  ]);
  const screen = new VirtualScreen(40, 4);
  await screen.write(printLines([], { prompt: "> ", text: "a\tb", cursor: 3 }, 40));
  assertEquals(screen.cursorRow.trimEnd(), "> a       b");
  screen[Symbol.dispose]();
});

Deno.test("a long run of brackets is none of an address, and what belongs to one is not cut off", () => {
  const links = (text: string): string[] => marked(text, ["link", "mention"], /me/gu);
  assertEquals(links(`http://a${")".repeat(60_000)}`), ["http://a"]);
  assertEquals(links(`http://a${"b".repeat(60_000)}`), []);
  assertEquals(links("http://a/(b))). http://c/[d]]. me http://e/?me"), [
    "http://a/(b)",
    "http://c/[d]",
    "me",
    "http://e/?me",
  ]);
});

Deno.test("code keeps its blanks where a line is cut", () => {
  const lines = formatEntry(message("one two three four `a  =  b + 1` five"), PLAIN);
  assertEquals(lines, ["03:04 <ann> one two three four", "        `a  =  b + 1` five"]);
});

Deno.test("the prompt names what is new elsewhere as far as there is room", () => {
  const unread = [
    { name: "ops", unread: 12, mentions: 12 },
    { name: "dev", unread: 3, mentions: 0 },
    { name: "random", unread: 1_234, mentions: 0 },
  ];
  const prompt = (columns: number, status = ""): string =>
    formatPrompt({ room: "lobby", unread, status }, columns);
  assertEquals(prompt(40), "lobby [ops 12! · dev 3 · random 999+]> ");
  assertEquals(prompt(20), "lobby [ops 12! +2]> ");
  assertEquals(prompt(14), "lobby [+3!]> ");
  assertEquals(prompt(40, "offline"), "(offline) lobby [ops 12! · dev 3 +1]> ");
  assertEquals(formatPrompt({ room: "", unread: [], status: "" }, 40), "(no room)> ");
  const about = (columns: number): string =>
    formatPrompt({ room: "lobby", unread: [], status: "", about: "cid: and who else?" }, columns);
  assertEquals(about(40), "(cid: and who else?) lobby> ");
  assertEquals(about(26), "(cid: and who …) lobby> ");
  // Half a row of 40 columns.
  assertEquals(about(20), "lobby> ");
});

Deno.test("help fits a narrow terminal and a wide one", () => {
  for (const topic of ["", ...HELP_TOPICS, "mute", "/dm"]) {
    for (const width of [40, 80]) {
      const look = { ...PLAIN, width };
      const entries = helpEntries(topic, terminalCommands(), AT);
      const lines = entries?.flatMap((entry) => formatEntry(entry, look));
      assert(lines !== undefined && lines.length > 1, topic);
      for (const line of lines) assert(line.length < width, line);
      // A screen of 24 rows also has the line that was typed, and the prompt.
      if (width === 80 && topic !== "all") assert(lines.length <= 22, `${topic}: ${lines.length}`);
    }
  }
  assertEquals(helpEntries("dance", terminalCommands(), AT), undefined);
});

Deno.test("/help all has every command once, but those that stand under two topics", () => {
  const rows = helpEntries("all", terminalCommands(), AT)?.flatMap((entry) =>
    entry.kind === "help" ? [entry.usage] : []
  );
  for (const { name } of terminalCommands()) {
    assertEquals(
      rows?.filter((usage) => /^\/(\S+)/.exec(usage)?.[1] === name).length,
      name === "help" ? 2 : 1,
      name,
    );
  }
});
