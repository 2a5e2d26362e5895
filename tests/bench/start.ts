/**
 * `deno task bench:start`: how long the executable takes from its start to the first prompt on a
 * terminal. Linux only.
 */

import { parseArgs } from "@std/cli/parse-args";
import { DEFAULT_SETTINGS, saveSettings } from "../../lib/client/settings.ts";
import { NO_PTY, Pty } from "../pty.ts";

const USAGE = `Usage: deno task bench:start [--runs COUNT] [--] [COMMAND …]

Starts COMMAND (dist/chatroom) COUNT times (20) on a terminal of its own as \`COMMAND connect\` and
tells the time until the prompt is on the screen, at a server that takes the connection and never
answers, without settings and with those that are remembered after the first time; the same for
\`COMMAND --version\`, and for a program made by \`deno compile\` that says one word: no executable
starts sooner. Run it with the Deno and the DENORT_BIN that COMMAND was made with.
`;

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 done, 1 failed, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const flags = parseArgs(args, { string: ["_", "runs"], boolean: ["help"], alias: { help: "h" } });
  const runs = Number(flags["runs"] ?? 20);
  if (flags["help"] === true || !Number.isInteger(runs) || runs < 1) {
    print(USAGE);
    return flags["help"] === true ? 0 : 2;
  }
  if (NO_PTY !== undefined) {
    print(`This ${NO_PTY}.`);
    return 1;
  }
  const program = flags._.length > 0 ? flags._.map(String) : ["dist/chatroom"];
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  takeAll(listener);
  const connect = [...program, "connect", `127.0.0.1:${listener.addr.port}`];
  const dir = await Deno.makeTempDir();
  const env = { XDG_CONFIG_HOME: dir };
  saveSettings(`${dir}/chatroom`, { ...DEFAULT_SETTINGS, name: "ann", server: "127.0.0.1" });
  const starts: Start[] = [
    { what: "--version", command: [...program, "--version"], text: "chatroom ", times: [] },
    {
      what: "prompt of connect",
      command: [...connect, "--name", "ann", "--no-settings"],
      text: "> ",
      times: [],
    },
    { what: "the same with settings", command: connect, env, text: "> ", times: [] },
  ];
  try {
    const file = await bare(dir);
    if (file === undefined) print("The bare runtime is left out: deno compile makes none here.\n");
    else starts.unshift({ what: "bare runtime", command: [file], text: "bare", times: [] });
    // In turn, so that whatever else the machine does meets all of them.
    for (let run = 0; run < runs; run++) for (const start of starts) await measure(start);
    for (const start of starts) report(start, file === undefined ? [] : starts[0]?.times ?? []);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
  return 0;
}

/** A server that takes every connection and says nothing: the prompt does not wait for it. */
async function takeAll(listener: Deno.TcpListener): Promise<void> {
  const held: Deno.Conn[] = [];
  for await (const conn of listener) held.push(conn);
}

/** One way to start the program, and how long it took each time until it wrote `text`, in ms. */
interface Start {
  readonly what: string;
  readonly command: readonly string[];
  readonly env?: Record<string, string>;
  readonly text: string;
  readonly times: number[];
}

async function measure({ command, env = {}, text, times }: Start): Promise<void> {
  const began = performance.now();
  await using pty = new Pty(command, { env });
  await pty.until(() => pty.written.includes(text), text);
  times.push(performance.now() - began);
}

/** Prints what was measured. The least times are compared: what else a machine does only adds. */
function report({ what, times }: Start, floor: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    `${sorted[Math.floor((sorted.length - 1) * share)]?.toFixed(0)} ms`;
  const ratio = (Math.min(...times) / Math.min(...floor)).toFixed(1);
  const compared = floor === times || floor.length === 0
    ? ""
    : ` (${ratio} times the bare runtime)`;
  print(`${what}: least ${at(0)}${compared}, median ${at(0.5)}, most ${at(1)}\n`);
}

/** Compiles a program that says a word and no more; `undefined` where that is not possible. */
async function bare(dir: string): Promise<string | undefined> {
  await Deno.writeTextFile(`${dir}/bare.ts`, 'console.log("bare");\n');
  const file = `${dir}/bare`;
  const args = ["compile", "--quiet", "--no-config", "--no-code-cache", "--output", file];
  const output = async (program: string, args: string[]): Promise<string> => {
    const command = new Deno.Command(program, { args, stdin: "null", stderr: "null" });
    return new TextDecoder().decode((await command.output()).stdout);
  };
  try {
    await output(Deno.execPath(), [...args, `${dir}/bare.ts`]);
    return await output(file, []) === "bare\n" ? file : undefined;
  } catch {
    return undefined; // it was not made
  }
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
