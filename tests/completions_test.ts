/** The completion scripts, in the shells that they are for. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { LIMIT_FLAGS } from "../lib/cli/limit_flags.ts";
import { runCommandLine, SUBCOMMANDS } from "../lib/cli/subcommands.ts";
import { toolTest } from "./fixtures/tools.ts";

/** Where the shells are: a folder with a file and a folder in it. */
const FOLDER = await Deno.makeTempDir();
await Deno.writeTextFile(`${FOLDER}/a-file`, "");
await Deno.mkdir(`${FOLDER}/a-folder`);
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

/** Runs `script` in a shell with none of the person's own files; resolves with what it printed. */
async function inShell(shell: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(shell, {
    args,
    stdin: "null",
    cwd: FOLDER,
    env: { XDG_CONFIG_HOME: "/dev/null" },
    signal: AbortSignal.timeout(30_000),
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  assertEquals([code, text(stderr)], [0, ""], `${shell} did not like it`);
  return text(stdout);
}

/** The script for a shell. */
async function scriptFor(shell: string): Promise<string> {
  const written: string[] = [];
  const real = Deno.stdout.writeSync;
  Deno.stdout.writeSync = (bytes) => {
    written.push(new TextDecoder().decode(bytes));
    return bytes.length;
  };
  try {
    assertEquals(await runCommandLine(["completions", shell]), 0);
  } finally {
    Deno.stdout.writeSync = real;
  }
  return written.join("");
}

/** A test in a shell, which is given a file with the script for it. */
function shellTest(
  shell: "bash" | "fish" | "zsh",
  name: string,
  run: (file: string) => Promise<void>,
): void {
  toolTest(`in ${shell} ${name}`, [shell], async () => {
    const file = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(file, await scriptFor(shell));
      await run(file);
    } finally {
      await Deno.remove(file);
    }
  });
}

/** What begins like this; there may be more of them in time. */
const ROOM_FLAGS = LIMIT_FLAGS.map(({ name }) => `--${name}`)
  .filter((flag) => flag.startsWith("--max-room")).sort().join(" ");

/** Command lines whose last word is being typed, and what there is for it. */
const LINES: ReadonlyArray<readonly [line: string, words: string]> = [
  ["chatroom se", "send serve"],
  ["chatroom bench --protocol ", "classic event irc"],
  ["chatroom bench --st", "--stalled"],
  ["chatroom server --max-room", ROOM_FLAGS],
  ["chatroom connect --host", ""],
  ["chatroom serve --host x", ""],
  ["chatroom completions ", "bash fish zsh"],
  ["chatroom help lim", "limits"],
  ["chatroom help sc", "scripts"],
  ["chatroom export --format ", "jsonl text"],
  ["chatroom serve --durability n", "normal"],
  ["chatroom serve --log-level ", "debug error info warning"],
  ["chatroom user add --role o", "operator owner"],
  ["chatroom import a-f", "a-file a-folder/"],
  ["chatroom import --data a-f", "a-folder/"],
  ["chatroom send --password-file a-fi", "a-file"],
  ["chatroom serve --tls-key a-fi", "a-file"],
  ["chatroom serve --keep a-f", ""],
];

/** A flag and its value, as bash cuts them, and as it does where it is told not to. */
const EQUALS: typeof LINES = [
  ["chatroom bench --protocol = cl", "classic"],
  ["chatroom serve --log-level=d", "--log-level=debug"],
];

shellTest("bash", "Tab completes subcommands, flags and values", async (file) => {
  const complete = 'source "$1"; line=$2; read -ra COMP_WORDS <<<"$line"; ' +
    'case $line in *" ") COMP_WORDS+=("");; esac; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); ' +
    '_chatroom; echo "${COMPREPLY[@]}"';
  for (const [line, words] of [...LINES, ...EQUALS]) {
    const found = await inShell("bash", "--norc", "-c", complete, "bash", file, line ?? "");
    // It is readline that puts a slash behind a folder.
    assertEquals(found.trim().split(" ").sort().join(" "), words.replaceAll("/", ""), line);
  }
  const registered = await inShell("bash", "--norc", "-c", 'source "$1"; complete -p', "-", file);
  assertEquals(registered, "complete -F _chatroom chatroom\n");
});

shellTest("fish", "Tab completes subcommands, flags and values", async (file) => {
  for (const [line, words] of LINES) {
    const code = `source ${file}; complete -C ${JSON.stringify(line)}`;
    const found = await inShell("fish", "--no-config", "-c", code);
    const names = found.split("\n").map((row) => row.split("\t")[0]).filter(Boolean);
    assertEquals(names.sort().join(" "), words, line);
  }
});

shellTest("zsh", "Tab completes subcommands, flags and values", async (file) => {
  await inShell("zsh", "-f", "-n", file);
  // A zsh of its own at a terminal, whose Tab lists what there is. Before its prompt is there, the
  // terminal would take the keys for its own.
  const complete = `zmodload zsh/zpty
    zpty shell "TERM=dumb zsh -f -i"
    zpty -w shell "PROMPT=re''ady LISTMAX=9999; autoload -U compinit; compinit -u -D; source $1; setopt no_list_beep list_packed; bindkey '^I' list-choices"
    zpty -w shell 'echo go-on-$((40+2))'; zpty -r shell seen '*go-on-42*ready*'
    for line in "\${@:2}"; do
      zpty -w -n shell "$line"$'\\t'
      zpty -w -n shell $'\\x15'
      zpty -w shell 'echo end-$((40+2))'; zpty -r shell seen '*end-42*ready*'; print -r -- "$seen"
      print -r -- -----
    done
    zpty -d shell`;
  const lines = LINES.map(([line]) => line);
  const shown = await inShell("zsh", "-f", "-c", complete, "zsh", file, ...lines);
  for (const [n, part] of shown.split("-----\n").slice(0, -1).entries()) {
    const [line, words = ""] = LINES[n] ?? [];
    for (const word of words.split(" ")) assertStringIncludes(part, word, line);
  }
});

Deno.test("every flag of every subcommand is in each script", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const script = await scriptFor(shell);
    for (const { name, load } of SUBCOMMANDS) {
      assertStringIncludes(script, name);
      for (const flag of (await load()).flags) {
        assertStringIncludes(script, shell === "fish" ? `-l ${flag.name}` : `--${flag.name}`);
      }
    }
  }
});
