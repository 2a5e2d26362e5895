/**
 * Starts the person's editor for `chatroom connect`, which may start no program itself once it talks to a
 * server. So a small shell is started before that. It waits on a pipe, and all that can be asked of it is to
 * open the one editor that `$VISUAL` or `$EDITOR` names, with a file. It ends when the pipe does, however we end.
 */

import type { OpenEditor } from "../client/terminal/draft_editor.ts";
import { giveUpPrograms } from "./output.ts";

/**
 * As git and others do, the shell splits what the variable says, which may have arguments or quotes. That there
 * is no such program we tell ourselves: what the shell says about it would be left on its screen.
 */
const SCRIPT = `editor=\${VISUAL:-$EDITOR}
[ -n "$editor" ] || exit 0
trap : INT QUIT
while IFS= read -r file; do
  (case $editor in
    *[!A-Za-z0-9_./\\ -]*) ;;
    *) command -v "\${editor%% *}" >/dev/null || exit 127 ;;
  esac
  eval "$editor \\"\\$file\\"") </dev/tty >/dev/tty 2>/dev/tty
  echo "$?"
done`;

const SHELL = "/bin/sh";
const NONE = "Set $VISUAL or $EDITOR to your editor, as in EDITOR=nano, and start chatroom again.";
const ENDED = "What starts your editor was ended; start chatroom again to have one.";
const FORBIDDEN = "This chatroom may not start an editor: start the executable or the package, " +
  "or run main.ts with deno run -A.";
const WINDOWS = "On Windows no editor can be started from here.";

/** What starts an editor, once that is settled. */
export interface LateEditor {
  readonly openEditor: OpenEditor;
  /** Starts the shell, and gives up that we may start programs. Call it before anything that talks to a server. */
  settle(): void;
}

/** The shell takes as long to start as a tenth of us, so the prompt does not wait for it. */
export function lateEditor(): LateEditor {
  let shell: OpenEditor | undefined;
  const settle = (): OpenEditor => {
    if (shell !== undefined) return shell;
    shell = editorShell();
    giveUpPrograms();
    return shell;
  };
  return { openEditor: (path) => settle()(path), settle };
}

function editorShell(): OpenEditor {
  const problem = (text: string): OpenEditor => () => Promise.resolve({ problem: text });
  if (Deno.build.os === "windows") return problem(WINDOWS);
  // Asked first, or Deno would ask the person at every start.
  const { state } = Deno.permissions.querySync({ name: "run", command: SHELL });
  if (state !== "granted") return problem(FORBIDDEN);
  try {
    const args = ["-c", SCRIPT];
    const shell = new Deno.Command(SHELL, {
      ...{ args, stdin: "piped", stdout: "piped", stderr: "null" },
    }).spawn();
    return asking(shell);
  } catch {
    return problem(`There is no ${SHELL}, which would start an editor.`);
  }
}

function asking({ stdin, stdout, status }: Deno.ChildProcess): OpenEditor {
  const [writer, reader] = [stdin.getWriter(), stdout.getReader()];
  return async (path) => {
    let answer = "";
    try {
      await writer.write(new TextEncoder().encode(`${path}\n`));
      while (!answer.endsWith("\n")) {
        const { done, value } = await reader.read();
        if (done) break;
        answer += new TextDecoder().decode(value);
      }
    } catch {
      // It has ended.
    }
    if (answer.endsWith("\n")) return { code: Number(answer) };
    return { problem: (await status).success ? NONE : ENDED };
  };
}
