/**
 * `deno task bench:start`: how long the executable takes from its start to the first prompt on a
 * terminal. Linux only.
 */

import { parseArgs } from "@std/cli/parse-args";
import { NO_PTY, Pty } from "../pty.ts";

const USAGE = `Usage: deno task bench:start [--runs COUNT] [--] [COMMAND …]

Starts COMMAND (dist/chatroom) COUNT times (20) on a terminal of its own as \`COMMAND connect\` and
tells the time until the prompt of the editor is on the screen, to a server that is not there and
to one that answers. \`COMMAND --version\` tells what the runtime alone takes.
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
  const connect = ["connect", `127.0.0.1:${listener.addr.port}`, "--name", "ann", "--no-settings"];
  await report("--version", runs, [...program, "--version"], "chatroom ");
  await report("prompt of connect", runs, [...program, ...connect], "> ");
  return 0;
}

/** A server that takes every connection and says nothing: the prompt does not wait for it. */
async function takeAll(listener: Deno.TcpListener): Promise<void> {
  const held: Deno.Conn[] = [];
  for await (const conn of listener) held.push(conn);
}

/** Runs `command` again and again and prints how long it took until it wrote `text`. */
async function report(what: string, runs: number, command: string[], text: string): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < runs; n++) {
    const began = performance.now();
    await using pty = new Pty(command);
    await pty.until(() => pty.written.includes(text), text);
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor((runs - 1) * share)] ?? NaN).toFixed(0);
  print(`${what}: median ${at(0.5)} ms, least ${at(0)} ms, most ${at(1)} ms (${runs} runs)\n`);
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
