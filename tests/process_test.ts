/**
 * What most tests run in their own process is the program as it is shipped: in a process of its own,
 * with the permissions of the tasks, each subcommand says and does the same.
 */

import { assertEquals } from "@std/assert";
import { SUBCOMMANDS } from "../lib/cli/subcommands.ts";
import { formatAddress } from "../lib/cli/values.ts";
import { Data, jsonLine } from "./fixtures/data.ts";
import { chatroom as inThisProcess } from "./fixtures/in_process.ts";
import { tries } from "./fixtures/thorough.ts";
import { joinEvent, startServer } from "./helpers.ts";
import { chatroom as inItsOwn, type Result } from "./program.ts";

/** A run. DIR is a data directory with a message, HOST a server where one was said. */
interface Row {
  readonly args: readonly string[];
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly code?: number;
}

const ROWS: readonly Row[] = [
  { args: ["--version"] },
  { args: ["--help"] },
  { args: ["help", "limits"] },
  { args: ["dance"], code: 2 },
  { args: ["serve", "--port", "http"], code: 2 },
  { args: ["serve", "--memory"], env: { CHATROOM_MAX_ROOMS: "none" }, code: 2 },
  { args: ["serve", "--memory", "--announce"], code: 2 },
  { args: ["discover", "--timeout", "2h"], code: 2 },
  { args: ["connect", "HOST", "--name", "bot"], input: "one\ntwo\n" },
  { args: ["send", "HOST", "--name", "bot", "hi"] },
  { args: ["send", "HOST", "--name", "bot"], input: "hi\n" },
  { args: ["send", "hi"], env: { CHATROOM_SERVER: "a b", CHATROOM_NAME: "bot" }, code: 2 },
  { args: ["send", "HOST", "--name", "bot", "--file", "deno.json"], code: 1 },
  { args: ["ask", "HOST", "--name", "bot", "--from", "nobody", "deploy?"], code: 1 },
  { args: ["ask", "HOST", "--name", "bot", "--timeout", "1s", "deploy?"], code: 6 },
  { args: ["relay", "HOST"], code: 2 },
  { args: ["run", "HOST", "--name", "bot"], code: 2 },
  { args: ["get", "HOST", "3f9a", "--name", "bot", "-o", "-"], code: 1 },
  { args: ["tail", "HOST", "--no-follow", "--raw"], env: { CHATROOM_NAME: "bot" } },
  { args: ["bench", "--clients", "none"], code: 2 },
  { args: ["user", "add", "ann", "--data", "DIR"], input: "correct horse battery\n" },
  { args: ["room", "list", "--data", "DIR"] },
  { args: ["hook", "list", "--data", "DIR"] },
  { args: ["invite", "--data", "DIR"], code: 2 },
  { args: ["ban", "list", "--data", "DIR"] },
  { args: ["export", "--data", "DIR"] },
  { args: ["import", "--data", "DIR"], input: `${jsonLine({ text: "again" })}\n` },
  { args: ["import", "--data", "DIR"], input: "again\n", code: 1 },
  { args: ["backup", "DIR/inside", "--data", "DIR"], code: 1 },
  { args: ["restore", "deno.json", "--data", "DIR"], code: 1 },
  { args: ["doctor", "HOST", "--bogus"], code: 2 },
  { args: ["check", "--data", "DIR"] },
  { args: ["cluster", "dance"], code: 2 },
  { args: ["completions", "bash"] },
  { args: ["config", "check", "deno.json"], code: 1 },
];

Deno.test("every subcommand is run in both ways", () => {
  const missing = SUBCOMMANDS.filter(({ name }) => !ROWS.some(({ args }) => args[0] === name));
  assertEquals(missing, []);
});

/** Runs a row beside a server and a directory that are made for it. */
async function resultOf(
  { args, input = "", env = {} }: Row,
  run: typeof inItsOwn,
): Promise<Result> {
  using data = new Data();
  await data.say({});
  await using server = startServer();
  using eve = await joinEvent(server, "eve");
  await eve.ask({ type: "say", room: "lobby", text: "hello" });
  const places: Readonly<Record<string, string>> = {
    HOST: formatAddress(server.addr),
    DIR: data.directory,
  };
  const { code, ...said } = await run(args.map((arg) => places[arg] ?? arg), { input, env });
  const plain = (text: string): string =>
    Object.entries(places).reduce((text, [name, place]) => text.replaceAll(place, name), text);
  return { code, stdout: plain(said.stdout), stderr: plain(said.stderr) };
}

for (const row of tries(ROWS.filter((_, n) => n % 4 === 2), ROWS)) {
  Deno.test(
    `chatroom ${row.args.join(" ")}: ${row.env ? "with variables, " : ""}${
      row.input ? "with input, " : ""
    }in a process of its own as in this one`,
    async () => {
      const own = await resultOf(row, inItsOwn);
      assertEquals(own.code, row.code ?? 0, own.stderr);
      assertEquals(await resultOf(row, inThisProcess), own);
    },
  );
}
