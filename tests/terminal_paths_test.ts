/** Paths at the terminal: as they are typed, pasted and completed, and what a line names with them. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Completion } from "../lib/client/terminal/completion.ts";
import { LineEditor } from "../lib/client/terminal/editor.ts";
import { pathChoices } from "../lib/client/terminal/files/path_choices.ts";
import { readSavePlace, readTypedFiles } from "../lib/client/terminal/files/typed_files.ts";
import {
  pathOf,
  type PathStyle,
  quotePath,
  typedWords,
} from "../lib/client/terminal/files/typed_paths.ts";
import { terminalCommands } from "../lib/client/terminal/commands/terminal_commands.ts";
import { makeDir } from "./fixtures/stored_server.ts";

const STYLE: PathStyle = { home: "/home/ann", windows: false };
const WINDOWS: PathStyle = { home: "C:\\Users\\ann", windows: true };

/** The paths that the words of a line mean. */
function meant(line: string, style = STYLE): string[] {
  return typedWords(line, style).map((word) => pathOf(word, style));
}

for (
  const [line, paths] of [
    ["plan.pdf  b.txt ", ["plan.pdf", "b.txt"]],
    ["'/tmp/My Plan.pdf' ", ["/tmp/My Plan.pdf"]],
    ['"My Plan.pdf" x', ["My Plan.pdf", "x"]],
    ["/tmp/My\\ Plan\\ \\(2\\).pdf", ["/tmp/My Plan (2).pdf"]],
    ["'it'\\''s here.txt'", ["it's here.txt"]],
    ['"a \\"b\\" \\\\ \\n"', ['a "b" \\ \\n']],
    ["'a\\b'", ["a\\b"]],
    ["don't look", ["dont look"]],
    ["a\\", ["a\\"]],
    ["~ ~/x ~bob '~/x' a~/x ~/My\\ x", [
      ...["/home/ann", "/home/ann/x", "~bob", "~/x", "a~/x", "/home/ann/My x"],
    ]],
    ["file:///tmp/My%20Plan.pdf file://localhost/x FILE:///y", ["/tmp/My Plan.pdf", "/x", "/y"]],
    ["file://elsewhere/x file:///%ff", ["file://elsewhere/x", "file:///%ff"]],
    ["", []],
  ] as const
) {
  Deno.test(`${JSON.stringify(line)} means ${JSON.stringify(paths)}`, () => {
    assertEquals(meant(line), [...paths]);
  });
}

Deno.test("on Windows a backslash parts folders, and an apostrophe is a letter", () => {
  assertEquals(meant('C:\\My\\plan.pdf "C:\\My Files\\it\'s.pdf" ~\\x', WINDOWS), [
    ...["C:\\My\\plan.pdf", "C:\\My Files\\it's.pdf", "C:\\Users\\ann\\x"],
  ]);
  assertEquals(meant("file:///C:/My%20Files/x", WINDOWS), ["C:\\My Files\\x"]);
  assertEquals(quotePath("C:\\My Files\\x", "", WINDOWS), '"C:\\My Files\\x"');
});

Deno.test("a path is written so that it is read as the same path", () => {
  for (
    const path of ["a", "a b", "it's", 'say "hi"', "back\\slash", "new\nline", "'", '"', "a  b"]
  ) {
    for (const quote of ["", "'", '"']) {
      assertEquals(meant(quotePath(path, quote, STYLE)), [path], quote);
    }
  }
});

/** A folder with files in it, which is the home of the person. */
async function withHome(use: (home: string, style: PathStyle) => Promise<void>): Promise<void> {
  await using dir = await makeDir();
  const home = dir.path;
  for (const folder of ["Docs", "My Pictures"]) await Deno.mkdir(`${home}/${folder}`);
  for (const file of ["plan.pdf", "plan b.txt", "README", ".hidden", "Docs/a.txt", "it's"]) {
    await Deno.writeTextFile(`${home}/${file}`, file);
  }
  await Deno.symlink(`${home}/Docs`, `${home}/link`);
  await use(home, { home, windows: false });
}

Deno.test("Tab completes paths: blanks are quoted, folders go on, what is hidden stays so", async () => {
  if (Deno.build.os === "windows") return;
  await withHome((home, style) => {
    const choices = (text: string): readonly string[] => pathChoices(text, style)?.choices ?? [];
    assertEquals(choices("~"), ["~/"]);
    assertEquals(choices("~/pl"), ["~/plan\\ b.txt ", "~/plan.pdf "]);
    assertEquals(choices("~/plan\\ "), ["~/plan\\ b.txt "]);
    assertEquals(choices(`"${home}/plan `), [`"${home}/plan b.txt" `]);
    assertEquals(choices("~/D"), ["~/Docs/"]);
    assertEquals(choices("~/docs"), ["~/Docs/"]);
    assertEquals(choices("~/My"), ["~/My\\ Pictures/"]);
    assertEquals(choices(`'${home}/My`), [`'${home}/My Pictures/`]);
    assertEquals(choices(`'${home}/it`), [`"${home}/it's" `]);
    assertEquals(choices("~/li"), ["~/link/"]);
    assertEquals(choices("~/.h"), ["~/.hidden "]);
    assertEquals(choices("~/nothing/"), []);
    assertEquals(choices("~/Docs/").length, 1);
    assertEquals(choices("~/").length, 7);
    assertEquals(pathChoices("a b ~/README ", style)?.from, 13);
    return Promise.resolve();
  });
});

Deno.test("Tab completes the paths of /send, and the path behind the number of /get", async () => {
  if (Deno.build.os === "windows") return;
  await withHome((home, style) => {
    const editor = new LineEditor();
    editor.vocabulary = () => ({
      ...{ commands: terminalCommands(), names: ["Ann"], rooms: [] },
      paths: (text) => pathChoices(text, style),
    });
    const typed = (text: string): string => {
      editor.show();
      for (const part of text.split(/(\t)/).filter((each) => each !== "")) {
        editor.handle(part === "\t" ? { type: "key", name: "tab" } : { type: "text", text: part });
      }
      return editor.text;
    };
    assertEquals(typed("/send ~/plan.\t"), "/send ~/plan.pdf ");
    assertEquals(typed("/send ~/pl\t\t"), "/send ~/plan.pdf ");
    assertEquals(typed("/send ~/pl\t\t\t"), "/send ~/pl");
    assertEquals(typed("/send ~/D\t\t"), "/send ~/Docs/a.txt ");
    assertEquals(typed("/send ~/README for @an\t"), "/send ~/README for @Ann ");
    assertEquals(typed(`/get 3 ${home}/D\t`), `/get 3 ${home}/Docs/`);
    assertEquals(typed("/me ~/pl\t"), "/me ~/pl");
    assertEquals(Completion.begin("/get ~/pl", editor.vocabulary()), undefined);
    return Promise.resolve();
  });
});

Deno.test("a line names files, and what follows is said with them", async () => {
  if (Deno.build.os === "windows") return;
  await withHome(async (home, style) => {
    for (
      const [line, paths, text] of [
        ["~/plan.pdf", ["plan.pdf"], ""],
        ["~/plan.pdf for noon ", ["plan.pdf"], "for noon"],
        ["~/plan.pdf ~/Docs/a.txt two files", ["plan.pdf", "Docs/a.txt"], "two files"],
        [`'${home}/plan b.txt' don't look`, ["plan b.txt"], "don't look"],
        [`${home}/plan\\ b.txt`, ["plan b.txt"], ""],
        [`${home}/plan b.txt as it was dragged`, ["plan b.txt"], "as it was dragged"],
        [`file://${home}/plan%20b.txt\nsecond line`, ["plan b.txt"], "second line"],
        ["~/plan.pdf -- ~/README is the other", ["plan.pdf"], "~/README is the other"],
        ["~/plan.pdf ~/missing.txt is missing", ["plan.pdf"], "~/missing.txt is missing"],
        ["~/plan.pdf ~/Docs is a folder", ["plan.pdf"], "~/Docs is a folder"],
      ] as const
    ) {
      const whole = paths.map((path) => `${home}/${path}`);
      assertEquals(await readTypedFiles(line, style), { paths: whole, text }, line);
    }
  });
});

Deno.test("a word of the text is not sent because a file has its name", async () => {
  await withHome(async (home, style) => {
    const before = Deno.cwd();
    Deno.chdir(home);
    try {
      const cwd = Deno.cwd();
      assertEquals(await readTypedFiles("README", style), { paths: [`${cwd}/README`], text: "" });
      assertEquals(await readTypedFiles("plan.pdf README", style), {
        paths: [`${cwd}/plan.pdf`],
        text: "README",
      });
      assertEquals(await readTypedFiles("plan.pdf ./README", style), {
        paths: [`${cwd}/plan.pdf`, `${cwd}/README`],
        text: "",
      });
    } finally {
      Deno.chdir(before);
    }
  });
});

Deno.test("a line that names no file is told why", async () => {
  await withHome(async (home, style) => {
    for (
      const [line, why] of [
        ["~/no.pdf", `There is no file ~/no.pdf (${home}/no.pdf)`],
        ["/no/such file", "There is no file /no/such;"],
        ["~/Docs", "~/Docs is a folder"],
        ["/dev/null", "/dev/null is no file that can be sent"],
        ["~/README ".repeat(17), "/send takes 16 files at once, not 17"],
      ] as const
    ) {
      if (line.startsWith("/dev") && Deno.build.os === "windows") continue;
      assertStringIncludes(String(await readTypedFiles(line, style)), why);
    }
  });
});

Deno.test("a file is saved in a folder, or under the path that is typed", async () => {
  if (Deno.build.os === "windows") return;
  await withHome(async (home, style) => {
    for (
      const [line, place] of [
        ["", { folder: Deno.cwd() }],
        ["~/Docs", { folder: `${home}/Docs` }],
        ["~/new/", { folder: `${home}/new` }],
        ["~/other.pdf", { path: `${home}/other.pdf` }],
        ["~/My\\ Pictures", { folder: `${home}/My Pictures` }],
        [`${home}/My Pictures`, { folder: `${home}/My Pictures` }],
        [`"${home}/a b.pdf"`, { path: `${home}/a b.pdf` }],
      ] as const
    ) assertEquals(await readSavePlace(line, style), place, line);
  });
});
