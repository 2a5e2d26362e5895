/** The program as a process of its own, for tests. */

import config from "../deno.json" with { type: "json" };

const MAIN = new URL("../main.ts", import.meta.url).href;

/** How the program is run here: with what it needs and no more. */
const PERMISSIONS = config.tasks.serve.split(" ").filter((word) => word.startsWith("--allow"));

/** What a run of the program came to. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program with these arguments, and nothing of the environment that would change it. */
export function command(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...PERMISSIONS, MAIN, ...args],
    env: {
      CHATROOM_CONFIG: "none",
      CHATROOM_DATA: "",
      CHATROOM_NAME: "",
      CHATROOM_SERVER: "",
      NO_COLOR: "1",
      ...env,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs the program to its end. Tests of what it says and does run it in their own process. */
export async function chatroom(
  args: readonly string[],
  { input = "", env = {} }: {
    input?: string | Uint8Array<ArrayBuffer>;
    env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Result> {
  const child = command(args, env).spawn();
  const fed = new Blob([input]).stream().pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await fed;
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
